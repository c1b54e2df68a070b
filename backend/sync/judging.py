"""SHELL: judges stored mutations: applied, in conflict, to quarantine, or to be tried again."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal
from uuid import UUID

import structlog
from django.db import IntegrityError, OperationalError, transaction
from psycopg.errors import ForeignKeyViolation
from pydantic import ValidationError

from backend.common.outcomes import Applied, MutationContext
from backend.common.payloads import validation_problem
from backend.common.problems import Problem, problem
from backend.sync.registry import KINDS, Kind
from backend.sync.targets import targets_lock, unit_answering
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


@dataclass(frozen=True)
class Waiting:
    """A stored mutation that waits for its verdict; `attempts` counts how often its handler broke before."""

    context: MutationContext
    envelope: Envelope
    attempts: int = 0


def judge(*, context: MutationContext, envelope: Envelope, attempts: int, kinds: Mapping[str, Kind] = KINDS) -> Judged:
    """Apply one mutation inside its own savepoint, so that whatever is wrong with it spoils nothing else.

    A handler that breaks (a defect of ours, not of the record) is tried again at the next push, and after the fifth
    time the record goes to quarantine, where a person sees it. Only a database that cannot work raises.
    """
    one = Waiting(context, envelope, attempts)
    try:
        with transaction.atomic():
            (found,) = _apply_run([one], kinds)
    except Exception as error:
        return _verdict_on(error, one)
    return found


def judge_all(waiting: Sequence[Waiting], kinds: Mapping[str, Kind] = KINDS) -> list[Judged]:
    """Judge mutations in the order given, with the verdicts that `judge` would give to each of them alone.

    Neighbours of one kind are applied together where the kind can do that. Where something breaks such a run, its
    savepoint is taken back and each is judged alone: the broken one is found, and the others are not held up by it.
    What they work on is locked first, in one order; a batch that is all one run does that by itself.
    """
    runs = list(_runs(waiting, kinds))
    if len(runs) > 1 or len(waiting) == 1:
        targets_lock(one.envelope for one in waiting)
    return [verdict for run in runs for verdict in _judge_run(run, kinds)]


def _runs(waiting: Sequence[Waiting], kinds: Mapping[str, Kind]) -> Iterator[list[Waiting]]:
    for name, group in groupby(waiting, key=lambda one: one.envelope.kind):
        kind, listed = kinds.get(name), list(group)
        if kind is not None and kind.handler_of_many is not None:
            yield listed
        else:
            yield from ([one] for one in listed)


def _judge_run(run: list[Waiting], kinds: Mapping[str, Kind]) -> list[Judged]:
    if len(run) > 1:
        try:
            with transaction.atomic():
                return _apply_run(run, kinds)
        except OperationalError:
            raise
        except Exception as error:
            log.info("run_judged_one_by_one", mutations=len(run), why=str(error))
        targets_lock(one.envelope for one in run)  # the run's own locks went with its savepoint
    return [judge(context=w.context, envelope=w.envelope, attempts=w.attempts, kinds=kinds) for w in run]


def _apply_run(run: Sequence[Waiting], kinds: Mapping[str, Kind]) -> list[Judged]:
    """Apply neighbours of one kind; what cannot be read is answered without touching the database."""
    read = [_payload_or_problem(one.envelope, kinds) for one in run]
    items = [(one.context, payload) for one, payload in zip(run, read, strict=True) if not isinstance(payload, Problem)]
    answers = iter(_handled(kinds[run[0].envelope.kind], items) if items else ())
    return [
        _judged(payload if isinstance(payload, Problem) else next(answers), one)
        for one, payload in zip(run, read, strict=True)
    ]


def _handled(kind: Kind, items: Sequence[tuple[MutationContext, Any]]) -> Sequence[Applied | Problem]:
    if kind.handler_of_many is not None:
        return kind.handler_of_many(items=items)
    if kind.handler is None:
        raise LookupError("a kind without a handler")
    return [kind.handler(context=context, payload=payload) for context, payload in items]


def _judged(answer: Applied | Problem, one: Waiting) -> Judged:
    if isinstance(answer, Applied):
        return Judged("applied", applied=answer)
    verdict: Verdict = "conflict" if answer.code in CONFLICTS else "quarantined"
    return Judged(
        verdict, problem=answer, unit_id=unit_answering(one.envelope) if answer.code in OF_ANOTHER_UNIT else None
    )


def _verdict_on(error: Exception, one: Waiting) -> Judged:
    if isinstance(error, Problem):
        return _judged(error, one)
    if isinstance(error, IntegrityError):
        return _judged(_integrity_problem(error, one.context), one)
    if isinstance(error, OperationalError):
        raise error
    reference = uuid.uuid4().hex[:12]
    log.error(
        "handler_failed",
        reference=reference,
        kind=one.envelope.kind,
        mutation=str(one.envelope.id),
        exc_info=error,
    )
    broken = problem("handler_failed", reference=reference)
    return Judged("quarantined" if one.attempts + 1 >= MAX_ATTEMPTS else "retry", problem=broken)


def _payload_or_problem(envelope: Envelope, kinds: Mapping[str, Kind]) -> Any:
    kind = kinds.get(envelope.kind)
    if kind is None:
        return problem("unknown_kind", kind=envelope.kind)
    if envelope.computed_sha256 != envelope.payload_sha256:
        return problem(
            "payload_hash_mismatch",
            announced=envelope.payload_sha256,
            computed=envelope.computed_sha256 or "nothing: the payload has no canonical form",
        )
    try:
        return kind.payload.model_validate(envelope.payload)
    except ValidationError as error:
        return validation_problem("payload_invalid", error)


def _integrity_problem(error: IntegrityError, context: MutationContext) -> Problem:
    """Translate what the database refused: the one place where constraint errors get a code."""
    log.info("integrity_error", mutation=str(context.mutation_id), why=str(error))
    if isinstance(error.__cause__, ForeignKeyViolation):
        return problem("reference_unknown", constraint=error.__cause__.diag.constraint_name)
    return problem("record_id_taken")
