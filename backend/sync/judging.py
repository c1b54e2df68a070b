"""SHELL: judges one stored mutation: applied, in conflict, to quarantine, or to be tried again."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import structlog
from django.db import IntegrityError, OperationalError, transaction
from psycopg.errors import ForeignKeyViolation
from pydantic import ValidationError

from backend.common.canonical_json import payload_sha256
from backend.common.outcomes import Applied, MutationContext
from backend.common.payloads import validation_problem
from backend.common.problems import Problem, problem
from backend.sync.registry import KINDS, Kind
from backend.sync.targets import unit_answering
from backend.sync.wire import Envelope

log = structlog.get_logger()

MAX_ATTEMPTS = 5
CONFLICTS = frozenset({"base_values_changed", "record_id_taken", "same_id_other_content"})
OF_ANOTHER_UNIT = frozenset({"premises_of_another_unit", "record_of_another_unit"})
Verdict = Literal["applied", "conflict", "quarantined", "retry"]


@dataclass(frozen=True)
class Judged:
    """The verdict on one mutation. `unit_id` is the unit whose lead sees it when it was not applied."""

    verdict: Verdict
    applied: Applied | None = None
    problem: Problem | None = None
    unit_id: UUID | None = None


def judge(*, context: MutationContext, envelope: Envelope, attempts: int, kinds: Mapping[str, Kind] = KINDS) -> Judged:
    """Apply one mutation inside its own savepoint, so that whatever is wrong with it spoils nothing else.

    A handler that breaks (a defect of ours, not of the record) is tried again at the next push, and after the fifth
    time the record goes to quarantine, where a person sees it. Only a database that cannot work raises.
    """
    try:
        with transaction.atomic():
            return Judged("applied", applied=_apply(context, envelope, kinds))
    except Problem as found:
        verdict: Verdict = "conflict" if found.code in CONFLICTS else "quarantined"
        return Judged(
            verdict, problem=found, unit_id=unit_answering(envelope) if found.code in OF_ANOTHER_UNIT else None
        )
    except IntegrityError as error:
        refused = _integrity_problem(error, context)
        return Judged("conflict" if refused.code in CONFLICTS else "quarantined", problem=refused)
    except OperationalError:
        raise
    except Exception as error:
        reference = uuid.uuid4().hex[:12]
        log.error("handler_failed", reference=reference, kind=envelope.kind, mutation=str(envelope.id), exc_info=error)
        broken = problem("handler_failed", reference=reference)
        return Judged("quarantined" if attempts + 1 >= MAX_ATTEMPTS else "retry", problem=broken)


def _apply(context: MutationContext, envelope: Envelope, kinds: Mapping[str, Kind]) -> Applied:
    kind = kinds.get(envelope.kind)
    if kind is None:
        raise problem("unknown_kind", kind=envelope.kind)
    _hash_must_match(envelope)
    try:
        payload = kind.payload.model_validate(envelope.payload)
    except ValidationError as error:
        raise validation_problem("payload_invalid", error) from error
    return kind.handler(context=context, payload=payload)


def _hash_must_match(envelope: Envelope) -> None:
    try:
        computed = payload_sha256(envelope.payload)
    except ValueError:
        computed = "nothing: the payload has no canonical form"
    if computed != envelope.payload_sha256:
        raise problem("payload_hash_mismatch", announced=envelope.payload_sha256, computed=computed)


def _integrity_problem(error: IntegrityError, context: MutationContext) -> Problem:
    """Translate what the database refused: the one place where constraint errors get a code."""
    log.info("integrity_error", mutation=str(context.mutation_id), why=str(error))
    if isinstance(error.__cause__, ForeignKeyViolation):
        return problem("reference_unknown", constraint=error.__cause__.diag.constraint_name)
    return problem("record_id_taken")
