"""SHELL: keeps the changes of a long import in the database until its end, when they take their numbers in the feeds.

The numbers lock the counters of the stations until commit: taken while the file is read they would keep every phone of
the city waiting for minutes. Held in memory half a million changes would cost hundreds of megabytes.
"""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db import connection

from backend.common.outcomes import Change

_BATCH = 20_000
_MAKE = """
    CREATE TEMP TABLE IF NOT EXISTS import_change
        (id bigserial, unit_id uuid, type text, record_id uuid, version int, op text) ON COMMIT DROP;
    TRUNCATE import_change
"""
_ADD = """
    INSERT INTO import_change (unit_id, type, record_id, version, op)
    SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::int[], %s::text[])
"""
# By unit, as the feed locks its counters: two writers of the same units then cannot wait for each other.
_NEXT = """
    SELECT unit_id, type, record_id, version, op, id FROM import_change
    WHERE (unit_id, id) > (%s::uuid, %s) ORDER BY unit_id, id LIMIT %s
"""
_BEFORE_ALL = UUID(int=0), 0


class ChangeSpool:
    """The changes of one import, inside its transaction."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_MAKE)

    def add(self, changes: Iterable[Change]) -> None:
        """Keep some changes for later."""
        listed = list(changes)
        if not listed:
            return
        columns = [[getattr(change, name) for change in listed] for name in ("unit_id", "type", "id", "version", "op")]
        with connection.cursor() as cursor:
            cursor.execute(_ADD, columns)

    def batches(self) -> Iterator[list[Change]]:
        """Return all changes in lists of bounded size, ordered by unit."""
        after: tuple[UUID, int] = _BEFORE_ALL
        while True:
            with connection.cursor() as cursor:
                cursor.execute(_NEXT, [after[0], after[1], _BATCH])
                rows = cursor.fetchall()
            if not rows:
                return
            yield [Change(*row[:5]) for row in rows]
            after = (rows[-1][0], rows[-1][5])
