"""When street pieces were last passed: the latest day counts, and a gap's reach only where nothing else is known."""

from datetime import date

import numpy as np

from backend.reports.last_walked import last_walked
from patrol.leg_pieces import WalkedPieces

FIRST, LATER = date(2026, 11, 1), date(2026, 11, 9)


def walk(days: list[date], passed: list[tuple[int, int]], unknown: list[tuple[int, int]]) -> WalkedPieces:
    """Make a bundle of outings; `passed` and `unknown` hold (row, piece)."""
    columns = [np.array(pairs, dtype=np.int64).reshape(-1, 2).T for pairs in (passed, unknown)]
    return WalkedPieces([], days, ["day"] * len(days), *columns[0], *columns[1])


def test_the_latest_day_on_which_a_piece_was_passed_counts_whatever_the_order() -> None:
    pieces = np.array([3, 5, 8, 9], dtype=np.int64)
    bundles = [
        walk([LATER, FIRST], [(0, 3), (1, 3), (1, 5), (0, 7)], [(0, 5), (1, 9)]),
        walk([FIRST], [(0, 3)], [(0, 3)]),
    ]

    for order in (bundles, bundles[::-1]):
        found = last_walked(pieces, order)

        assert found.ids == [3, 5, 9]
        assert found.last_on == [LATER.isoformat(), FIRST.isoformat(), None]


def test_where_nothing_lies_or_nobody_went_nothing_is_found() -> None:
    nowhere, somewhere = np.array([], dtype=np.int64), np.array([1], dtype=np.int64)

    assert last_walked(nowhere, [walk([FIRST], [(0, 3)], [])]).ids == []
    assert last_walked(somewhere, []).last_on == []
