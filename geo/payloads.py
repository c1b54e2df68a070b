"""PURE: what a phone may send about doors."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, RootModel, model_validator

from backend.common.payloads import Latitude, Line, Longitude, Payload, Text

State = Literal["active", "vacant", "gone", "inaccessible"]


class NewPremises(Payload):
    """A door that is not registered yet; a lead approves it before it counts in a denominator."""

    action: Literal["new"]
    kind: Literal["household", "enterprise"]
    address: Annotated[Line, Field(min_length=1)]
    name: Annotated[Line, Field(max_length=160)] = ""
    door_plate: Annotated[Line, Field(max_length=64)] = ""
    lon: Longitude
    lat: Latitude

    @model_validator(mode="after")
    def _household_has_no_name(self) -> Self:
        if self.kind == "household" and self.name:
            raise ValueError("a household has no name, only an address")
        return self


class StateBase(Payload):
    """The values the author saw."""

    state: State


class ChangedState(Payload):
    """A door found vacant, gone, inaccessible or in use again; it changes the denominator, so a lead decides."""

    action: Literal["change_state"]
    premises: UUID
    state: State
    base: StateBase
    reason: Text = ""


class PremisesPropose(RootModel[Annotated[NewPremises | ChangedState, Field(discriminator="action")]]):
    """`premises.propose`: a new door, or a changed state of a known one."""
