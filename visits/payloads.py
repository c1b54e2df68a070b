"""PURE: what a phone may send about visits and disputes. A resident's name or number comes masked or sealed only."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

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


def _masked(text: str) -> str:
    # A phone that forgot to mask would write a resident's name into a table that says it holds none.
    if text and "*" not in text:
        raise ValueError("must be masked")
    return text


def _masked_number(text: str) -> str:
    if sum(character.isdigit() for character in text) > MAX_DIGITS_SHOWN:
        raise ValueError("shows too many digits")
    return _masked(text)


# `138****8000` shows seven, `0795***1234` eight.
MAX_DIGITS_SHOWN = 8
# `<key id>.<enc>.<ciphertext>` in base64url (backend/common/sealing.py).
SEALED = r"^([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)?$"


class PartyOfDispute(Payload):
    """A side of a dispute: its role, and how to reach it where that was given.

    Name and number are masked by the phone; in clear they are only inside `sealed`, for the server's key.
    """

    id: UUID
    role: Literal["side_a", "side_b", "other"]
    name_masked: Annotated[Line, Field(max_length=40), AfterValidator(_masked)] = ""
    phone_masked: Annotated[Line, Field(max_length=24), AfterValidator(_masked_number)] = ""
    sealed: Annotated[str, Field(max_length=2048, pattern=SEALED)] = ""


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


class DisputeParty(Payload):
    """`dispute.party`: a party is added later, or the contact of a known one is replaced."""

    dispute: UUID
    party: PartyOfDispute


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


MIB = 1024 * 1024
# What each kind of attachment may be, and how large. Formats whose decoders are few and well watched; no SVG, no GIF.
MEDIA_TYPES: dict[str, tuple[str, ...]] = {
    "photo": ("image/jpeg", "image/png", "image/webp"),
    "audio": ("audio/webm", "audio/ogg", "audio/mp4"),
    "signature": ("image/png",),
}
MAX_BYTES = {"photo": 8 * MIB, "audio": 20 * MIB, "signature": MIB}


class AttachmentDeclare(Payload):
    """`attachment.declare`: a photo, sound or signature that belongs to a record; its bytes come apart from it.

    The mutation's `record_id` is the id of the attachment, `record` the visit, dispute, step or observation it shows.
    """

    record: UUID
    kind: Literal["photo", "audio", "signature"]
    media_type: Annotated[Line, Field(max_length=40)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size_bytes: Annotated[int, Field(strict=True, ge=1)]

    @field_validator("media_type")
    @classmethod
    def _of_its_kind(cls, value: str, info: ValidationInfo) -> str:
        kinds = MEDIA_TYPES.get(info.data.get("kind", ""), ())
        if value not in kinds:
            raise ValueError(f"must be one of {', '.join(kinds)}")
        return value

    @field_validator("size_bytes")
    @classmethod
    def _not_too_large(cls, value: int, info: ValidationInfo) -> int:
        most = MAX_BYTES.get(info.data.get("kind", ""), 0)
        if value > most:
            raise ValueError(f"must be at most {most} bytes")
        return value


class OutreachRecord(Payload):
    """`outreach.record`: a law-outreach session was held. How many listened is counted, never who."""

    topic: Annotated[Line, Field(min_length=1, max_length=160)]
    place_text: Line = ""
    place: Place | None = None
    audience_count: Annotated[int, Field(strict=True, ge=0, le=100_000)] = 0
    patrol: UUID | None = None
