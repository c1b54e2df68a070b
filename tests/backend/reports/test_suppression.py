"""Small cells: hidden where they are not the asker's, and not to be found by subtraction."""

from typing import Any

from backend.reports.suppression import suppressed, suppressed_total


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
