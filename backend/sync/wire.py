"""PURE: from the bytes of a push to a batch of envelopes, and back to outcomes. Knows no database."""

import hashlib
import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from backend.common.canonical_json import canonical_text
from backend.common.payloads import storable, validation_problem
from backend.common.problems import FieldError, Problem, problem

# Nothing a form can make is nested deeper; the second number is near what Python's own JSON reader can bear.
MAX_DEPTH = 64
MAX_DEPTH_OF_A_BODY = 800


def _of_this_age(instant: datetime) -> datetime:
    # A clock may be off by decades; beyond this it is no clock, and the database could not hold the instant in UTC.
    if not 1900 <= instant.year <= 2200:
        raise ValueError("lies outside 1900 to 2200")
    return instant


def _text(value: Any) -> Any:
    # pydantic would read a number as seconds since 1970; the protocol writes RFC 3339.
    if not isinstance(value, str):
        raise ValueError("must be RFC 3339 text")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_text), AfterValidator(_of_this_age)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class BatchHeader(BaseModel):
    """Everything of a push but the content of its mutations, which are judged one by one."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    device: UUID
    app_version: Annotated[str, Field(max_length=32), AfterValidator(storable)] = ""
    made_total: int = Field(default=0, ge=0, le=2**31 - 1)
    sent_at: Instant
    mutations: list[Any]


class Envelope(BaseModel):
    """What every mutation says of itself, whatever its kind."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: UUID
    seq: int = Field(ge=0, le=2**62)
    kind: Annotated[str, Field(min_length=1, max_length=40), AfterValidator(storable)]
    record_id: UUID
    recorded_at: Instant
    payload: dict[str, Any]
    payload_sha256: Sha256

    @cached_property
    def canonical(self) -> str | None:
        """The RFC 8785 text of the payload; None where it has none (an integer beyond 2**53, a lone surrogate)."""
        try:
            return canonical_text(self.payload)
        except ValueError:
            return None

    @cached_property
    def computed_sha256(self) -> str | None:
        """The hash that the payload really has; None where it has no canonical form."""
        return None if self.canonical is None else hashlib.sha256(self.canonical.encode()).hexdigest()

    @cached_property
    def text(self) -> str:
        """The payload as it is stored: canonical where it has that form."""
        return storable_text(self.payload) if self.canonical is None else self.canonical


@dataclass(frozen=True)
class Unreadable:
    """A mutation whose envelope is broken: its raw text and what is wrong with it."""

    raw: Any
    problem: Problem


def inflate(body: bytes, *, max_bytes: int) -> bytes | None:
    """Return the gunzipped body, or None where it would grow beyond `max_bytes`. Raises ValueError for broken gzip."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        plain = inflater.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise ValueError(f"broken gzip: {error}") from error
    if len(plain) > max_bytes:
        return None
    if not inflater.eof:
        raise ValueError("the gzip body was cut off")
    return plain


def read_batch(body: bytes) -> BatchHeader:
    """Return the batch in a JSON body. Raises ValueError with one sentence for what cannot be read as a batch."""
    try:
        parsed = json.loads(body, parse_constant=_no_constant)
        if depth(parsed) > MAX_DEPTH_OF_A_BODY:
            raise ValueError("nested too deep")
        return BatchHeader.model_validate(parsed)
    except ValidationError as error:
        where = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['msg']}" for e in error.errors())
        raise ValueError(where) from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from error


def depth(value: Any) -> int:
    """Return how deep lists and objects are nested in a JSON value; 0 for a plain value. Walks without recursion."""
    level, deepest = [value], 0
    while level := [one for one in level if isinstance(one, dict | list)]:
        deepest += 1
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one)]
    return deepest


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def read_envelope(raw: Any) -> Envelope | Unreadable:
    """Return one mutation's envelope, or what is wrong with it: a broken one never spoils its neighbours."""
    if depth(raw) > MAX_DEPTH:
        error = FieldError("payload", "too_deep", f"nested deeper than {MAX_DEPTH} levels")
        return Unreadable(raw, problem("envelope_invalid", errors=[error]))
    try:
        return Envelope.model_validate(raw)
    except ValidationError as error:
        return Unreadable(raw, validation_problem("envelope_invalid", error))


def storable_text(value: Any) -> str:
    """Return JSON text that PostgreSQL can store: canonical where RFC 8785 allows it, else escaped to ASCII."""
    try:
        return canonical_text(value)
    except ValueError:
        return json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True)


def wire_time(instant: datetime) -> str:
    """Return an instant as the protocol writes it: RFC 3339, UTC, milliseconds."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
