"""PURE: the rules of the figures: which rows of the facts a figure counts, and how they become a number.

A function that returns a frame names the rows counted; one that returns a series gives the number by
(area_id, period). `figures.FIGURES` puts the names and the rules in words beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from backend.reports.fact_frames import NOWHERE, Facts

KEY = ["area_id", "period"]
RESOLVED_STATES = ("resolved", "followed_up", "closed")
UNASSIGNED_STATES = ("found", "registered")


# --- what is counted --------------------------------------------------------------------------------------------------
def visits(facts: Facts) -> pd.DataFrame:
    """Every attempt."""
    return facts.visits


def visits_met(facts: Facts) -> pd.DataFrame:
    """Attempts at which somebody was met."""
    return facts.visits[facts.visits["outcome"] == "met"]


def doors_met(facts: Facts, kind: str) -> pd.DataFrame:
    """Doors of a kind where somebody was met, each once a period and township: the row of the latest such visit."""
    met = visits_met(facts)
    met = met[met["kind"] == kind].sort_values("last_on", kind="stable")
    return met.drop_duplicates([*KEY, "door"], keep="last").assign(n=1)


def officer_deployments(facts: Facts) -> pd.DataFrame:
    """Officers on outings, and each officer's day of visits without an outing once."""
    lone = facts.lone_visits.drop_duplicates([*KEY, "on", "officer"]).assign(n=1)
    return pd.concat([frame for frame in (facts.outings, lone) if len(frame)] or [facts.outings])


def disputes_found(facts: Facts) -> pd.DataFrame:
    """Disputes opened in the period."""
    return facts.disputes


def disputes_resolved(facts: Facts) -> pd.DataFrame:
    """Those of the disputes opened in the period that stand resolved: the same cohort, never another set."""
    cohort = facts.disputes
    return cohort[cohort["is_resolved"].astype(bool) & cohort["state"].isin(RESOLVED_STATES)]


def disputes_overdue(facts: Facts) -> pd.DataFrame:
    """Open disputes whose deadline (to assign while nobody has it, else to resolve) lay before the day of judgement."""
    pending = facts.open_disputes
    late_to_assign = pending["state"].isin(UNASSIGNED_STATES) & (pending["assign_due_on"] < facts.judged_on)
    return pending[late_to_assign | (pending["resolve_due_on"] < facts.judged_on)]


def passed(facts: Facts) -> pd.DataFrame:
    """Street pieces passed at least once in the period, each once."""
    pieces = _each_piece_once(facts)
    return pieces[pieces["is_passed"].astype(bool)]


def unknown(facts: Facts) -> pd.DataFrame:
    """Street pieces within reach of a gap that nobody otherwise passed in the period, each once."""
    pieces = _each_piece_once(facts)
    return pieces[~pieces["is_passed"].astype(bool)]


def _each_piece_once(facts: Facts) -> pd.DataFrame:
    best_first = facts.pieces.sort_values("is_passed", ascending=False, kind="stable")
    return best_first.drop_duplicates([*KEY, "piece"])


# --- how it becomes a number ------------------------------------------------------------------------------------------
def total(rows: pd.DataFrame, column: str, decimals: int = 0) -> pd.Series[Any]:
    # Each row is rounded before it is added: the sum is then the same in whatever order the rows came.
    values = rows[column].astype(float).round(decimals)
    return values.groupby([rows["area_id"].astype(int), rows["period"]]).sum().round(decimals)


def count_of(counted: Callable[[Facts], pd.DataFrame]) -> Callable[[Facts], pd.Series[Any]]:
    return lambda facts: total(counted(facts), "n")


def doors_of(kind: str) -> Callable[[Facts], pd.Series[Any]]:
    return lambda facts: total(facts.doors[facts.doors["kind"] == kind], "n")


def share(part: pd.Series[Any], whole: pd.Series[Any]) -> pd.Series[Any]:
    filled = part.reindex(whole.index, fill_value=0.0)
    return (filled / whole).where(whole > 0).round(4)


def door_coverage(kind: str) -> Callable[[Facts], pd.Series[Any]]:
    def value(facts: Facts) -> pd.Series[Any]:
        met = visits_met(facts)
        reached = met[(met["kind"] == kind) & (met["denominator_area_id"] != NOWHERE)]
        reached = reached.assign(area_id=reached["denominator_area_id"]).drop_duplicates([*KEY, "door"])
        return share(total(reached.assign(n=1), "n"), doors_of(kind)(facts))

    return value


def street_coverage(facts: Facts) -> pd.Series[Any]:
    return share(total(passed(facts), "length_m", 2), total(facts.streets, "length_m", 2))


def last_visit_on(facts: Facts) -> pd.Series[Any]:
    days = pd.concat([frame[[*KEY, "last_on"]] for frame in (facts.earlier_visits, facts.visits)])
    return days.groupby([days["area_id"].astype(int), days["period"]])["last_on"].max()


def last_passed_on(column: str) -> Callable[[Facts], pd.Series[Any]]:
    def value(facts: Facts) -> pd.Series[Any]:
        days = facts.passages.dropna(subset=[column])
        return days.groupby([days["area_id"].astype(int), days["period"]])[column].max()

    return value
