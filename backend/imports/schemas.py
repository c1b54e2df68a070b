"""SHELL: the shapes of the imports' requests and answers for the OpenAPI document."""

from typing import Any

from backend.imports.job_options import OPTIONS
from backend.imports.models import ImportState

_TIME = {"type": "string", "format": "date-time"}
_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_KIND = {"type": "string", "enum": list(OPTIONS)}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def _or_null(shape: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [shape, {"type": "null"}]}


IMPORT = _object(
    id={"type": "string", "format": "uuid"},
    kind=_KIND,
    file_name=_TEXT,
    options={"type": "object"},
    state={"type": "string", "enum": list(ImportState.values)},
    rows_done=_COUNT,
    rows_of=_or_null(_COUNT),
    counts={"type": "object", "additionalProperties": _COUNT},
    problem=_or_null(_object(code=_TEXT, detail=_TEXT)),
    by=_TEXT,
    made_at=_TIME,
    ended_at=_or_null(_TIME),
)
IMPORTS_RESPONSE = {200: _object(results={"type": "array", "items": IMPORT})}
IMPORT_REQUEST = {
    "multipart/form-data": {
        "type": "object",
        "properties": {
            "kind": _KIND,
            "file": {"type": "string", "format": "binary"},
            "options": {"type": "string", "description": "a JSON object; the options of the commands, by their names"},
        },
        "required": ["kind", "file"],
    }
}
REPORT_RESPONSE = {(200, "text/csv"): {"type": "string"}}
