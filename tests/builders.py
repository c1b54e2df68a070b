"""Values for tests: mutations and batches as a phone would send them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.accounts.models import Officer
from backend.common.canonical_json import payload_sha256
from backend.common.outcomes import MutationContext
from backend.sync.wire import Envelope, wire_time
from tests.factories import NOON, DeviceFactory, new_id

Json = dict[str, Any]
_seq = count(1)


def mutation(kind: str, payload: Json, *, record_id: UUID | None = None, at: datetime = NOON, **envelope: Any) -> Json:
    """Return one mutation with the right hash; `envelope` overrides any of its fields."""
    return {
        "id": str(new_id()),
        "seq": next(_seq),
        "kind": kind,
        "record_id": str(record_id or new_id()),
        "recorded_at": wire_time(at),
        "payload": payload,
        "payload_sha256": payload_sha256(payload),
        **envelope,
    }


def batch(
    mutations: Sequence[Any], *, device: UUID | None = None, sent_at: datetime | None = None, **header: Any
) -> Json:
    """Return the body of a push."""
    return {
        "device": str(device or new_id()),
        "app_version": "test",
        "made_total": len(mutations),
        "sent_at": wire_time(sent_at or datetime.now(UTC)),
        "mutations": list(mutations),
        **header,
    }


def visit(premises_id: UUID, outcome: str = "met", *, at: datetime = NOON, **fields: Any) -> Json:
    """Return a `visit.record` for a door."""
    record_id = fields.pop("record_id", None)
    return mutation(
        "visit.record", {"premises": str(premises_id), "outcome": outcome, **fields}, record_id=record_id, at=at
    )


def dispute(*, premises: UUID | None = None, at: datetime = NOON, **fields: Any) -> Json:
    """Return a `dispute.open`."""
    record_id = fields.pop("record_id", None)
    payload = {"category": "neighbour", "summary": "楼上漏水", "source": "walk_in", "risk": "low", **fields}
    if premises is not None:
        payload["premises"] = str(premises)
    return mutation("dispute.open", payload, record_id=record_id, at=at)


def dispute_event(dispute_id: UUID | str, event: str, *, at: datetime = NOON, **fields: Any) -> Json:
    """Return a `dispute.event`."""
    return mutation("dispute.event", {"dispute": str(dispute_id), "event": event, **fields}, at=at)


def party(dispute_id: UUID | str, **fields: Any) -> Json:
    """Return a `dispute.party`; `fields` are the party's."""
    one = {"id": str(new_id()), "role": "side_a", **fields}
    return mutation("dispute.party", {"dispute": str(dispute_id), "party": one})


def fixes(
    leg_id: UUID | str,
    points: Sequence[tuple[float, float]],
    *,
    start: datetime = NOON,
    every_s: float = 5.0,
    **fields: Any,
) -> Json:
    """Return a `patrol.fixes` block: (lon, lat) points, one every `every_s` seconds from `start`, 5 m accurate."""
    first_ms = round(start.timestamp() * 1000)
    payload = {
        "leg": str(leg_id),
        "t_ms": [first_ms + round(position * every_s * 1000) for position in range(len(points))],
        "lon": [lon for lon, _ in points],
        "lat": [lat for _, lat in points],
        "accuracy_m": [5.0] * len(points),
        "source": "phone",
        **fields,
    }
    return mutation("patrol.fixes", payload, at=start)


def outing(
    *, start: datetime = NOON, minutes: float = 30, kind: str = "street", mode: str = "foot"
) -> tuple[UUID, UUID, list[Json]]:
    """Return (patrol id, leg id, [start, leg, end]) of one outing."""
    patrol_id, leg_id = new_id(), new_id()
    end = start + timedelta(minutes=minutes)
    return (
        patrol_id,
        leg_id,
        [
            mutation("patrol.start", {"kind": kind}, record_id=patrol_id, at=start),
            mutation("patrol.leg", {"patrol": str(patrol_id), "mode": mode}, record_id=leg_id, at=start),
            mutation("patrol.end", {"patrol": str(patrol_id), "ended_how": "officer"}, record_id=patrol_id, at=end),
        ],
    )


def context_of(officer: Officer, envelope: Envelope, *, device: UUID | None = None) -> MutationContext:
    """Return the context in which a handler sees the envelope: from a fresh device with a right clock."""
    assert officer.unit is not None
    sender = device or DeviceFactory(officer=officer).id
    return MutationContext(
        mutation_id=envelope.id,
        record_id=envelope.record_id,
        kind=envelope.kind,
        unit_id=officer.unit.id,
        unit_path=officer.unit.path,
        officer_id=officer.id,
        device_id=sender,
        recorded_at=envelope.recorded_at,
        clock_skew_s=0.0,
        occurred_at=envelope.recorded_at,
        occurred_on=envelope.recorded_at.astimezone(ZoneInfo("Asia/Shanghai")).date(),
        received_at=envelope.recorded_at,
        payload_sha256=envelope.payload_sha256,
    )
