"""PURE: what a handler is told about a mutation and what it answers; the meeting point of sync and the apps."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

Op = Literal["put", "retract"]


@dataclass(frozen=True)
class MutationContext:
    """Who sent the mutation, from where and when. The ids are those of rows that exist.

    `occurred_on` is the date of `occurred_at` in the city's zone.
    """

    mutation_id: UUID
    record_id: UUID
    kind: str
    unit_id: UUID
    unit_path: str
    officer_id: UUID
    device_id: UUID
    recorded_at: datetime
    clock_skew_s: float
    occurred_at: datetime
    occurred_on: date
    received_at: datetime
    payload_sha256: str

    def record_columns(self) -> dict[str, Any]:
        """Return the columns of `SyncedRecord` for a record that this mutation creates."""
        return {
            "id": self.record_id,
            "unit_id": self.unit_id,
            "author_id": self.officer_id,
            "device_id": self.device_id,
            "recorded_at": self.recorded_at,
            "clock_skew_s": self.clock_skew_s,
            "occurred_at": self.occurred_at,
            "received_at": self.received_at,
            "payload_sha256": self.payload_sha256,
        }


@dataclass(frozen=True)
class Change:
    """One row for the feed of a unit: this record is now at this version."""

    unit_id: UUID
    type: str
    id: UUID
    version: int
    op: Op = "put"


@dataclass(frozen=True)
class Touched:
    """A township and a day (in the city's zone) whose figures a mutation may have changed."""

    area_id: int
    day: date


@dataclass(frozen=True)
class Applied:
    """What an applied mutation changed. `changes[0]` is the record the receipt speaks of."""

    changes: tuple[Change, ...]
    touched: frozenset[Touched] = field(default_factory=frozenset)


def applied(changes: Iterable[Change], touched: Iterable[Touched] = ()) -> Applied:
    """Return an `Applied` of any iterables."""
    return Applied(tuple(changes), frozenset(touched))


# Below this the difference of two clocks is mostly the time the request was under way.
SKEW_TOLERANCE_S = 120.0


def clock_error(clock_skew_s: float) -> timedelta:
    """Return by how much a phone's times are corrected: its skew (phone minus server), nothing within the tolerance."""
    return timedelta(seconds=clock_skew_s if abs(clock_skew_s) > SKEW_TOLERANCE_S else 0.0)


def corrected_instant(recorded_at: datetime, clock_skew_s: float, received_at: datetime) -> datetime:
    """Return when a record really happened: the phone's time less its clock's error, and never after it was received.

    A clock that was wrong at the record and right at the push shows no skew; its future would freeze a door for years.
    """
    return min(recorded_at - clock_error(clock_skew_s), received_at)
