"""SHELL: the numbered feed of each unit: 1..N without a gap, so that a phone can prove that it missed nothing."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from uuid import UUID

from django.db import connection

from backend.common.outcomes import Change
from backend.sync.models import FeedEpoch

# Taking the numbers locks the unit's counter row until commit. A later writer waits for it, so numbers become visible
# in the order in which they were given: `n > last` misses nothing, where `id > last`, `updated_at > last` and time lags
# lose rows under concurrent commits.
_TAKE_NUMBERS = """
    INSERT INTO sync_feedcounter AS counter (unit_id, n) VALUES (%s, %s)
    ON CONFLICT (unit_id) DO UPDATE SET n = counter.n + excluded.n
    RETURNING n
"""
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


def epoch_id() -> UUID:
    """Return the epoch of this database, made at the first question."""
    found = FeedEpoch.objects.values_list("id", flat=True).first()
    if found is None:
        FeedEpoch.objects.bulk_create([FeedEpoch()], ignore_conflicts=True)  # two first questions at once: one row
        found = FeedEpoch.objects.values_list("id", flat=True).get()
    return found
