"""PURE: the frames that every figure is counted from, and two cuts through them: by part of the day, as one area.

Columns common to all: `area_id`; `period` (the day, or the first day of a window: what is counted apart); `part`
("day" or "night") where a fact has a time of day. A row may stand for `n` equal facts: the loaders group by everything
a rule looks at, and by nothing else.
"""

from dataclasses import dataclass, fields, replace
from datetime import date

import pandas as pd

# The area of a sum over areas, and of a door that stands in no denominator.
WHOLE = 0
NOWHERE = -1

COLUMNS: dict[str, tuple[str, ...]] = {
    # One attempt at one door; only current visits (a corrected one does not count, the correcting one does).
    "visits": ("area_id", "period", "part", "door", "kind", "outcome", "denominator_area_id", "n", "last_on"),
    # One officer on one outing.
    "outings": ("area_id", "period", "part", "n"),
    # One officer on one visit that belongs to no outing.
    "lone_visits": ("area_id", "period", "part", "on", "officer"),
    # One dispute found in the period.
    "disputes": ("area_id", "period", "part", "state", "is_resolved", "n"),
    # One dispute found by the end of the period, whenever, that has not come to an end.
    "open_disputes": ("area_id", "period", "part", "state", "assign_due_on", "resolve_due_on", "n"),
    # Kilometres and hours of recorded track.
    "effort": ("area_id", "period", "part", "km", "hours"),
    # One street piece that was passed, or lay within reach of a gap.
    "pieces": ("area_id", "period", "part", "piece", "length_m", "is_passed"),
    # Legs that passed any piece of a street, each once a day and part; the last days on which one did, however early.
    "passages": ("area_id", "period", "n", "last_on", "last_night_on"),
    # The denominators: registered doors by kind, metres of street.
    "doors": ("area_id", "period", "kind", "n"),
    "streets": ("area_id", "period", "length_m"),
    # The last visit before the period, so that "never visited" and "not in these 30 days" can be told apart.
    "earlier_visits": ("area_id", "period", "last_on"),
}


def empty_frame(name: str) -> pd.DataFrame:
    """Return the frame `name` with its columns and no rows."""
    return pd.DataFrame({column: pd.Series(dtype=object) for column in COLUMNS[name]})


@dataclass(frozen=True)
class Facts:
    """All frames of one question. `judged_on` is the day on which deadlines are judged."""

    judged_on: date
    visits: pd.DataFrame
    outings: pd.DataFrame
    lone_visits: pd.DataFrame
    disputes: pd.DataFrame
    open_disputes: pd.DataFrame
    effort: pd.DataFrame
    pieces: pd.DataFrame
    passages: pd.DataFrame
    doors: pd.DataFrame
    streets: pd.DataFrame
    earlier_visits: pd.DataFrame


def facts_of(*, judged_on: date, **frames: pd.DataFrame) -> Facts:
    """Return `Facts` of the frames given; the others are empty."""
    return Facts(judged_on=judged_on, **{name: frames.get(name, empty_frame(name)) for name in COLUMNS})


def of_part(facts: Facts, part: str) -> Facts:
    """Return the facts of one part of the day; "all" is everything. Frames without a time of day stay as they are."""
    if part == "all":
        return facts
    frames = {name: getattr(facts, name) for name, columns in COLUMNS.items() if "part" in columns}
    return replace(facts, **{name: frame[frame["part"] == part] for name, frame in frames.items()})


def as_one_area(facts: Facts) -> Facts:
    """Return the facts as if all areas were one, so that a total counts a door or an officer's day once."""
    frames = {f.name: getattr(facts, f.name) for f in fields(facts) if f.name in COLUMNS}
    whole = {name: frame.assign(area_id=WHOLE) for name, frame in frames.items()}
    counted = whole["visits"]["denominator_area_id"].mask(whole["visits"]["denominator_area_id"] != NOWHERE, WHOLE)
    whole["visits"] = whole["visits"].assign(denominator_area_id=counted)
    return replace(facts, **whole)
