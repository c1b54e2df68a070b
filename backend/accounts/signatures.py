"""SHELL: the signature of a device over a request (RFC 9421) and over its body (RFC 9530).

What is signed says which device speaks, and that it said exactly this, once and now. Who may act or read is decided
elsewhere (`authority`).
"""

import base64
import binascii
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote
from uuid import UUID

import http_sf
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.db import connection
from django.http import HttpRequest
from http_message_signatures import (
    ContentDigest,
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    MappingKeyResolver,
    VerifyResult,
)
from http_message_signatures.algorithms import ECDSA_P256_SHA256

from backend.common.problems import problem

MAX_CLOCK_OFF_S = 300
# A nonce can come back as long as its signature is young enough, counted from either side of the server's clock.
NONCE_KEPT_S = 2 * MAX_CLOCK_OFF_S
MIN_NONCE_CHARACTERS = 22  # 128 bit in base64url

# One statement and thus one journey. Whoever inserts first has the nonce; the other one gets no row. The commit does
# not wait for the disk: a crash may forget the last nonces, and a replay then meets mutations that are stored already.
_USE_NONCE = """
    WITH quick AS (SELECT set_config('synchronous_commit', 'off', true))
    INSERT INTO accounts_signaturenonce (id, seen_at) SELECT %s, now() FROM quick
    ON CONFLICT (id) DO NOTHING
"""


@dataclass(frozen=True)
class SignedMessage:
    """What the library needs of a request."""

    method: str
    url: str
    headers: dict[str, str]


class _Verifier(HTTPMessageVerifier):
    """The library's verifier without its own look at the clock: a wrong clock has an answer of its own here."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        return


def is_signed(request: HttpRequest) -> bool:
    """Return whether a request claims to be signed."""
    return "HTTP_SIGNATURE_INPUT" in request.META or "HTTP_SIGNATURE" in request.META


def has_body(request: HttpRequest) -> bool:
    """Return whether the request announces a body."""
    chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    return chunked or request.META.get("CONTENT_LENGTH") not in (None, "", "0")


def signing_device(request: HttpRequest) -> UUID:
    """Return the device that the signature names (`keyid`). Raises `signature_invalid`; nothing is proved by it yet."""
    try:
        inputs: Any = http_sf.parse(request.META.get("HTTP_SIGNATURE_INPUT", "").encode(), tltype="dictionary")
        ((_, parameters),) = inputs.values()
        return UUID(parameters["keyid"])
    except Exception as error:  # whatever the field's parser says: it is not what a device of ours writes
        raise problem("signature_invalid", why="Signature-Input names no device.") from error


def public_key_read(text: str) -> EllipticCurvePublicKey:
    """Return the P-256 key in base64 SPKI text. Raises ValueError for anything else."""
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (binascii.Error, UnsupportedAlgorithm) as error:
        raise ValueError("no base64 SPKI") from error
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("no key of the curve P-256")
    return key


def signature_must_hold(request: HttpRequest, *, device_id: UUID, public_key: str, now_s: float | None = None) -> None:
    """Check the signature over method, path and content digest, its age, and that it was not used before.

    Raises `signature_invalid`, `signature_expired` or `signature_replayed`. The body itself is checked by
    `content_digest_must_match`.
    """
    result = _verified(request, str(device_id), public_key)
    parameters = result.parameters
    nonce = parameters.get("nonce")
    if not isinstance(nonce, str) or len(nonce) < MIN_NONCE_CHARACTERS:
        raise problem("signature_invalid", why="It has no nonce of at least 128 bit.")
    off_s = round((time.time() if now_s is None else now_s) - int(parameters.get("created", 0)))
    if abs(off_s) > MAX_CLOCK_OFF_S:
        raise problem("signature_expired", off_s=off_s)
    nonce_use(device_id, nonce)


def _verified(request: HttpRequest, key_id: str, public_key: str) -> VerifyResult:
    message = _message(request)
    required = ("@method", "@path", "content-digest") if has_body(request) else ("@method", "@path")
    try:
        keys = MappingKeyResolver(public_keys={key_id: public_key_read(public_key)}, private_keys={})
        verifier = _Verifier(signature_algorithm=ECDSA_P256_SHA256, key_resolver=keys)
        (result,) = verifier.verify(message, max_age=None, require_components=required)
    except (HTTPMessageSignaturesException, ValueError) as error:
        raise problem("signature_invalid", why=f"It does not verify: {error}") from error
    return result


def _message(request: HttpRequest) -> SignedMessage:
    # The server hands over the decoded path; ours hold nothing that would be encoded in two ways.
    query = request.META.get("QUERY_STRING", "")
    url = f"{request.scheme}://{request.get_host()}{quote(request.path)}{'?' + query if query else ''}"
    return SignedMessage(request.method or "", url, dict(request.headers))


def nonce_use(device_id: UUID, nonce: str) -> None:
    """Take a nonce of a device for this request. Raises `signature_replayed` where it was taken before."""
    key = UUID(bytes=sha256(f"{device_id} {nonce}".encode()).digest()[:16])
    with connection.cursor() as cursor:
        cursor.execute(_USE_NONCE, [key])
        if cursor.rowcount != 1:
            raise problem("signature_replayed")


def content_digest_must_match(request: HttpRequest, body: bytes) -> None:
    """Check the body, as it was sent, against Content-Digest where the request has one. Raises `digest_mismatch`.

    A signed request with a body always has one: the signature would not hold without it.
    """
    announced = request.META.get("HTTP_CONTENT_DIGEST")
    if announced is None:
        return
    try:
        ContentDigest.verify(announced, body)
    except HTTPMessageSignaturesException as error:
        raise problem("digest_mismatch") from error
