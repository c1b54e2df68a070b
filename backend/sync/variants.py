"""SHELL: another content under a known mutation id: what it becomes when a lead releases it, what its phone is told."""

import json
from uuid import UUID, uuid5

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Concat

from backend.common.problems import Problem, problem
from backend.sync.models import Decision, Mutation, MutationVariant
from backend.sync.store import Stored, stored_by_id
from backend.sync.wire import Envelope, Unreadable, read_envelope

# An envelope in canonical form begins with the mutation's id. What begins otherwise is the altered copy of a payload
# that the right one has replaced since: evidence, and no record of its own.
_AS_ENVELOPE = Concat(Value('{"id":"'), Cast("mutation_id", CharField()), Value('"'))


def variants_to_decide() -> QuerySet[MutationVariant]:
    """Return the variants that are records of their own."""
    return MutationVariant.objects.alias(beginning=_AS_ENVELOPE).filter(raw__startswith=F("beginning"))


def variant_mutation_id(mutation_id: UUID, sha256: str) -> UUID:
    """Return the id under which a released variant is a mutation of its own: always the same for the same content."""
    return uuid5(mutation_id, sha256)


def fresh_record_id(mutation_id: UUID) -> UUID:
    """Return the id of a new record for a mutation that cannot have the one it asks for."""
    return uuid5(mutation_id, "record")


def variant_envelope(variant: MutationVariant) -> Envelope | Unreadable:
    """Return what the phone sent as another content, as it sent it."""
    return read_envelope(json.loads(variant.raw))


def variant_as_mutation(variant: MutationVariant, envelope: Envelope) -> Mutation:
    """Return the unsaved mutation that a released variant becomes; author and times are the phone's."""
    first = Mutation.objects.filter(id=variant.mutation_id, device=variant.device_id).first()
    made = variant_mutation_id(variant.mutation_id, variant.payload_sha256)
    return Mutation(
        id=made,
        unit=variant.unit,
        officer=variant.device.officer,
        device=variant.device,
        seq=envelope.seq,
        kind=envelope.kind,
        record_id=fresh_record_id(made),
        recorded_at=envelope.recorded_at,
        clock_skew_s=first.clock_skew_s if first is not None else 0.0,
        received_at=variant.received_at,
        payload=envelope.text,
        payload_sha256=envelope.payload_sha256,
        outcome="received",
    )


def variant_verdict(envelope: Envelope) -> tuple[str, Stored | None, Problem | None]:
    """Return what its phone is told of a content that is not the first of its id: outcome, receipt, problem."""
    made = variant_mutation_id(envelope.id, envelope.payload_sha256)
    released = stored_by_id([made]).get(made)
    if released is not None:
        return "duplicate", released, None
    held = MutationVariant.objects.filter(mutation_id=envelope.id, payload_sha256=envelope.payload_sha256)
    if Decision.objects.filter(item_id__in=held.values("item_id"), problem__isnull=True).exists():
        return "quarantined", None, problem("discarded_by_lead")
    return "conflict", None, problem("same_id_other_content")
