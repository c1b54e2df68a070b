"""SHELL: the shapes of the imports' requests and answers for the OpenAPI document."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from backend.imports.job_options import OPTIONS
from backend.imports.models import ImportState, ImportStep

_TIME = {"type": "string", "format": "date-time"}
_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
FILE_KINDS = [kind for kind in OPTIONS if kind != "edition"]
_KIND = {"type": "string", "enum": list(OPTIONS)}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def _or_null(shape: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [shape, {"type": "null"}]}


_IMPORT: dict[str, Any] = {
    "id": {"type": "string", "format": "uuid"},
    "kind": _KIND,
    "file_name": _TEXT,
    "options": {"type": "object"},
    "step": {"type": "string", "enum": list(ImportStep.values)},
    "state": {"type": "string", "enum": list(ImportState.values)},
    "rows_done": _COUNT,
    "rows_of": _or_null(_COUNT),
    "counts": {"type": "object", "additionalProperties": _COUNT},
    "problem": _or_null(_object(code=_TEXT, detail=_TEXT)),
    "by": _TEXT,
    "made_at": _TIME,
    "ended_at": _or_null(_TIME),
}
IMPORT = _object(**_IMPORT)
_FOUND = _object(
    columns={"type": "array", "items": _object(name=_TEXT, samples={"type": "array", "items": _TEXT})},
    layers={"type": "array", "items": _TEXT},
    rows=_or_null(_COUNT),
    crs=_TEXT,
    crs_implied={"type": "boolean"},
    is_table={"type": "boolean"},
    asks={"type": "array", "items": {"type": "string", "enum": ["encoding", "layer", "crs"]}},
    guesses={"type": "object", "additionalProperties": _TEXT},
)
IMPORT_WITH_FOUND = _object(
    **_IMPORT, found=_or_null(_FOUND), file_here={"type": "boolean"}, has_report={"type": "boolean"}
)
EDITION_REQUEST = {
    "application/json": _object(list=_TEXT, edition=_TEXT),
}
EDITIONS_RESPONSE = {
    200: _object(
        results={
            "type": "array",
            "items": _object(
                list=_TEXT,
                edition=_TEXT,
                in_force={"type": "boolean"},
                valid_from={"type": "string", "format": "date"},
                areas={"type": "object", "additionalProperties": _COUNT},
            ),
        }
    )
}
_WHO = {"username": _TEXT, "name": _TEXT, "badge_number": _TEXT, "unit": _TEXT}
_UUID = {"type": "string", "format": "uuid"}
LOCKED_RESPONSE = {
    200: _object(results={"type": "array", "items": _object(id=_UUID, code_until=_or_null(_TIME), **_WHO)})
}
CODES_REQUEST = {
    "application/json": {"type": "object", "properties": {"officers": _or_null({"type": "array", "items": _UUID})}},
}
CODES = _object(expires_at=_TIME, codes={"type": "array", "items": _object(code=_TEXT, **_WHO)})
START_REQUEST = {"application/json": _object(username=_TEXT, code=_TEXT, password=_TEXT)}
STARTED = _object(username=_TEXT)
LOOK_REQUEST = {
    "application/json": {"type": "object", "properties": {"encoding": _TEXT, "layer": _TEXT}},
}
CHECK_REQUEST = {
    "application/json": {"type": "object", "description": "the options of the commands, by their names"},
}
REMARKS_PARAMETERS = [
    OpenApiParameter("problem", str, description="only the rows with this remark"),
    OpenApiParameter("after", int, description="how many rows were seen already"),
]
_REMARK = _object(row=_COUNT, code=_TEXT, outcome=_TEXT, problem=_TEXT, detail=_TEXT)
REMARKS_RESPONSE = {
    200: _object(
        summary={"type": "array", "items": _object(problem=_TEXT, outcome=_TEXT, rows=_COUNT)},
        results={"type": "array", "items": _REMARK},
        next=_or_null(_COUNT),
    )
}
IMPORTS_RESPONSE = {200: _object(results={"type": "array", "items": IMPORT})}
IMPORT_REQUEST = {
    "multipart/form-data": {
        "type": "object",
        "properties": {
            "kind": {"type": "string", "enum": FILE_KINDS},
            "file": {"type": "string", "format": "binary"},
            "options": {"type": "string", "description": "a JSON object; without it the file is only looked into"},
        },
        "required": ["kind", "file"],
    }
}
REPORT_RESPONSE = {(200, "text/csv"): {"type": "string"}}
