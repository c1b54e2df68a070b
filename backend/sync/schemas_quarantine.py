"""PURE: the shapes of the quarantine's requests and answers for the OpenAPI document."""

from typing import Any

from backend.sync.schemas import PROBLEM

_TIME = {"type": "string", "format": "date-time"}
_UUID = {"type": "string", "format": "uuid"}
_TEXT = {"type": "string"}
_ANY_OBJECT = {"type": "object"}


def _object(*, optional: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    required = sorted(set(properties) - set(optional))
    return {"type": "object", "properties": properties, "required": required}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_ACTION = {"type": "string", "enum": ["release", "correct", "discard"]}
ITEM = _object(
    id=_UUID,
    type={"type": "string", "enum": ["mutation", "unreadable"]},
    kind=_TEXT,
    record_id=_nullable(_UUID),
    unit=_nullable(_object(code=_TEXT, name=_TEXT)),
    officer=_nullable(_object(id=_UUID, name=_TEXT)),
    device=_nullable(_TEXT),
    recorded_at=_nullable(_TIME),
    received_at=_TIME,
    outcome=_TEXT,
    problem=_nullable(PROBLEM),
    payload=_nullable(_ANY_OBJECT),
    raw=_nullable(_TEXT),
    variants=_list(_object(payload_sha256=_TEXT, received_at=_TIME, raw=_TEXT)),
    decisions=_list(
        _object(
            action=_ACTION,
            reason=_TEXT,
            officer_name=_TEXT,
            decided_at=_TIME,
            problem=_nullable(PROBLEM),
            payload=_nullable(_ANY_OBJECT),
        )
    ),
)
ITEM_RESPONSE = {200: ITEM}
PAGE_RESPONSE = {200: _object(results=_list(ITEM), next=_nullable(_TEXT))}
DECISION_REQUEST = {
    "application/json": _object(
        reason={"type": "string", "minLength": 1, "maxLength": 500}, payload=_ANY_OBJECT, optional=("payload",)
    )
}
