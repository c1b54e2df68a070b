"""PURE: from the facts of days to the rows of TownshipDay."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from backend.reports.fact_frames import Facts, of_part
from backend.reports.figures import figure_table

PARTS = ("all", "day", "night")

# Column of TownshipDay → its PostgreSQL type. Each is a figure of `figures.FIGURES` by the same name.
VALUES: dict[str, str] = {
    "visits": "integer",
    "visits_met": "integer",
    "households_visited": "integer",
    "enterprises_visited": "integer",
    "officer_deployments": "integer",
    "patrol_km": "float8",
    "patrol_hours": "float8",
    "street_m_covered": "float8",
    "street_m_unknown": "float8",
    "disputes_found": "integer",
    "disputes_resolved": "integer",
}


def day_rows(facts: Facts) -> pd.DataFrame:
    """Return columns area_id, on, part and `VALUES`: three rows for each township and day on which anything happened.

    "all" is counted anew and not the sum of day and night: a door visited at noon and at nine is one door.
    """
    tables = {part: figure_table(of_part(facts, part), VALUES) for part in PARTS}
    happened = tables["all"].index
    rows = [table.reindex(happened, fill_value=0).assign(part=part) for part, table in tables.items()]
    return _typed(pd.concat(rows).reset_index(names=["area_id", "on"]))


def with_zero_rows(rows: pd.DataFrame, existing: Iterable[tuple[int, date]]) -> pd.DataFrame:
    """Return the rows, and rows of zeros for the (area, day) pairs that had rows before and have none now."""
    gone = sorted(set(existing) - set(zip(rows["area_id"], rows["on"], strict=True)))
    zeros = [{"area_id": a, "on": on, "part": part, **dict.fromkeys(VALUES, 0)} for a, on in gone for part in PARTS]
    return _typed(pd.concat([rows, pd.DataFrame(zeros)])) if zeros else rows


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    kinds = {name: int if kind == "integer" else float for name, kind in VALUES.items()}
    ordered = rows[["area_id", "on", "part", *VALUES]].astype({"area_id": int, **kinds})
    return ordered.sort_values(["area_id", "on", "part"], ignore_index=True)
