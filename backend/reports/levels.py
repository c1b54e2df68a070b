"""PURE: the levels at which coverage is asked for: what makes a door or a street piece belong to a place; its figures.

The facts name every place by one whole number. That of a beat comes from its id: the last 52 bits, which JavaScript
holds without loss and which are random in every kind of UUID that we make.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

_DOORS = (
    "households", "households_visited", "household_coverage", "enterprises", "enterprises_visited",
    "enterprise_coverage",
)  # fmt: skip
_STREETS = ("street_m", "street_m_covered", "street_m_unknown", "street_coverage")
# The contract's figures of a township, in its order.
TOWNSHIP_CODES = (
    *_DOORS, *_STREETS, "patrol_km", "patrol_hours", "officer_deployments", "visits", "disputes_found",
    "disputes_resolved", "disputes_overdue", "last_visit_on",
)  # fmt: skip
_VISITS = ("visits", "last_visit_on")


def beat_number(beat_id: UUID) -> int:
    """Return the number of a beat in the facts; `right(hex, 13)` in SQL."""
    return beat_id.int & (2**52 - 1)


@dataclass(frozen=True)
class Level:
    """A level: its name in the address, its figures, the column of a door and of a street piece that names its place.

    `door` is empty where doors do not belong to such a place.
    """

    name: str
    codes: tuple[str, ...]
    door: str
    piece: str
    number: Callable[[Any], int] = int


TOWNSHIPS = Level("townships", TOWNSHIP_CODES, "area_id", "area_id")
_LEVELS = (
    TOWNSHIPS,
    Level("villages", (*_DOORS, *_STREETS, *_VISITS), "village_id", "village_id"),
    Level("beats", (*_DOORS, *_STREETS, *_VISITS), "beat_id", "beat_id", beat_number),
    Level("cells", (*_DOORS, *_STREETS, "patrol_hours", *_VISITS), "cell", "cell"),
    Level("streets", (*_STREETS, "passes", "last_passed_on", "last_night_on"), "", "street_id"),
)
LEVELS = {level.name: level for level in _LEVELS}

# What a single day has of its own: the other figures speak of a stock or of a share of it.
DAY_CODES = (
    "households_visited", "enterprises_visited", "street_m_covered", "street_m_unknown", "patrol_km", "patrol_hours",
    "officer_deployments", "visits", "disputes_found", "disputes_resolved", "passes",
)  # fmt: skip


def day_codes(level: Level) -> tuple[str, ...]:
    """Return the figures of a level that a row a day shows."""
    return tuple(code for code in DAY_CODES if code in level.codes)
