"""SHELL: takes a batch of mutations: store first, judge then, number last, answer after commit.

One transaction a batch and one savepoint a mutation. The insert `ON CONFLICT DO NOTHING` on the mutation's id decides
which of N parallel deliveries is the first; a check before it would let two of them through.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.db import OperationalError, connection, transaction

from backend.accounts.models import Device, Officer, Unit
from backend.accounts.scope import working_unit
from backend.common.failpoints import failpoint
from backend.common.outcomes import Change, MutationContext, Touched, corrected_instant
from backend.common.problems import Problem, problem
from backend.sync import store
from backend.sync.announce import figures_announce
from backend.sync.feed import feed_append
from backend.sync.judging import Judged, Waiting, judge_all
from backend.sync.registry import KINDS
from backend.sync.variants import variant_verdict
from backend.sync.wire import BatchHeader, Envelope, Unreadable, read_envelope, wire_time
from geo.selectors import deployment_held

log = structlog.get_logger()


@dataclass(frozen=True)
class Sender:
    """Who sends a batch, from which device, how far its clock is off, and why nothing may be applied (None: it may)."""

    officer: Officer
    unit: Unit
    device: Device
    clock_skew_s: float
    received_at: datetime
    zone: ZoneInfo
    refusal: Problem | None


@dataclass(frozen=True)
class Arrival:
    """A batch at the door: whose it is, for which unit, and why nothing of it may be applied (None: it may)."""

    officer: Officer
    unit: Unit
    batch: BatchHeader
    received_at: datetime
    refusal: Problem | None


def receive_batch(
    *,
    officer: Officer,
    batch: BatchHeader,
    received_at: datetime,
    unit: Unit | None = None,
    refusal: Problem | None = None,
) -> list[dict[str, Any]]:
    """Store and judge a batch; return one outcome a mutation, in the order of the batch (3-sync.md, "Push").

    `unit` is the unit the records are made for; by default the one the officer works with now. With a `refusal` (the
    device may send, but nobody may act through it) nothing is judged: what is new goes to quarantine with that problem.

    When this returns, everything it calls applied, duplicate, conflict or quarantined is committed. Where the database
    refuses the whole batch (a deadlock, a full disk) each mutation is tried alone, and only those that fail again
    answer `retry`.
    """
    unit = unit or working_unit(officer)
    if unit is None:
        raise problem("not_allowed", roles="(a unit)")
    read = [read_envelope(raw) for raw in batch.mutations]
    arrival = Arrival(officer, unit, batch, received_at, refusal)
    try:
        outcomes = _receive(arrival, read)
        failpoint("push.after_commit")
        return outcomes
    except OperationalError as error:
        log.warning("batch_refused_by_database", mutations=len(read), why=str(error))
    return [_receive_alone(arrival, one) for one in read]


def _receive_alone(arrival: Arrival, one: Envelope | Unreadable) -> dict[str, Any]:
    try:
        return _receive(arrival, [one])[0]
    except OperationalError as error:
        log.error("mutation_refused_by_database", why=str(error))
        wire_id = str(one.id) if isinstance(one, Envelope) else _raw_id(one)
        return _outcome(wire_id, "retry", found=problem("service_unavailable"))


@transaction.atomic(durable=True)
def _receive(arrival: Arrival, read: Sequence[Envelope | Unreadable]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        # Django's foreign keys are checked at commit, where one bad reference would take the whole batch with it.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with deployment_held() as place:
        failpoint("push.before_store")
        sender = _sender(arrival, ZoneInfo(place.zone))
        first: dict[UUID, Envelope] = {}
        for one in read:
            if isinstance(one, Envelope):
                first.setdefault(one.id, one)
        waiting = store.mutations_store(first.values(), sender=sender, rejudge=arrival.refusal is None)
        failpoint("push.after_store")
        in_order = [first[i] for i in sorted(waiting, key=lambda i: (first[i].seq, i))]
        if arrival.refusal is None:
            verdicts = _judge_all(in_order, waiting, sender)
        else:
            verdicts = [Judged("quarantined", problem=arrival.refusal)] * len(in_order)
        failpoint("push.before_numbers")
        _number_and_close(list(zip(in_order, verdicts, strict=True)), sender)
        failpoint("push.before_commit")
    return _outcomes(read, store.stored_by_id(first), set(waiting), sender)


def _outcomes(
    read: Sequence[Envelope | Unreadable], stored: Mapping[UUID, store.Stored], judged: set[UUID], sender: Sender
) -> list[dict[str, Any]]:
    """Return one outcome for each mutation of the batch, in its order; the second of two equal ones is a duplicate."""
    answered: set[UUID] = set()
    outcomes = []
    for one in read:
        if isinstance(one, Unreadable):
            outcomes.append(_unreadable_outcome(one, sender))
            continue
        is_new = one.id in judged and one.id not in answered
        answered.add(one.id)
        outcomes.append(_envelope_outcome(one, stored[one.id], is_new=is_new, sender=sender))
    return outcomes


def _sender(arrival: Arrival, zone: ZoneInfo) -> Sender:
    device = store.device_contact(
        officer=arrival.officer, unit=arrival.unit, batch=arrival.batch, at=arrival.received_at
    )
    skew_s = (arrival.batch.sent_at - arrival.received_at).total_seconds()
    return Sender(arrival.officer, arrival.unit, device, skew_s, arrival.received_at, zone, arrival.refusal)


def _judge_all(in_order: Sequence[Envelope], attempts: Mapping[UUID, int], sender: Sender) -> list[Judged]:
    return judge_all([Waiting(_context(one, sender), one, attempts[one.id]) for one in in_order])


def _context(envelope: Envelope, sender: Sender) -> MutationContext:
    occurred_at = corrected_instant(envelope.recorded_at, sender.clock_skew_s, sender.received_at)
    return MutationContext(
        mutation_id=envelope.id,
        record_id=envelope.record_id,
        kind=envelope.kind,
        unit_id=sender.unit.id,
        unit_path=sender.unit.path,
        officer_id=sender.officer.id,
        device_id=sender.device.id,
        recorded_at=envelope.recorded_at,
        clock_skew_s=sender.clock_skew_s,
        occurred_at=occurred_at,
        occurred_on=occurred_at.astimezone(sender.zone).date(),
        received_at=sender.received_at,
        payload_sha256=envelope.payload_sha256,
    )


def _number_and_close(judged: Sequence[tuple[Envelope, Judged]], sender: Sender) -> None:
    """Take the feed numbers and write every verdict down: the last statements before commit."""
    changes: list[Change] = []
    position: dict[UUID, int] = {}
    touched: set[Touched] = set()
    for envelope, verdict in judged:
        if verdict.applied is not None:
            position[envelope.id] = len(changes)
            changes.extend(verdict.applied.changes)
            touched |= verdict.applied.touched
    numbers = feed_append(changes)
    closings = [
        store.Closing(
            mutation_id=envelope.id,
            judged=verdict,
            unit_id=changes[position[envelope.id]].unit_id
            if envelope.id in position
            else verdict.unit_id or sender.unit.id,
            feed_number=numbers[position[envelope.id]] if envelope.id in position else None,
            drops_payload=verdict.applied is not None and not KINDS[envelope.kind].keeps_payload,
        )
        for envelope, verdict in judged
    ]
    store.mutations_close(closings)
    figures_announce(touched)


def _envelope_outcome(envelope: Envelope, row: store.Stored, *, is_new: bool, sender: Sender) -> dict[str, Any]:
    stored = (row.payload_sha256, row.record_id, row.kind)
    is_other = stored != (envelope.payload_sha256, envelope.record_id, envelope.kind)
    if is_other:
        store.variant_store(envelope, sender=sender)
    elif row.device_id != sender.device.id:
        store.also_brought_note(envelope.id, sender=sender)
    if sender.refusal is not None and row.device_id != sender.device.id:
        # Nothing can be read through this device: not even what became of another one's record of this id.
        return _outcome(str(envelope.id), "quarantined", found=sender.refusal)
    if is_other:
        outcome, released, found = variant_verdict(envelope)
        return _outcome(str(envelope.id), outcome, row=released or row, found=found)
    if row.outcome == "received":
        return _outcome(str(envelope.id), "retry", problem_json=row.problem)
    if row.outcome == "applied":
        return _outcome(str(envelope.id), "applied" if is_new else "duplicate", row=row)
    if row.outcome == "discarded":
        return _outcome(str(envelope.id), "quarantined", row=row, found=problem("discarded_by_lead"))
    return _outcome(str(envelope.id), row.outcome, row=row, problem_json=row.problem)


def _unreadable_outcome(one: Unreadable, sender: Sender) -> dict[str, Any]:
    store.unreadable_store(one, sender=sender)
    return _outcome(_raw_id(one), "quarantined", found=one.problem)


def _raw_id(one: Unreadable) -> str | None:
    """Return what the mutation calls its id, where that is something we can write back."""
    found = one.raw.get("id") if isinstance(one.raw, dict) else None
    return found if isinstance(found, str) and found.isascii() else None


def _outcome(
    mutation_id: Any,
    outcome: str,
    *,
    row: store.Stored | None = None,
    found: Problem | None = None,
    problem_json: Any = None,
) -> dict[str, Any]:
    receipt = None
    if row is not None:
        receipt = {
            "unit": row.unit_code,
            "n": row.feed_number,
            "received_at": wire_time(row.received_at),
            "sha256": row.payload_sha256,
        }
    return {
        "id": mutation_id,
        "outcome": outcome,
        "receipt": receipt,
        "problem": found.as_json() if found else problem_json,
    }
