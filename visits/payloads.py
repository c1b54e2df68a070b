"""PURE: what a phone may send about visits and disputes. There is no field for a resident's name or number here."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from backend.common.payloads import Line, Payload, Place, Text, storable_json

Outcome = Literal["met", "nobody_home", "refused", "vacant", "gone", "other"]
HazardCode = Literal[
    "fire", "gas", "electricity", "ebike_charging", "fraud_exposure", "road", "water", "building", "other"
]
AdviceCode = Literal["fire", "gas", "electricity", "ebike_charging", "fraud", "traffic", "other"]
NoPlaceReason = Literal["denied", "unavailable", "timeout", "not_asked"]
Category = Literal[
    "marriage_family", "neighbour", "debt", "labour", "land_forest", "housing", "requisition", "injury", "traffic",
    "medical", "consumer", "property_management", "contract", "business", "other",
]  # fmt: skip
EventKind = Literal[
    "registered", "assigned", "session_held", "agreement_signed", "resolved", "transferred", "failed", "follow_up",
    "reopened", "closed", "corrected",
]  # fmt: skip


# Without these a step says nothing: assigned to nobody, transferred nowhere.
_NEEDED = {
    "assigned": "assignee",
    "agreement_signed": "agreement",
    "transferred": "transferred_to",
    "follow_up": "follow_up",
    "corrected": "corrects",
}


class HazardFound(Payload):
    """A danger found at the door."""

    id: UUID
    kind: HazardCode
    note: Text = ""


class Checklist(Payload):
    """Answers to a campaign's form, with the version of the form that was answered."""

    form: Line
    version: int = Field(ge=1, le=10_000)
    answers: Annotated[dict[str, Any], AfterValidator(storable_json)] = Field(default_factory=dict, max_length=200)


class VisitRecord(Payload):
    """`visit.record`: one attempt at one door."""

    premises: UUID
    outcome: Outcome
    officers: list[UUID] = Field(default_factory=list, max_length=50)
    patrol: UUID | None = None
    campaign: UUID | None = None
    place: Place | None = None
    no_place_reason: NoPlaceReason | None = None
    hazards: list[HazardFound] = Field(default_factory=list, max_length=50)
    advice: list[AdviceCode] = Field(default_factory=list, max_length=20)
    help_asked: Text = ""
    note: Text = ""
    checklist: Checklist | None = None
    disputes: list[UUID] = Field(default_factory=list, max_length=20)


class VisitCorrect(VisitRecord):
    """`visit.correct`: a new visit that takes the place of an earlier one, and why; the earlier stays readable."""

    corrects: UUID
    reason: Annotated[Text, Field(min_length=1)]


class PartyOfDispute(Payload):
    """A side of a dispute, by role only."""

    id: UUID
    role: Literal["side_a", "side_b", "other"]


class DisputeOpen(Payload):
    """`dispute.open`: a case was found."""

    category: Category
    summary: Annotated[Text, Field(min_length=1, max_length=2000)]
    premises: UUID | None = None
    place: Place | None = None
    place_text: Line = ""
    source: Literal["visit", "patrol", "walk_in", "referral"]
    risk: Literal["low", "medium", "high"] = "low"
    visit: UUID | None = None
    patrol: UUID | None = None
    parties: list[PartyOfDispute] = Field(default_factory=list, max_length=20)


class Agreement(Payload):
    """How a dispute was settled."""

    form: Literal["written", "oral"]
    terms: Annotated[Text, Field(min_length=1)]


class DisputeEventPayload(Payload):
    """`dispute.event`: one append-only step."""

    dispute: UUID
    event: EventKind
    note: Text = ""
    assignee: UUID | None = None
    agreement: Agreement | None = None
    transferred_to: Annotated[Line, Field(max_length=160)] = ""
    follow_up: Literal["kept", "not_kept", "no_answer"] | None = None
    corrects: UUID | None = None

    @model_validator(mode="after")
    def _says_what_the_step_needs(self) -> Self:
        field = _NEEDED.get(self.event)
        if field is not None and not getattr(self, field):
            raise ValueError(f"{self.event} needs {field}")
        return self
