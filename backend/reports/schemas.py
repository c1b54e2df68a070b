"""SHELL: the shapes of the figures' requests and answers for the OpenAPI document."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter

_WINDOW = "7d, 30d, 90d, YYYY-MM-DD..YYYY-MM-DD or campaign:<id>; both ends included"
_PARTS = ["all", "day", "night"]

WINDOW_QUERY = [
    OpenApiParameter("window", str, description=_WINDOW, default="30d"),
    OpenApiParameter("as_of", str, description="the day a rolling window ends on (default: today in the city)"),
    OpenApiParameter("part", str, enum=_PARTS, default="all", description="night is 20:00–06:00 in the city"),
]
COVERAGE_QUERY = [
    *WINDOW_QUERY,
    OpenApiParameter("geometry", str, enum=["full", "none"], default="full"),
    OpenApiParameter("township", str, description="the code of one township: only the places in it"),
]
RECORDS_QUERY = [
    OpenApiParameter("figure", str, required=True, description="one of the figures that open to records"),
    *WINDOW_QUERY,
    OpenApiParameter("limit", int, default=100),
    OpenApiParameter("cursor", str),
]

_ANY: dict[str, Any] = {"type": "object", "additionalProperties": True}
_FEATURE = {
    "type": "object",
    "properties": {"type": {"const": "Feature"}, "id": {"type": "integer"}, "properties": _ANY, "geometry": {}},
}
COVERAGE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "type": {"const": "FeatureCollection"},
        "level": {"enum": ["townships", "villages", "beats", "cells", "streets"]},
        "window": _ANY,
        "part": {"enum": _PARTS},
        "as_of": {"type": "string", "format": "date"},
        "totals": _ANY,
        "schematic_boundaries": {"type": "boolean"},
        "attribution": {"type": "string"},
        "features": {"type": "array", "items": _FEATURE},
    },
}
HISTORY: dict[str, Any] = {
    "type": "object",
    "properties": {
        "code": {"type": "string"},
        "part": {"enum": _PARTS},
        "as_of": {"type": "string", "format": "date"},
        "days": {"type": "array", "items": _ANY},
    },
}
_RECORD = {name: {"type": "string"} for name in ("type", "id", "unit", "occurred_at", "title", "detail")}
RECORDS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "results": {"type": "array", "items": {"type": "object", "properties": _RECORD}},
        "next": {"anyOf": [{"type": "string", "format": "uri"}, {"type": "null"}]},
        "rule": {"type": "string"},
        "withheld": {"type": "integer", "minimum": 0},
    },
}
