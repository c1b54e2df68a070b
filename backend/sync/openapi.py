"""SHELL: puts the payload of every kind of mutation into the OpenAPI document, as one `oneOf` by kind."""

from typing import Any

from pydantic.json_schema import models_json_schema

from backend.sync.registry import KINDS

_TIME = {"type": "string", "format": "date-time"}
_UUID = {"type": "string", "format": "uuid"}


def add_mutation_schemas(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular hook: return the document with `Mutation` and the schema of each kind's payload."""
    models = [(kind.payload, "validation") for kind in KINDS.values()]
    names, definitions = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(definitions["$defs"])
    for name, kind in KINDS.items():
        payload = names[(kind.payload, "validation")]
        schemas[_component(name)] = _mutation(name, payload)
    refs = {name: f"#/components/schemas/{_component(name)}" for name in KINDS}
    schemas["Mutation"] = {
        "oneOf": [{"$ref": ref} for ref in refs.values()],
        "discriminator": {"propertyName": "kind", "mapping": refs},
    }
    return result


def _component(kind: str) -> str:
    return "Mutation_" + kind.replace(".", "_")


def _mutation(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    properties = {
        "id": _UUID,
        "seq": {"type": "integer", "minimum": 0},
        "kind": {"type": "string", "const": kind},
        "record_id": _UUID,
        "recorded_at": _TIME,
        "payload": payload,
        "payload_sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    }
    return {"type": "object", "properties": properties, "required": sorted(properties)}
