"""Readers of a feed miss nothing; the ways in which others lose rows are caught by the same checker."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event

import pytest

from tests.bench.feed_traffic import WriterPlan, follow, shares, verdicts, write
from tests.factories import UnitFactory
from tests.rings.feed_checker import Verdict, verdict
from tests.rings.feed_histories import HISTORIES, History
from tests.rings.feed_strategies import WRONG, FeedStrategy, Numbered, run

CAUGHT_BY = {
    "cursor on id": "one_commits_later_than_the_other",
    "cursor on updated_at": "one_commits_later_than_the_other",
    "time lag": "one_commits_later_than_the_other",
    "horizon read in a second statement": "one_commits_while_the_reader_is_between_two_statements",
    "one stamp per transaction with LIMIT": "a_transaction_holds_more_rows_than_a_page",
}


@pytest.fixture
def no_seeded_tables() -> Iterator[None]:
    yield
    run("DROP TABLE IF EXISTS seeded_feed, seeded_counter")


def played(history: str, strategy: FeedStrategy) -> Verdict:
    """Play a history with a strategy and return what its reader missed."""
    strategy.create()
    with ExitStack() as stack:
        return HISTORIES[history](History(strategy, stack))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("history", HISTORIES)
def test_the_numbers_of_the_product_lose_nothing(history: str) -> None:
    assert played(history, Numbered(UnitFactory().id)) == Verdict(0, 0, 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("bug", WRONG)
def test_the_same_checker_catches_every_strategy_that_loses_rows(bug: str, no_seeded_tables: None) -> None:
    assert played(CAUGHT_BY[bug], WRONG[bug]()).missed > 0


def test_every_wrong_strategy_has_the_history_that_shows_it() -> None:
    assert set(CAUGHT_BY) == set(WRONG)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ([(1, 7), (2, 8), (3, 9)], Verdict(0, 0, 0)),
        ([(1, 7), (3, 9)], Verdict(1, 0, 0)),
        ([(1, 7), (2, 8), (2, 8), (3, 9)], Verdict(0, 1, 0)),
        ([(2, 8), (1, 7), (3, 9)], Verdict(0, 0, 1)),
        ([], Verdict(3, 0, 0)),
    ],
)
def test_the_checker_counts_what_is_wrong(seen: list[tuple[int, int]], expected: Verdict) -> None:
    assert verdict([7, 8, 9], seen) == expected


@pytest.mark.django_db(transaction=True)
def test_four_readers_beside_sixteen_writers_miss_none_of_twenty_thousand_rows() -> None:
    units = [UnitFactory().id for _ in range(4)]
    stop = Event()
    with ThreadPoolExecutor(max_workers=4) as readers, ThreadPoolExecutor(max_workers=16) as writers:
        following = [readers.submit(follow, seed, units, stop) for seed in range(4)]
        plans = [WriterPlan(seed, units, count, first) for seed, (first, count) in enumerate(shares(20_000, 16))]
        written = list(writers.map(write, plans))
        stop.set()
        read = [one.result() for one in following]
    assert set(verdicts(written, read, len(units))) == {Verdict(0, 0, 0)}
    assert [sum(len(rows) for rows in log.rows) for log in read] == [20_000] * 4
