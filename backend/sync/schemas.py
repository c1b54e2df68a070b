"""PURE: the shapes of sync's requests and answers for the OpenAPI document."""

from typing import Any

_TIME = {"type": "string", "format": "date-time"}
_UUID = {"type": "string", "format": "uuid"}
_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}


def _object(required: bool = True, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **({"required": sorted(properties)} if required else {})}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


PROBLEM = _object(
    type=_TEXT, title=_TEXT, status=_COUNT, detail=_TEXT, code=_TEXT,
    errors={"type": "array", "items": _object(field=_TEXT, code=_TEXT, message=_TEXT)},
)  # fmt: skip
RECEIPT = _object(unit=_TEXT, n=_nullable(_COUNT), received_at=_TIME, sha256=_TEXT)
OUTCOME = _object(
    id=_nullable(_TEXT),
    outcome={"type": "string", "enum": ["applied", "duplicate", "conflict", "quarantined", "retry"]},
    receipt=_nullable(RECEIPT),
    problem=_nullable(PROBLEM),
)
PUSH_REQUEST = {
    "application/json": _object(
        device=_UUID, app_version=_TEXT, made_total=_COUNT, sent_at=_TIME,
        mutations={"type": "array", "maxItems": 500, "items": {"$ref": "#/components/schemas/Mutation"}},
    )
}  # fmt: skip
PUSH_RESPONSE = {200: _object(server_time=_TIME, outcomes={"type": "array", "items": OUTCOME})}
PULL_RESPONSE = {
    200: _object(
        epoch=_UUID,
        changes={
            "type": "array",
            "items": _object(
                unit=_TEXT, n=_COUNT, type=_TEXT, id=_UUID, version=_COUNT,
                op={"type": "string", "enum": ["put", "retract"]}, record=_nullable({"type": "object"}),
            ),
        },
        cursor=_TEXT, has_more={"type": "boolean"}, reset={"type": "boolean"},
    )
}  # fmt: skip
OFFER_REQUEST = {
    "application/json": _object(
        items={
            "type": "array", "maxItems": 5000,
            "items": {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2, "description": "[id, sha256]"},
        }
    )
}  # fmt: skip
OFFER_RESPONSE = {200: _object(missing={"type": "array", "items": _UUID})}
DIGEST_RESPONSE = {
    200: _object(
        cursor_is_current={"type": "boolean"},
        types={"type": "object", "additionalProperties": _object(count=_COUNT, sha256=_TEXT)},
    )
}
ME = {
    200: _object(
        officer={"type": "object"}, unit=_nullable({"type": "object"}), deployment=_nullable({"type": "object"}),
        areas={"type": "array", "items": {"type": "object"}}, colleagues={"type": "array", "items": {"type": "object"}},
        campaign=_nullable({"type": "object"}), due_after_days={"type": "object"}, server_time=_TIME, app_version=_TEXT,
        sealing_key=_object(key_id=_TEXT, public_key=_TEXT),
        lock=_object(mode=_TEXT, after_minutes=_COUNT, offline_hours=_COUNT),
    )
}  # fmt: skip
