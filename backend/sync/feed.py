"""SHELL: the numbered feed of each unit: 1..N without a gap, so that a phone can prove that it missed nothing."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from uuid import UUID, uuid4

import structlog
from django.db import connection

from backend.common.outcomes import Change
from backend.sync.models import FeedEntry, FeedEpoch

log = structlog.get_logger()

# Taking the numbers locks the unit's counter row until commit. A later writer waits for it, so numbers become visible
# in the order in which they were given: `n > last` misses nothing, where `id > last`, `updated_at > last` and time lags
# lose rows under concurrent commits.
_TAKE_NUMBERS = """
    INSERT INTO sync_feedcounter AS counter (unit_id, n) VALUES (%s, %s)
    ON CONFLICT (unit_id) DO UPDATE SET n = counter.n + excluded.n
    RETURNING n
"""
# The timeline as it is now: the control file's is that of the last checkpoint, and a restored cluster takes writes
# before it makes its first one.
_LIFE_AND_EPOCH = """
    SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
                     (SELECT oid FROM pg_database WHERE datname = current_database()),
                     left(pg_walfile_name(pg_current_wal_lsn()), 8)) AS life, epoch.database, epoch.id
    FROM (SELECT) AS one LEFT JOIN sync_feedepoch AS epoch ON true
"""
_FIRST_EPOCH = """
    INSERT INTO sync_feedepoch (id, database, started_at, only_one) VALUES (%s, %s, now(), true)
    ON CONFLICT (only_one) DO UPDATE SET database = excluded.database WHERE sync_feedepoch.database = ''
"""
_NEXT_EPOCH = "UPDATE sync_feedepoch SET id = %s, database = %s, started_at = now() WHERE id = %s"
_APPEND = """
    INSERT INTO sync_feedentry (unit_id, n, type, record_id, version, op)
    SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::text[], %s::uuid[], %s::int[], %s::text[])
"""


def feed_append(changes: Iterable[Change]) -> list[int]:
    """Give each change the next number of its unit's feed and return the numbers, in the order of `changes`.

    Must be the last work of the surrounding transaction: it holds the counters of the units it touches until commit.
    Units are locked in sorted order, so that two writers of the same units cannot wait for each other.
    """
    listed = list(changes)
    if not listed:
        return []
    numbers = [0] * len(listed)
    by_unit = sorted(range(len(listed)), key=lambda position: (listed[position].unit_id, position))
    with connection.cursor() as cursor:
        for unit_id, group in groupby(by_unit, key=lambda position: listed[position].unit_id):
            positions = list(group)
            cursor.execute(_TAKE_NUMBERS, [unit_id, len(positions)])
            (last,) = cursor.fetchone()
            for offset, position in enumerate(positions):
                numbers[position] = last - len(positions) + 1 + offset
        cursor.execute(_APPEND, _columns(listed, numbers))
    return numbers


def _columns(changes: Sequence[Change], numbers: Sequence[int]) -> list[list[object]]:
    return [
        [change.unit_id for change in changes],
        list(numbers),
        [change.type for change in changes],
        [change.id for change in changes],
        [change.version for change in changes],
        [change.op for change in changes],
    ]


def entries_after(*, unit_id: UUID, n: int, limit: int) -> list[FeedEntry]:
    """Return the next entries of a unit's feed after number `n`, in order.

    Only committed numbers are visible and a unit's numbers commit in order, so that a page never skips one.
    """
    return list(FeedEntry.objects.filter(unit=unit_id, n__gt=n).order_by("n")[:limit])


def epoch_id() -> UUID:
    """Return the epoch of this database, made at the first question of each life of it.

    A restored dump has another database id, a restored cluster another identifier or timeline: then a copy of the past
    is running under the same name, and its numbers must not be taken for those that phones have seen.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LIFE_AND_EPOCH)
        life, known_life, epoch = cursor.fetchone()
    if epoch is not None and known_life == life:
        found: UUID = epoch
        return found
    return _epoch_begin(life, epoch if known_life else None)


def epoch_renew() -> UUID:
    """Begin a new epoch: every phone starts its pull anew and offers what it sent in the last days."""
    with connection.cursor() as cursor:
        cursor.execute(_LIFE_AND_EPOCH)
        life, _, epoch = cursor.fetchone()
    return _epoch_begin(life, epoch)


def _epoch_begin(life: str, old: UUID | None) -> UUID:
    """Put a new epoch in the place of `old`; without one make the first, or name the life of the one there is."""
    with connection.cursor() as cursor:
        if old is None:
            cursor.execute(_FIRST_EPOCH, [uuid4(), life])
        else:
            # Where somebody else was faster the old one is gone, nothing is updated, and theirs counts.
            cursor.execute(_NEXT_EPOCH, [uuid4(), life, old])
            log.warning("epoch_begins", database=life, after=str(old))
    return FeedEpoch.objects.values_list("id", flat=True).get()
