"""PURE: what a phone may send about outings."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from backend.common.payloads import Latitude, Longitude, Metres, Payload, Place, Text

MAX_FIXES_A_BLOCK = 1000
Speed = Annotated[float, Field(strict=True, ge=0, le=200, allow_inf_nan=False)]
Heading = Annotated[float, Field(strict=True, ge=0, le=360, allow_inf_nan=False)]
# 2000-01-01 to 2100-01-01: what a wrong clock may say and a timestamp column can hold.
EPOCH_MS_RANGE = (946_684_800_000, 4_102_444_800_000)
EpochMs = Annotated[int, Field(strict=True, ge=EPOCH_MS_RANGE[0], le=EPOCH_MS_RANGE[1])]


class PatrolStart(Payload):
    """`patrol.start`: recorded_at is when it started."""

    kind: Literal["street", "road", "visit_round", "outreach"]
    officers: list[UUID] = Field(default_factory=list, max_length=50)
    plan: UUID | None = None


class PatrolLeg(Payload):
    """`patrol.leg`: from recorded_at on with this means of transport."""

    patrol: UUID
    mode: Literal["foot", "bicycle", "ebike", "motorcycle", "car"]


class PatrolFixes(Payload):
    """`patrol.fixes`: GPS readings in columns of equal length."""

    leg: UUID
    t_ms: list[EpochMs] = Field(min_length=1, max_length=MAX_FIXES_A_BLOCK)
    lon: list[Longitude]
    lat: list[Latitude]
    accuracy_m: list[Metres]
    speed_mps: list[Speed | None] | None = None
    heading_deg: list[Heading | None] | None = None
    source: Literal["phone", "owntracks", "traccar", "gpx"] = "phone"

    @model_validator(mode="after")
    def _columns_have_equal_length(self) -> Self:
        columns = (self.lon, self.lat, self.accuracy_m, self.speed_mps, self.heading_deg)
        if any(column is not None and len(column) != len(self.t_ms) for column in columns):
            raise ValueError("every column must have as many values as t_ms")
        return self


class PatrolObserve(Payload):
    """`patrol.observe`: something noted on the way."""

    patrol: UUID
    category: Literal["hazard", "dispute", "order", "facility", "help", "other"]
    text: Text = ""
    place: Place | None = None


class PatrolEnd(Payload):
    """`patrol.end`: recorded_at is when it ended. `pauses` are stretches (from, to) in which nothing was to be kept."""

    patrol: UUID
    ended_how: Literal["officer", "timeout"] = "officer"
    pauses: list[tuple[EpochMs, EpochMs]] = Field(default_factory=list, max_length=500)
