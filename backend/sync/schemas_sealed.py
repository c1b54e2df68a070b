"""PURE: the shapes of sealed records and of the lock's share for the OpenAPI document."""

from typing import Any

from backend.sync.schemas import PUSH_RESPONSE

_TEXT: dict[str, Any] = {"type": "string"}
_UUID = {"type": "string", "format": "uuid"}
_COUNT = {"type": "integer", "minimum": 0}
_TIME = {"type": "string", "format": "date-time"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": sorted(properties)}


_BLOB = {"type": "string", "description": "<key id>.<enc>.<ciphertext>, HPKE (RFC 9180), base64url"}
SEALED_REQUEST = {
    "application/json": _object(
        device=_UUID, app_version=_TEXT, made_total=_COUNT, sent_at=_TIME,
        mutations={"type": "array", "maxItems": 500, "items": _object(id=_UUID, seq=_COUNT, sealed=_BLOB)},
    )
}  # fmt: skip
SEALED_RESPONSE = PUSH_RESPONSE
SHARE_REQUEST = {"application/json": _object(device=_UUID)}
SHARE_RESPONSE = {
    200: _object(share_id=_TEXT, share={"type": "string", "description": "base64 of 32 bytes"}, server_time=_TIME)
}
