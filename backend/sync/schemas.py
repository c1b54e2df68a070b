"""PURE: the shapes of sync's requests and answers for the OpenAPI document."""

from typing import Any

_TIME = {"type": "string", "format": "date-time"}
_DATE = {"type": "string", "format": "date"}
_UUID = {"type": "string", "format": "uuid"}
_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": sorted(properties)}


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
_WORDING = _object(zh=_TEXT, en=_TEXT)
FORM = _object(
    form=_TEXT, version=_COUNT, title=_WORDING,
    questions={
        "type": "array",
        "items": _object(
            id=_TEXT, kind={"type": "string", "enum": ["yes_no", "choice", "count", "text"]}, title=_WORDING,
            choices={"type": "array", "items": _object(value=_TEXT, title=_WORDING)}, required={"type": "boolean"},
            outcomes={"type": "array", "items": _TEXT, "description": "asked only after these; empty: after any"},
        ),
    },
)  # fmt: skip
PLAN = _object(
    id=_UUID, name=_TEXT, beats={"type": "array", "items": _object(code=_TEXT, name=_TEXT)}, every_days=_COUNT,
    part={"type": "string", "enum": ["", "day", "night"]}, due_on=_DATE, last_done_on=_nullable(_DATE),
)  # fmt: skip
ME = {
    200: _object(
        officer={"type": "object"}, unit=_nullable({"type": "object"}), deployment=_nullable({"type": "object"}),
        areas={"type": "array", "items": {"type": "object"}}, colleagues={"type": "array", "items": {"type": "object"}},
        campaign=_nullable(_object(id=_UUID, name=_TEXT, starts_on=_DATE, ends_on=_DATE, form=_nullable(FORM))),
        plans={"type": "array", "items": PLAN}, due_after_days={"type": "object"}, server_time=_TIME, app_version=_TEXT,
        sealing_key=_object(key_id=_TEXT, public_key=_TEXT),
        lock=_object(mode=_TEXT, after_minutes=_COUNT, offline_hours=_COUNT),
    )
}  # fmt: skip
