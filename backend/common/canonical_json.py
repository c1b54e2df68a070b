"""PURE: one way to write JSON down to bytes, so that a phone and the server hash the same record alike."""

import hashlib
from typing import Any

import rfc8785


def canonical_bytes(value: Any) -> bytes:
    """Return the RFC 8785 canonical UTF-8 bytes of a JSON value.

    Raises ValueError for what JSON or I-JSON cannot carry (NaN, an integer beyond 2**53, a lone surrogate).
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from error


def payload_sha256(payload: Any) -> str:
    """Return the lower-case hex SHA-256 of the canonical payload; raises ValueError as `canonical_bytes` does."""
    return hashlib.sha256(canonical_bytes(payload)).hexdigest()
