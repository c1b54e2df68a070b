"""The examples in this folder are read here and by Vitest: both sides hash and validate the same records alike."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from backend.common.canonical_json import payload_sha256
from backend.common.payloads import validation_problem
from backend.sync.registry import KINDS
from backend.sync.wire import Envelope, read_envelope

EXAMPLES: dict[str, Any] = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in Path(__file__).parent.glob("*.*.json")
}


def test_every_kind_has_an_example() -> None:
    assert set(EXAMPLES) == set(KINDS)


@pytest.mark.parametrize("kind", sorted(EXAMPLES))
def test_the_example_is_an_envelope_with_the_right_hash(kind: str) -> None:
    envelope = read_envelope(EXAMPLES[kind]["mutation"])
    assert isinstance(envelope, Envelope)
    assert envelope.kind == kind
    assert payload_sha256(envelope.payload) == envelope.payload_sha256


@pytest.mark.parametrize("kind", sorted(EXAMPLES))
def test_the_example_is_a_valid_payload(kind: str) -> None:
    KINDS[kind].payload.model_validate(EXAMPLES[kind]["mutation"]["payload"])


@pytest.mark.parametrize(
    ("kind", "wrong"), [(kind, wrong) for kind in sorted(EXAMPLES) for wrong in EXAMPLES[kind]["invalid"]]
)
def test_each_wrong_payload_is_refused_at_the_named_field(kind: str, wrong: Any) -> None:
    with pytest.raises(ValidationError) as refusal:
        KINDS[kind].payload.model_validate(wrong["payload"])
    assert wrong["field"] in [error.field for error in validation_problem("payload_invalid", refusal.value).errors]
