"""SHELL: the shapes of the recorders' requests and answers for the OpenAPI document."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter

_TIME = {"type": "string", "format": "date-time"}
_TEXT = {"type": "string"}
_APP = {"type": "string", "enum": ["owntracks", "traccar"]}
_UUID = {"type": "string", "format": "uuid"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": sorted(properties)}


RECORDERS_RESPONSE = {
    200: _object(
        results={
            "type": "array",
            "items": _object(
                id=_UUID, app=_APP, username=_TEXT, created_at=_TIME, last_seen_at={"anyOf": [_TIME, {"type": "null"}]},
                dropped_count={"type": "integer", "description": "positions that belonged to no outing"},
            ),
        }
    )
}  # fmt: skip
PAIR_REQUEST = {"application/json": _object(app=_APP)}
PAIR_RESPONSE = {
    201: _object(
        id=_UUID, app=_APP, endpoint=_TEXT, username=_TEXT, config_url=_TEXT,
        secret={"type": "string", "description": "told once; only a hash of it is kept"},
    )
}  # fmt: skip
REVOKED_RESPONSE = {200: _object(id=_UUID)}
OWNTRACKS_REQUEST = {"application/json": {"description": "a message of OwnTracks, or a list of them"}}
OWNTRACKS_RESPONSE = {200: {"type": "array", "maxItems": 0, "items": {}}}
OSMAND_REQUEST = {"application/json": {"type": "object"}, "application/x-www-form-urlencoded": {"type": "object"}}
OSMAND_QUERY = [OpenApiParameter(name, str) for name in ("id", "lat", "lon", "timestamp", "accuracy", "speed")]
TRACK_FILE_REQUEST = {"application/gpx+xml": {"type": "string", "format": "binary"}}
TRACK_FILE_COUNTS = ("points", "stored", "known", "outside", "untimed", "misplaced")
TRACK_FILE_RESPONSE = {200: _object(**{name: {"type": "integer"} for name in TRACK_FILE_COUNTS})}
