"""SHELL: ways to number a feed and to follow it: the product's own, and five that lose rows in other systems.

The wrong ones live here only, as bugs that the checker must catch. All work on the connection of the calling thread;
`append` is the last work of a transaction that the caller commits, `read` a page of a reader with a position.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol
from uuid import UUID

from django.db import connection

from backend.common.outcomes import Change
from backend.sync.feed import entries_after, feed_append

Seen = list[tuple[int, int]]
START = 0


class FeedStrategy(Protocol):
    """How rows get their position, and how a reader goes on from one."""

    def create(self) -> None: ...
    def append(self, rows: Sequence[int]) -> None: ...
    def read(self, position: int, limit: int, meanwhile: Callable[[], None] = ...) -> tuple[Seen, int]: ...


def nothing() -> None:
    """Happen between two statements of a reader."""


class Numbered:
    """The product: numbers from the unit's counter row, whose lock is held to commit."""

    def __init__(self, unit_id: UUID) -> None:
        self.unit_id = unit_id

    def create(self) -> None:
        pass

    def append(self, rows: Sequence[int]) -> None:
        feed_append(Change(self.unit_id, "visit", UUID(int=row), 1) for row in rows)

    def read(self, position: int, limit: int, meanwhile: Callable[[], None] = nothing) -> tuple[Seen, int]:
        seen = [(one.n, one.record_id.int) for one in entries_after(unit_id=self.unit_id, n=position, limit=limit)]
        meanwhile()
        return seen, seen[-1][0] if seen else position


class _Table:
    """A feed in a table of its own."""

    columns = ""
    insert = "INSERT INTO seeded_feed (row) SELECT unnest(%s::bigint[])"

    def create(self) -> None:
        run(f"CREATE TABLE seeded_feed (row bigint NOT NULL, {self.columns})")

    def append(self, rows: Sequence[int]) -> None:
        run(self.insert, list(rows))

    def read(self, position: int, limit: int, meanwhile: Callable[[], None] = nothing) -> tuple[Seen, int]:
        seen: Seen = run(f"SELECT position, row {self.following} LIMIT %s", position, limit)
        meanwhile()
        return seen, seen[-1][0] if seen else position

    following = "FROM seeded_feed WHERE position > %s ORDER BY position"


class CursorOnId(_Table):
    """`WHERE id > last`: a sequence gives numbers in the order of asking, commits make them visible in another."""

    columns = "position bigserial PRIMARY KEY"


class CursorOnUpdatedAt(_Table):
    """`WHERE updated_at > last`: the clock is read at the write, and the row is seen at the commit."""

    columns = "position bigint NOT NULL DEFAULT extract(epoch FROM clock_timestamp()) * 1000000"


class TimeLag(CursorOnUpdatedAt):
    """The same, looking only at what is older than a lag, "so that everything has settled"."""

    lag_s = 5

    def __init__(self) -> None:
        self.clock_ahead_s = 0  # how much later it is for the reader: nobody waits in a test

    def read(self, position: int, limit: int, meanwhile: Callable[[], None] = nothing) -> tuple[Seen, int]:
        seen: Seen = run(self.settled, position, self.lag_s - self.clock_ahead_s, limit)
        meanwhile()
        return seen, seen[-1][0] if seen else position

    settled = """
        SELECT position, row FROM seeded_feed
        WHERE position > %s AND position < (extract(epoch FROM clock_timestamp()) - %s) * 1000000
        ORDER BY position LIMIT %s
    """


class HorizonInSecondStatement(_Table):
    """Rows first, then the oldest running transaction as the new position: what commits between the two is lost."""

    columns = "position bigint NOT NULL DEFAULT (pg_current_xact_id()::text)::bigint"

    def read(self, position: int, limit: int, meanwhile: Callable[[], None] = nothing) -> tuple[Seen, int]:
        horizon = "(pg_snapshot_xmin(pg_current_snapshot())::text)::bigint"
        settled = f"FROM seeded_feed WHERE position >= %s AND position < {horizon} ORDER BY position, row"
        seen: Seen = run(f"SELECT position, row {settled}", position)
        meanwhile()
        return seen, run(f"SELECT {horizon}")[0][0]


class OneStampPerTransaction(_Table):
    """A locked counter, but one number for all rows of a transaction: a page that ends within them skips the rest."""

    columns = "position bigint NOT NULL"
    insert = """
        WITH stamp AS (UPDATE seeded_counter SET n = n + 1 RETURNING n)
        INSERT INTO seeded_feed (row, position) SELECT unnest(%s::bigint[]), n FROM stamp
    """

    def create(self) -> None:
        super().create()
        run("CREATE TABLE seeded_counter AS SELECT 0::bigint AS n")


WRONG: dict[str, Callable[[], FeedStrategy]] = {
    "cursor on id": CursorOnId,
    "cursor on updated_at": CursorOnUpdatedAt,
    "time lag": TimeLag,
    "horizon read in a second statement": HorizonInSecondStatement,
    "one stamp per transaction with LIMIT": OneStampPerTransaction,
}


def run(statement: str, *values: Any) -> Any:
    """Run a statement on this thread's connection and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return cursor.fetchall() if cursor.description else None
