"""SHELL: what a lead does with records that could not be accepted: released, corrected or discarded, with a reason."""

import json
from dataclasses import dataclass
from datetime import datetime
from posixpath import commonpath
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from backend.accounts.models import Officer
from backend.accounts.scope import scoped, units_in_scope, working_unit
from backend.common.canonical_json import payload_sha256
from backend.common.outcomes import MutationContext, corrected_instant
from backend.common.problems import Problem, problem
from backend.sync.announce import figures_announce
from backend.sync.feed import feed_append
from backend.sync.judging import MAX_ATTEMPTS, Judged, judge
from backend.sync.models import Decision, DecisionAction, Intake, Mutation, MutationVariant
from backend.sync.quarantine_rows import OPEN
from backend.sync.registry import KINDS
from backend.sync.store import Closing, mutations_close
from backend.sync.targets import targets_lock
from backend.sync.variants import fresh_record_id, variant_as_mutation, variant_envelope
from backend.sync.wire import Envelope, Unreadable, storable_text
from geo.selectors import deployment_held

Item = Mutation | MutationVariant | Intake


@dataclass(frozen=True)
class Wanted:
    """What a lead wants done with an item, and why. `payload` is the correction."""

    action: DecisionAction
    reason: str
    payload: dict[str, Any] | None = None


@transaction.atomic(durable=True)
def item_decide(*, lead: Officer, item_id: UUID, wanted: Wanted, now: datetime) -> Problem | None:
    """Carry a decision out. Returns why it could not be: then the item stays as it is, and the try is kept.

    Raises `not_found` for what the lead may not see and `already_decided` where somebody was faster.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as in a push: a bad reference must show inside the savepoint
    item = _item_locked(item_id, lead)
    held_for = item.problem if isinstance(item, Mutation) else None
    found = _discarded(item) if wanted.action == DecisionAction.DISCARD else _released(item, wanted, lead)
    Decision.objects.create(
        item_id=item_id,
        action=wanted.action,
        reason=wanted.reason,
        officer=lead,
        decided_at=now,
        problem=None if found is None else found.as_json(),
        payload=_kept_correction(item, wanted),
        held_for=held_for,
    )
    return found


def _item_locked(item_id: UUID, lead: Officer) -> Item:
    """Return the item with its row locked: of two leads who decide at once the second sees what the first did."""
    mutation: Mutation | None = _locked(Mutation, {"id": item_id}, lead, "unit", "device__unit")
    if mutation is not None:
        if mutation.outcome not in OPEN:
            raise problem("already_decided")
        return mutation
    other: Item | None = _locked(MutationVariant, {"item_id": item_id}, lead, "unit", "device__unit", "device__officer")
    if other is None:
        other = _locked(Intake, {"item_id": item_id}, lead)
    if other is None:
        raise problem("not_found")
    if Decision.objects.filter(item_id=item_id, problem__isnull=True).exists():
        raise problem("already_decided")
    return other


def _locked(model: Any, key: dict[str, UUID], lead: Officer, *with_rows: str) -> Any:
    rows = model.objects.select_for_update(of=("self",)).select_related(*with_rows)
    return scoped(rows, lead).filter(**key).first()


def _discarded(item: Item) -> Problem | None:
    if isinstance(item, Mutation):
        Mutation.objects.filter(pk=item.pk).update(outcome="discarded")
    return None


def _released(item: Item, wanted: Wanted, lead: Officer) -> Problem | None:
    """Judge an item again and number what came of it; return why that was not possible, leaving nothing behind."""
    try:
        with transaction.atomic(), deployment_held() as place:
            mutation = _as_mutation(item)
            envelope = _envelope(mutation, wanted.payload)
            targets_lock([envelope])
            judged = judge(
                context=_context(mutation, envelope, lead, ZoneInfo(place.zone)),
                envelope=envelope,
                attempts=MAX_ATTEMPTS - 1,
            )
            _close(mutation, judged, lead)
    except Problem as found:
        return found
    return None


def _as_mutation(item: Item) -> Mutation:
    if isinstance(item, Mutation):
        return item
    envelope = variant_envelope(item) if isinstance(item, MutationVariant) else None
    if envelope is None or isinstance(envelope, Unreadable) or isinstance(item, Intake):
        raise problem("not_releasable")
    mutation = variant_as_mutation(item, envelope)
    mutation.save(force_insert=True)
    return mutation


def _envelope(mutation: Mutation, correction: dict[str, Any] | None) -> Envelope:
    """Return the envelope to judge: as the phone sent it, or with the lead's content under its own hash."""
    sent = json.loads(mutation.payload or "{}")
    taken = (mutation.problem or {}).get("code") == "record_id_taken"
    try:
        sha256 = mutation.payload_sha256 if correction is None else payload_sha256(correction)
    except ValueError as error:
        raise problem("request_invalid", why=f"payload: {error}") from error
    return Envelope(
        id=mutation.id,
        seq=mutation.seq,
        kind=mutation.kind,
        record_id=fresh_record_id(mutation.id) if taken else mutation.record_id,
        recorded_at=mutation.recorded_at.isoformat(),  # type: ignore[arg-type]  # read as on the wire
        payload=sent if correction is None else correction,
        payload_sha256=sha256,
    )


def _context(mutation: Mutation, envelope: Envelope, lead: Officer, zone: ZoneInfo) -> MutationContext:
    """Return who speaks and when: the author, then. A lead decides now, and changes nothing of that."""
    occurred_at = corrected_instant(mutation.recorded_at, mutation.clock_skew_s, mutation.received_at)
    return MutationContext(
        mutation_id=mutation.id,
        record_id=envelope.record_id,
        kind=mutation.kind,
        unit_id=mutation.unit_id,
        unit_path=_path_above(_path_of(lead), mutation.device.unit.path),
        officer_id=mutation.officer_id,
        device_id=mutation.device_id,
        recorded_at=mutation.recorded_at,
        clock_skew_s=mutation.clock_skew_s,
        occurred_at=occurred_at,
        occurred_on=occurred_at.astimezone(zone).date(),
        received_at=mutation.received_at,
        payload_sha256=mutation.payload_sha256,
    )


def _path_of(lead: Officer) -> str:
    unit = working_unit(lead)
    if unit is None:
        raise problem("not_found")
    return unit.path


def _path_above(one: str, other: str) -> str:
    """Return the path of the lowest unit over both.

    The author may name the outing and the partners of the own unit, while the door is the lead's. What is written is
    held to the lead's own scope by `_close`.
    """
    return commonpath([one, other]).rstrip("/") + "/"


def _close(mutation: Mutation, judged: Judged, lead: Officer) -> None:
    """Number what was applied and write the verdict down. Raises what kept it from being applied."""
    if judged.applied is None:
        raise judged.problem or problem("not_releasable")
    changes = judged.applied.changes
    units = {change.unit_id for change in changes}
    if units_in_scope(lead).filter(id__in=units).count() != len(units):
        raise problem("record_of_another_unit")
    numbers = feed_append(changes)
    drops = not KINDS[mutation.kind].keeps_payload
    mutations_close([Closing(mutation.id, judged, changes[0].unit_id, numbers[0], drops)])
    figures_announce(judged.applied.touched)


def _kept_correction(item: Item, wanted: Wanted) -> str | None:
    kind = KINDS.get(item.kind) if isinstance(item, Mutation) else None
    if wanted.payload is None or (kind is not None and not kind.keeps_payload):
        return None  # positions outside an outing are kept nowhere, in a correction neither
    return storable_text(wanted.payload)
