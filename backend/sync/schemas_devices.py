"""PURE: the shapes of the devices' requests and answers for the OpenAPI document."""

from typing import Any

_TIME = {"type": "string", "format": "date-time"}
_UUID = {"type": "string", "format": "uuid"}
_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}


def _object(*, optional: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    required = sorted(set(properties) - set(optional))
    return {"type": "object", "properties": properties, "required": required}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


_KEY = {"type": "string", "description": "base64 of the SPKI DER of an ECDSA P-256 key"}
ENROL_REQUEST = {
    "application/json": _object(
        device=_UUID, public_key=_KEY, app_version=_TEXT, code=_nullable(_TEXT), optional=("app_version", "code")
    )
}
_ENROLLED = _object(device=_UUID, unit=_TEXT, officer=_UUID, enrolled_at=_TIME)
ENROL_RESPONSE = {200: _ENROLLED, 201: _ENROLLED}
CODE_RESPONSE = {201: _object(code=_TEXT, expires_at=_TIME, enrol_path=_TEXT)}
DEVICE = _object(
    id=_UUID,
    officer=_object(id=_UUID, name=_TEXT, badge_number=_TEXT),
    unit=_object(code=_TEXT, name=_TEXT),
    app_version=_TEXT,
    enrolled_at=_TIME,
    last_contact_at=_nullable(_TIME),
    made_total=_COUNT,
    received_total=_COUNT,
    waiting_total=_COUNT,
    quarantined_total=_COUNT,
    has_key={"type": "boolean"},
    revoked_at=_nullable(_TIME),
    revoked_reason=_TEXT,
)
DEVICE_RESPONSE = {200: DEVICE}
DEVICES_RESPONSE = {200: _object(results={"type": "array", "items": DEVICE})}
REVOKE_REQUEST = {"application/json": _object(reason={"type": "string", "minLength": 1, "maxLength": 200})}
