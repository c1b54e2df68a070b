"""PURE: what a phone may send about doors."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, RootModel

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
