"""PURE: what the people of the story do, in the words of the wire: each deed becomes one mutation of one phone."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Person:
    """An officer of the story and the phone they carry."""

    officer_id: UUID
    device_id: UUID
    is_lead: bool


@dataclass(frozen=True)
class Door:
    """A door of the story, as the import stored it."""

    id: UUID
    kind: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Station:
    """A station with its people, its doors and the part it plays (`demo`, `central`, `county`, `far`)."""

    code: str
    part: str
    people: tuple[Person, ...]
    doors: tuple[Door, ...]
    # The plan that its night patrols answer.
    night_plan: UUID | None = None


@dataclass(frozen=True)
class Deed:
    """One thing an officer recorded. `sent_on`: the day on whose evening the phone sends it."""

    person: Person
    sent_on: date
    kind: str
    record_id: UUID
    recorded_at: datetime
    payload: dict[str, Any]


@dataclass(frozen=True)
class Period:
    """The days of the story: `first` to `today`, both included, in the city's zone. `today` ends at ten."""

    first: date
    today: date
    zone: str
