"""SHELL: what writers and a reader do in which order, one step after the other, in real transactions."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from typing import Any

from django.db import connection

from tests.rings.feed_checker import Verdict, verdict
from tests.rings.feed_strategies import START, FeedStrategy, TimeLag, nothing, run

PAGE = 3


class Writer:
    """A transaction in a thread and on a connection of its own, driven step by step."""

    def __init__(self, strategy: FeedStrategy) -> None:
        self._strategy = strategy
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._pid: int = self._do(lambda: run("SELECT pg_backend_pid()")[0][0]).result()
        self._appending: Future[Any] = self._do(nothing)

    @property
    def has_written(self) -> bool:
        """Whether the rows are written; otherwise this writer waits for another's lock."""
        return self._appending.done()

    def append(self, *rows: int) -> None:
        """Write rows and leave the transaction open; return once that is done, or waits for another's lock."""
        self._appending = self._do(lambda: self._append(rows))
        while not self.has_written and not _is_blocked(self._pid):
            wait([self._appending], timeout=0.001)

    def commit(self) -> None:
        """Commit, after whatever this writer waits for."""
        self._appending.result()
        self._do(_commit).result()

    def end(self) -> None:
        """Close the connection and the thread."""
        self._do(_close).result()
        self._pool.shutdown()

    def _append(self, rows: tuple[int, ...]) -> None:
        if connection.get_autocommit():
            connection.set_autocommit(False)
        self._strategy.append(rows)

    def _do(self, work: Callable[[], Any]) -> Future[Any]:
        return self._pool.submit(work)


class History:
    """Two writers and a reader of one feed."""

    def __init__(self, strategy: FeedStrategy, stack: ExitStack) -> None:
        self.strategy = strategy
        self.slow, self.fast = Writer(strategy), Writer(strategy)
        stack.callback(self.fast.end)
        stack.callback(self.slow.end)  # first of the two: it frees the lock that the other waits for
        self.seen: list[tuple[int, int]] = []
        self._position = START

    def read(self, meanwhile: Callable[[], None] = nothing) -> int:
        """Read a page and return how many rows it held."""
        page, self._position = self.strategy.read(self._position, PAGE, meanwhile)
        self.seen += page
        return len(page)

    def time_passes(self) -> None:
        """Make it ten seconds later for a reader that looks at the clock."""
        if isinstance(self.strategy, TimeLag):
            self.strategy.clock_ahead_s += 10

    def verdict(self, committed: range) -> Verdict:
        """Read to the end, twice, and compare."""
        self.time_passes()
        quiet = 0
        while quiet < 2:
            quiet = 0 if self.read() else quiet + 1
        return verdict(committed, self.seen)


def one_commits_later_than_the_other(history: History) -> Verdict:
    """The first to write is the last to commit; a reader comes in between."""
    history.slow.append(1)
    history.fast.append(2)
    if history.fast.has_written:
        history.fast.commit()
    history.time_passes()
    history.read()
    history.slow.commit()
    history.fast.commit()
    return history.verdict(range(1, 3))


def one_commits_while_the_reader_is_between_two_statements(history: History) -> Verdict:
    """A reader that needs two statements sees two states."""
    history.slow.append(1)
    history.read(meanwhile=history.slow.commit)
    return history.verdict(range(1, 2))


def a_transaction_holds_more_rows_than_a_page(history: History) -> Verdict:
    """A page ends within what one transaction wrote."""
    history.slow.append(*range(1, 2 * PAGE + 2))
    history.slow.commit()
    return history.verdict(range(1, 2 * PAGE + 2))


HISTORIES: dict[str, Callable[[History], Verdict]] = {
    one.__name__: one
    for one in (
        one_commits_later_than_the_other,
        one_commits_while_the_reader_is_between_two_statements,
        a_transaction_holds_more_rows_than_a_page,
    )
}


def _commit() -> None:
    connection.commit()  # looked up here, in the writer's thread: every thread has a connection of its own


def _close() -> None:
    connection.close()


def _is_blocked(pid: int) -> bool:
    return bool(run("SELECT cardinality(pg_blocking_pids(%s)) > 0", pid)[0][0])
