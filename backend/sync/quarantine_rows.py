"""SHELL: what waits for a lead's decision, and what was decided: pages of it, and every item in full."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from backend.accounts.models import Officer
from backend.accounts.scope import scoped
from backend.common.problems import problem
from backend.sync.models import Decision, Intake, Mutation, MutationVariant
from backend.sync.variants import variant_envelope, variants_to_decide
from backend.sync.wire import Envelope, Unreadable, wire_time

State = Literal["open", "decided"]
OPEN = ("received", "conflict", "quarantined")
# A text nobody can read is looked at, not worked with; a body may have 5 MiB.
RAW_SHOWN_CHARACTERS = 20_000


@dataclass(frozen=True)
class Position:
    """Where a page ends: the item after which the next one begins."""

    at: datetime  # when it was received; of what is decided, when that was
    item_id: UUID


@dataclass(frozen=True)
class Page:
    """A page: the longest waiting or the last decided first, and where the next begins (None: this was the last)."""

    rows: list[dict[str, Any]]
    end: Position | None


def items_page(lead: Officer, *, state: State, after: Position | None, limit: int) -> Page:
    """Return a page of what the lead's unit and those below it have to decide, or have decided."""
    heads = [_heads(rows, lead, key, state, after) for rows, key in _sources(state)]
    order = ("-at", "-item") if state == "decided" else ("at", "item")
    ordered = heads[0].union(*heads[1:], all=True).order_by(*order)
    found = list(ordered[: limit + 1])
    rows = _rows([item_id for _, item_id in found[:limit]])
    end = Position(*found[limit - 1]) if len(found) > limit else None
    return Page([rows[item_id] for _, item_id in found[:limit] if item_id in rows], end)


def item_row(lead: Officer, item_id: UUID) -> dict[str, Any]:
    """Return one item in full. Raises `not_found` for what the lead may not see and for what was never held."""
    for rows, key in (*_sources("open"), *_sources("decided")):
        if scoped(rows, lead).filter(**{key: item_id}).exists():
            return _rows([item_id])[item_id]
    raise problem("not_found")


