"""SHELL: judges one stored mutation: applied, in conflict, to quarantine, or to be tried again."""

import uuid
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import structlog
from django.db import IntegrityError, OperationalError, transaction
from pydantic import ValidationError

from backend.accounts.models import Unit
from backend.common.canonical_json import payload_sha256
from backend.common.outcomes import Applied, MutationContext
from backend.common.payloads import validation_problem
from backend.common.problems import Problem, problem
from backend.sync.registry import KINDS
from backend.sync.wire import Envelope
from geo.models import Premises
from patrol.models import Leg, Patrol
from visits.models import Dispute, Visit

log = structlog.get_logger()

MAX_ATTEMPTS = 5
CONFLICTS = frozenset({"base_values_changed", "record_id_taken", "same_id_other_content"})
Verdict = Literal["applied", "conflict", "quarantined", "retry"]


@dataclass(frozen=True)
class Judged:
    """The verdict on one mutation. `unit_id` is the unit whose lead sees it when it was not applied."""

    verdict: Verdict
    applied: Applied | None = None
    problem: Problem | None = None
    unit_id: UUID | None = None


def judge(*, context: MutationContext, envelope: Envelope, attempts: int) -> Judged:
    """Apply one mutation inside its own savepoint, so that whatever is wrong with it spoils nothing else.

    A handler that breaks (a defect of ours, not of the record) is tried again at the next push, and after the fifth time
    the record goes to quarantine, where a person sees it. Only a database that cannot work raises (OperationalError).
    """
    try:
        with transaction.atomic():
            return Judged("applied", applied=_apply(context, envelope))
    except Problem as found:
        verdict: Verdict = "conflict" if found.code in CONFLICTS else "quarantined"
        return Judged(verdict, problem=found, unit_id=_unit_answering(envelope, found))
    except IntegrityError as error:
        return Judged("conflict", problem=_integrity_problem(error, context))
    except OperationalError:
        raise
    except Exception as error:
        reference = uuid.uuid4().hex[:12]
        log.error("handler_failed", reference=reference, kind=envelope.kind, mutation=str(envelope.id), exc_info=error)
        broken = problem("handler_failed", reference=reference)
        return Judged("quarantined" if attempts + 1 >= MAX_ATTEMPTS else "retry", problem=broken)


def _apply(context: MutationContext, envelope: Envelope) -> Applied:
    kind = KINDS.get(envelope.kind)
    if kind is None:
        raise problem("unknown_kind", kind=envelope.kind)
    _hash_must_match(envelope)
    try:
        payload = kind.payload.model_validate(envelope.payload)
    except ValidationError as error:
        raise validation_problem("payload_invalid", error) from error
    return kind.handler(context, payload)


def _hash_must_match(envelope: Envelope) -> None:
    try:
        computed = payload_sha256(envelope.payload)
    except ValueError:
        computed = "nothing: the payload has no canonical form"
    if computed != envelope.payload_sha256:
        raise problem("payload_hash_mismatch", announced=envelope.payload_sha256, computed=computed)


def _integrity_problem(error: IntegrityError, context: MutationContext) -> Problem:
    # The one constraint that a well-formed mutation can break is the primary key of its record.
    log.warning("integrity_error", mutation=str(context.mutation_id), why=str(error))
    return problem("record_id_taken")


_TARGETS: tuple[tuple[str, Any, str], ...] = (
    ("premises", Premises, "unit_id"),
    ("corrects", Visit, "unit_id"),
    ("dispute", Dispute, "unit_id"),
    ("patrol", Patrol, "unit_id"),
    ("leg", Leg, "unit_id"),
)


def _unit_answering(envelope: Envelope, found: Problem) -> UUID | None:
    """Return the unit whose lead decides over a record that touches another unit's; None: the sender's own."""
    if found.code not in {"premises_of_another_unit", "record_of_another_unit"}:
        return None
    for field, model, column in _TARGETS:
        target = envelope.payload.get(field)
        if isinstance(target, str):
            unit_id: UUID | None = model.objects.filter(id=target).values_list(column, flat=True).first()
            if unit_id is not None and Unit.objects.filter(id=unit_id).exists():
                return unit_id
    return None
