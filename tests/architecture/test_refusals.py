"""What the product refuses to hold: a walk over the schema and over what a phone may send."""

import re
from typing import Any

from django.apps import apps
from drf_spectacular.generators import SchemaGenerator

from backend.sync.registry import KINDS

# 1-product.md, "What it refuses to do". A word as part of a name is enough to fail.
REFUSED = re.compile(
    r"ethnic|religio|politic|health|petition|identity_card|id_card|face_|voice_|fingerprint|interest_list|"
    r"person_score|risk_score|person_risk|rank|blacklist|watch_?list|suspect"
)
OURS = ("accounts", "geo", "patrol", "visits", "sync", "uploads", "recorders", "reports")


def test_no_table_has_a_column_for_what_we_refuse_to_know() -> None:
    names = [
        f"{model._meta.label}.{field.name}"
        for label in OURS
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.get_fields()
    ]
    assert [name for name in names if REFUSED.search(name.lower())] == []


def test_a_household_has_no_name_and_a_party_no_identity() -> None:
    party = {field.name for field in apps.get_model("visits", "Party")._meta.get_fields()}
    # Name and number: masked, and sealed to the server's key; no column could hold them in clear.
    assert party == {"id", "dispute", "role", "name_masked", "phone_masked", "sealed"}


def test_no_payload_accepts_an_unknown_field() -> None:
    for kind, entry in KINDS.items():
        schema = entry.payload.model_json_schema()
        objects = [schema, *schema.get("$defs", {}).values()]
        open_ones = [
            one.get("title")
            for one in objects
            if one.get("type") == "object" and one.get("additionalProperties") is not False
        ]
        assert open_ones == [], kind


def properties(schema: Any) -> set[str]:
    """Return the names of all properties anywhere in a JSON schema."""
    if isinstance(schema, dict):
        found = set(schema.get("properties", {}))
        return found.union(*(properties(value) for value in schema.values()))
    if isinstance(schema, list):
        return set().union(*(properties(value) for value in schema))
    return set()


def test_the_api_has_no_property_for_what_we_refuse_to_know() -> None:
    document = SchemaGenerator().get_schema(request=None, public=True)
    names = properties(document)
    assert "payload_sha256" in names  # the walk really walks
    assert [name for name in names if REFUSED.search(name.lower())] == []


def test_the_openapi_document_names_a_schema_for_every_kind_and_no_outside_reference() -> None:
    document = SchemaGenerator().get_schema(request=None, public=True)
    assert len(document["components"]["schemas"]["Mutation"]["oneOf"]) == len(KINDS)
    references = re.findall(r"'\$ref': '([^']+)'", repr(document))
    assert references
    assert [one for one in references if not one.startswith("#/components/schemas/")] == []
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references) <= known