def _sources(state: State) -> list[tuple[QuerySet[Any], str]]:
    """Return the tables in which items lie, each reduced to one state, with the column of the item's id."""

    def in_state(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
        decided = Exists(Decision.objects.filter(item_id=OuterRef(key), problem__isnull=True))
        return rows.filter(decided if state == "decided" else ~decided)

    mutations = Mutation.objects.filter(outcome__in=OPEN) if state == "open" else in_state(Mutation.objects.all(), "id")
    return [
        (mutations, "id"),
        (in_state(variants_to_decide(), "item_id"), "item_id"),
        (in_state(Intake.objects.all(), "item_id"), "item_id"),
    ]


def _heads(rows: QuerySet[Any], lead: Officer, key: str, state: State, after: Position | None) -> QuerySet[Any]:
    # An item is decided once: what was tried before and failed has a problem.
    decision = Decision.objects.filter(item_id=OuterRef(key), problem__isnull=True).values("decided_at")[:1]
    rows = rows.annotate(at=Subquery(decision) if state == "decided" else F("received_at"), item=F(key))
    if after is not None:
        then = "lt" if state == "decided" else "gt"
        rows = rows.filter(Q(**{f"at__{then}": after.at}) | Q(at=after.at, **{f"item__{then}": after.item_id}))
    heads: QuerySet[Any] = scoped(rows, lead).order_by().values_list("at", "item")
    return heads


def _rows(item_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    decisions = _decisions(item_ids)
    mutations = Mutation.objects.filter(id__in=item_ids).select_related("unit", "officer")
    variants = MutationVariant.objects.filter(item_id__in=item_ids).select_related("unit", "device__officer")
    intakes = Intake.objects.filter(item_id__in=item_ids).select_related("unit", "officer")
    others = _variants_of([row.id for row in mutations])
    firsts = Mutation.objects.in_bulk([row.mutation_id for row in variants])
    rows = [_mutation_row(row, others[row.id], decisions[row.id]) for row in mutations]
    rows += [_variant_row(row, firsts.get(row.mutation_id), decisions[row.item_id]) for row in variants]
    rows += [_intake_row(row, decisions[row.item_id]) for row in intakes]
    return {row["id"]: row for row in rows}


def _decisions(item_ids: Iterable[UUID]) -> dict[UUID, list[Decision]]:
    found: dict[UUID, list[Decision]] = defaultdict(list)
    for one in Decision.objects.filter(item_id__in=list(item_ids)).select_related("officer").order_by("id"):
        found[one.item_id].append(one)
    return found


def _variants_of(mutation_ids: Iterable[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for one in MutationVariant.objects.filter(mutation_id__in=list(mutation_ids)).order_by("id"):
        found[one.mutation_id].append(_version(one.payload_sha256, one.received_at, one.raw))
    return found


def _mutation_row(row: Mutation, variants: list[dict[str, Any]], decisions: list[Decision]) -> dict[str, Any]:
    held_for = row.problem or (decisions[-1].held_for if decisions else None)
    return {
        "id": row.id,
        "type": "mutation",
        "kind": row.kind,
        "record_id": row.record_id,
        "device": row.device_id,
        "recorded_at": wire_time(row.recorded_at),
        "outcome": row.outcome,
        "problem": held_for,
        **_content(row.payload),
        "variants": variants,
        **_common(row, row.officer, decisions),
    }


def _variant_row(row: MutationVariant, first: Mutation | None, decisions: list[Decision]) -> dict[str, Any]:
    """Return another content under a known id; the first content of that id stands among its `variants`."""
    envelope = variant_envelope(row)
    sent = envelope if isinstance(envelope, Envelope) else None
    content = {"payload": None, "raw": row.raw} if isinstance(envelope, Unreadable) else _content(envelope.text)
    firsts = [] if first is None else [_version(first.payload_sha256, first.received_at, first.payload or "")]
    return {
        "id": row.item_id,
        "type": "mutation",
        "kind": sent.kind if sent else "",
        "record_id": sent.record_id if sent else None,
        "device": row.device_id,
        "recorded_at": wire_time(sent.recorded_at) if sent else None,
        "outcome": "conflict",
        "problem": problem("same_id_other_content").as_json(),
        **content,
        "variants": firsts,
        **_common(row, row.device.officer, decisions),
    }


def _intake_row(row: Intake, decisions: list[Decision]) -> dict[str, Any]:
    return {
        "id": row.item_id,
        "type": "unreadable",
        "kind": "",
        "record_id": None,
        "device": row.device_ref or None,
        "recorded_at": None,
        "outcome": "quarantined",
        "problem": None,
        "payload": None,
        "raw": bytes(row.body).decode("utf-8", "replace")[:RAW_SHOWN_CHARACTERS],
        "variants": [],
        **_common(row, row.officer, decisions),
    }


def _common(row: Any, officer: Officer | None, decisions: list[Decision]) -> dict[str, Any]:
    return {
        "unit": None if row.unit is None else {"code": row.unit.code, "name": row.unit.name},
        "officer": None if officer is None else {"id": officer.id, "name": officer.name},
        "received_at": wire_time(row.received_at),
        "decisions": [_decision(one) for one in decisions],
    }


def _decision(row: Decision) -> dict[str, Any]:
    return {
        "action": row.action,
        "reason": row.reason,
        "officer_name": row.officer.name,
        "decided_at": wire_time(row.decided_at),
        "problem": row.problem,
        "payload": None if row.payload is None else _content(row.payload)["payload"],
    }


def _content(text: str | None) -> dict[str, Any]:
    """Return a payload as JSON, or as text where it holds what JSON answers cannot (a lone surrogate)."""
    if text is None:
        return {"payload": None, "raw": None}
    value = json.loads(text)
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return {"payload": None, "raw": text[:RAW_SHOWN_CHARACTERS]}
    return {"payload": value, "raw": None}


def _version(sha256: str, received_at: datetime, raw: str) -> dict[str, Any]:
    return {"payload_sha256": sha256, "received_at": wire_time(received_at), "raw": raw[:RAW_SHOWN_CHARACTERS]}
