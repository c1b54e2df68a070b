"""Small cells: hidden where they are not the asker's, and not to be found by subtraction."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backend.reports.suppression import small_places_suppressed, small_places_total, suppressed, suppressed_total


def row(found: int, own: bool = False) -> dict[str, Any]:
    return {"own": own, "disputes_found": found, "disputes_resolved": 50, "disputes_overdue": 50, "visits": 1}


def total_of(*rows: dict[str, Any]) -> Any:
    return suppressed_total({"disputes_found": sum(one["disputes_found"] for one in rows)}, rows)["disputes_found"]


def test_nine_is_hidden_ten_is_not_and_own_ones_never_are() -> None:
    rows = suppressed([row(9), row(10), row(0), row(3, own=True)])
    assert [one["disputes_found"] for one in rows] == ["<10", 10, "<10", 3]


def test_only_disputes_are_hidden() -> None:
    assert suppressed([row(9)])[0]["visits"] == 1


def test_one_hidden_cell_hides_the_total() -> None:
    assert total_of(row(9), row(40)) is None


def test_several_hidden_cells_that_are_few_together_hide_the_total() -> None:
    assert total_of(row(4), row(5), row(40)) is None


def test_several_hidden_cells_that_are_many_together_leave_the_total() -> None:
    assert total_of(row(4), row(6), row(40)) == 50


def test_without_a_hidden_cell_the_total_stands() -> None:
    assert total_of(row(10), row(3, own=True)) == 13


# --- villages, beats and cells ----------------------------------------------------------------------------------------
def place(households: int, visited: int, *, own: bool = False, township: str = "t") -> dict[str, Any]:
    return {
        "own": own, "township_code": township, "households": households, "households_visited": visited,
        "household_coverage": 0.5, "enterprises": 50, "enterprises_visited": 20, "enterprise_coverage": 0.4,
        "visits": 40, "last_visit_on": "2026-11-20", "patrol_hours": 2.0,
    }  # fmt: skip


def shown(name: str, *rows: dict[str, Any]) -> list[Any]:
    return [row[name] for row in small_places_suppressed(rows)]


def test_a_small_count_of_doors_takes_the_next_smallest_with_it() -> None:
    rows = [place(9, 0), place(40, 20), place(60, 20), place(3, 1, own=True), place(12, 0, township="other")]

    assert shown("households", *rows) == ["<10", "<10", 60, 3, 12]


def test_nearly_all_doors_visited_is_as_telling_as_nearly_none() -> None:
    assert shown("households_visited", place(40, 31), place(40, 12), place(90, 30)) == ["<10", "<10", 30]


def test_a_hidden_count_hides_its_share_and_ones_own_tell_everything() -> None:
    rows = [place(9, 0), place(5, 1, own=True)]

    assert shown("household_coverage", *rows) == [None, 0.5]
    assert shown("patrol_hours", *rows) == [None, 2.0]


@given(counts=st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_what_is_hidden_cannot_be_found_by_subtraction(counts: list[int]) -> None:
    rows = [place(count, 20) for count in counts]
    hidden = [count for count, told in zip(counts, shown("households", *rows), strict=True) if told == "<10"]

    total = small_places_total({"households": sum(counts)}, small_places_suppressed(rows), rows)["households"]

    assert not hidden or total is None or (len(hidden) > 1 and sum(hidden) >= 10)
