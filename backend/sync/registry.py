"""SHELL: what this server understands: a handler for each kind of mutation, a presenter for each type of record."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from pydantic import BaseModel

from backend.common.outcomes import Applied, MutationContext
from backend.common.problems import Problem
from geo import premises_services
from geo import sync as geo_sync
from geo.payloads import PremisesPropose
from patrol import services as patrol_services
from patrol import sync as patrol_sync
from patrol.payloads import PatrolEnd, PatrolFixes, PatrolLeg, PatrolObserve, PatrolStart
from visits import attachment_services, dispute_services, outreach_services
from visits import services as visit_services
from visits import sync as visits_sync
from visits.payloads import (
    AttachmentDeclare,
    DisputeEventPayload,
    DisputeOpen,
    DisputeParty,
    OutreachRecord,
    VisitCorrect,
    VisitRecord,
)


class Handler(Protocol):
    """A service that applies a mutation, called with keywords; the payload is of the kind's model."""

    def __call__(self, *, context: MutationContext, payload: Any) -> Applied: ...


class HandlerOfMany(Protocol):
    """A service that applies mutations of one kind together; each answer is what changed, or why it may not be.

    It locks what it works on in the order of ids, writes nothing for what it answers with a problem, and nothing at all
    when it raises.
    """

    def __call__(self, *, items: Sequence[tuple[MutationContext, Any]]) -> Sequence[Applied | Problem]: ...


# Returns records by id, each with the `unit_id` it belongs to now (which the pull checks and does not send).
Presenter = Callable[[Iterable[UUID]], dict[UUID, dict[str, Any]]]


@dataclass(frozen=True)
class Kind:
    """How one kind is read and applied: one at a time, or many together where a batch holds many.

    `keeps_payload` is False where the record's own table is the copy.
    """

    payload: type[BaseModel]
    handler: Handler | None = None
    handler_of_many: HandlerOfMany | None = None
    keeps_payload: bool = True


KINDS: Mapping[str, Kind] = {
    "patrol.start": Kind(PatrolStart, patrol_services.patrol_start),
    "patrol.leg": Kind(PatrolLeg, patrol_services.leg_start),
    # Positions outside an outing are not stored, so the raw block may not be kept beside the trimmed one.
    "patrol.fixes": Kind(PatrolFixes, patrol_services.fixes_add, keeps_payload=False),
    "patrol.observe": Kind(PatrolObserve, patrol_services.observation_add),
    "patrol.end": Kind(PatrolEnd, patrol_services.patrol_end),
    "visit.record": Kind(VisitRecord, handler_of_many=visit_services.visits_record),
    "visit.correct": Kind(VisitCorrect, visit_services.visit_correct),
    "dispute.open": Kind(DisputeOpen, dispute_services.dispute_open),
    "dispute.event": Kind(DisputeEventPayload, dispute_services.dispute_event_add),
    # How to reach a resident is kept once, where it is erased on time.
    "dispute.party": Kind(DisputeParty, dispute_services.dispute_party_put, keeps_payload=False),
    "attachment.declare": Kind(AttachmentDeclare, attachment_services.attachment_declare),
    "outreach.record": Kind(OutreachRecord, outreach_services.outreach_record),
    "premises.propose": Kind(PremisesPropose, premises_services.premises_propose),
}

PRESENTERS: Mapping[str, Presenter] = {
    "premises": geo_sync.premises_records,
    "premises_proposal": geo_sync.proposal_records,
    "patrol": patrol_sync.patrol_records,
    "leg": patrol_sync.leg_records,
    "fix_block": patrol_sync.fix_block_records,
    "observation": patrol_sync.observation_records,
    "visit": visits_sync.visit_records,
    "dispute": visits_sync.dispute_records,
    "outreach": visits_sync.outreach_records,
    "dispute_event": visits_sync.dispute_event_records,
    "attachment": attachment_services.attachment_records,
}
