"""The fast way to canonical JSON writes what RFC 8785 writes, or leaves it to the slow way."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.common.canonical_json import canonical_bytes, canonical_text

TEXT = st.text(st.characters(exclude_categories=("Cs",)))
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
JSON = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4))


def _text_or_refusal(value: Any) -> str:
    try:
        return canonical_bytes(value).decode()
    except ValueError:
        return "refused"


@given(JSON)
def test_both_ways_write_the_same_or_both_refuse(value: Any) -> None:
    read = json.loads(json.dumps(value))
    try:
        quick = canonical_text(read)
    except ValueError:
        quick = "refused"
    assert quick == _text_or_refusal(read)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": "楼道"}, '{"a":"楼道","b":1}'),
        ({"accuracy_m": 8.0}, '{"accuracy_m":8}'),
        ({"x": 1e-7, "y": 1e21, "z": -0.0}, '{"x":1e-7,"y":1e+21,"z":0}'),
        ({"a": {"n": 1e300}}, '{"a":{"n":1e+300}}'),
        ({"id": "9c3e-4e5-7.0"}, '{"id":"9c3e-4e5-7.0"}'),
        # U+1F600 is written as two UTF-16 units that sort before U+FB33 (RFC 8785, 3.2.3).
        ({"\ufb33": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\ufb33":1}'),
    ],
)
def test_what_python_alone_would_write_otherwise(value: Any, text: str) -> None:
    assert canonical_text(value) == text


def test_a_lone_surrogate_and_an_integer_beyond_two_to_the_53_have_no_canonical_form() -> None:
    for value in ({"note": "\ud83d"}, {"n": 2**53 + 1}):
        with pytest.raises(ValueError):
            canonical_text(value)
