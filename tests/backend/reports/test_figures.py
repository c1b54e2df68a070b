"""Each figure by itself, on facts small enough to count by hand; and the page that explains them."""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from backend.reports.fact_frames import COLUMNS, Facts, as_one_area, facts_of, of_part
from backend.reports.figure_page import figure_page
from backend.reports.figures import FIGURES, RECORD_FIGURES, figure_table

P = date(2026, 11, 1)
JUDGED = date(2026, 11, 30)
REPOSITORY = Path(__file__).resolve().parents[3]


def frame(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    usual = {
        "period": P, "part": "day", "n": 1, "kind": "household", "outcome": "met", "last_on": P, "area_id": 1,
        "denominator_area_id": 1, "state": "found", "is_resolved": False,
    }  # fmt: skip
    return pd.DataFrame([{**usual, **row} for row in rows])[list(COLUMNS[name])]


def facts(**frames: pd.DataFrame) -> Facts:
    return facts_of(judged_on=JUDGED, **frames)


def value(code: str, given: Facts, area_id: int = 1) -> Any:
    return FIGURES[code].value(given).get((area_id, P))


def test_a_door_met_under_two_townships_counts_in_each_and_once_in_the_total() -> None:
    given = facts(visits=frame("visits", {"door": "a"}, {"door": "a", "area_id": 2}, {"door": "b", "area_id": 2}))

    assert [value("households_visited", given, area) for area in (1, 2)] == [1, 2]
    assert value("households_visited", as_one_area(given), 0) == 2


def test_an_officers_day_without_an_outing_counts_once_in_the_total() -> None:
    rows = frame("lone_visits", *({"area_id": area, "on": P, "officer": "x"} for area in (1, 1, 2)))

    assert [value("officer_deployments", facts(lone_visits=rows), area) for area in (1, 2)] == [1, 1]
    assert value("officer_deployments", as_one_area(facts(lone_visits=rows)), 0) == 1


def test_a_row_stands_for_as_many_facts_as_it_says() -> None:
    given = facts(visits=frame("visits", {"door": "a", "n": 3}), outings=frame("outings", {"n": 4}))

    assert (value("visits", given), value("households_visited", given)) == (3, 1)
    assert value("officer_deployments", given) == 4


def test_a_piece_passed_once_and_unknown_once_is_passed() -> None:
    pieces = frame(
        "pieces",
        {"piece": 1, "length_m": 20.0, "is_passed": False},
        {"piece": 1, "length_m": 20.0, "is_passed": True, "part": "night"},
        {"piece": 2, "length_m": 19.0, "is_passed": False},
    )
    given = facts(pieces=pieces, streets=frame("streets", {"length_m": 100.0}))

    assert (value("street_m_covered", given), value("street_m_unknown", given)) == (20, 19)
    assert value("street_coverage", given) == 0.2
    # By day alone nobody is known to have passed piece 1.
    assert value("street_m_unknown", of_part(given, "day")) == 39


def test_a_share_counts_only_doors_of_the_denominator() -> None:
    visits = frame("visits", {"door": "a"}, {"door": "new", "denominator_area_id": -1})
    given = facts(visits=visits, doors=frame("doors", {"n": 4}))

    assert (value("households_visited", given), value("household_coverage", given)) == (2, 0.25)
    assert value("household_coverage", as_one_area(given), 0) == 0.25


@pytest.mark.parametrize(
    ("state", "assign_due", "resolve_due", "overdue"),
    [
        ("found", date(2026, 11, 29), date(2026, 12, 26), 1),
        ("registered", date(2026, 11, 29), date(2026, 12, 26), 1),
        ("found", date(2026, 11, 30), date(2026, 12, 26), 0),  # due today is not overdue
        ("assigned", date(2026, 11, 1), date(2026, 12, 26), 0),  # somebody has it
        ("mediating", date(2026, 10, 1), date(2026, 11, 29), 1),
    ],
)
def test_a_dispute_is_overdue_by_the_deadline_of_its_state(
    state: str, assign_due: date, resolve_due: date, overdue: int
) -> None:
    row = {"state": state, "assign_due_on": assign_due, "resolve_due_on": resolve_due}

    assert (value("disputes_overdue", facts(open_disputes=frame("open_disputes", row))) or 0) == overdue


@pytest.mark.parametrize(
    ("state", "is_resolved", "resolved"),
    [
        ("resolved", True, 1),
        ("followed_up", True, 1),
        ("closed", True, 1),
        ("closed", False, 0),
        ("mediating", False, 0),
    ],
)
def test_a_dispute_that_was_transferred_and_closed_is_not_resolved(
    state: str, is_resolved: bool, resolved: int
) -> None:
    given = facts(disputes=frame("disputes", {"state": state, "is_resolved": is_resolved}))

    assert (value("disputes_resolved", given) or 0) == resolved
    assert value("disputes_found", given) == 1


def test_the_last_visit_may_lie_before_the_window() -> None:
    earlier = frame("earlier_visits", {"last_on": date(2026, 9, 1)}, {"area_id": 2, "last_on": date(2026, 9, 2)})
    given = facts(earlier_visits=earlier, visits=frame("visits", {"door": "a", "last_on": date(2026, 11, 3)}))

    assert value("last_visit_on", given) == date(2026, 11, 3)
    assert value("last_visit_on", given, 2) == date(2026, 9, 2)


def test_without_facts_the_table_is_empty_and_has_its_columns() -> None:
    table = figure_table(facts(), FIGURES)

    assert table.empty and list(table.columns) == list(FIGURES)


def test_counting_changes_nothing_of_what_it_is_given() -> None:
    given = facts(visits=frame("visits", {"door": "a"}, {"door": "a"}))
    before = given.visits.copy()

    for code in FIGURES:
        FIGURES[code].value(given)
    as_one_area(given)

    pd.testing.assert_frame_equal(given.visits, before)


def test_every_figure_with_records_says_of_what_kind() -> None:
    assert set(RECORD_FIGURES) == {code for code, figure in FIGURES.items() if figure.records}
    assert all(figure.rule_zh and figure.rule_en and figure.code == code for code, figure in FIGURES.items())


def test_the_page_says_the_rules_that_count() -> None:
    """If this fails: python -m backend.reports.figure_page > docs/figures.md"""
    assert (REPOSITORY / "docs" / "figures.md").read_text() == figure_page()
