"""HPKE's sender (RFC 9180, base mode, P-256) written out by hand: a mistake in one side is seen by the other."""

import base64
import os

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEM = b"KEM\x00\x10"


def _hmac(key: bytes, message: bytes) -> bytes:
    made = HMAC(key, SHA256())
    made.update(message)
    return made.finalize()


def _extract(suite: bytes, salt: bytes, label: bytes, key: bytes) -> bytes:
    return _hmac(salt or bytes(32), b"HPKE-v1" + suite + label + key)


def _expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    # Never more than one block of 32 bytes is needed here.
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return _hmac(key, labelled + b"\x01")[:length]


def point_of(key: EllipticCurvePublicKey) -> bytes:
    """Return a public key as HPKE writes it: the uncompressed point."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def hpke_seal(
    recipient: EllipticCurvePublicKey,
    plaintext: bytes,
    *,
    info: bytes,
    aad: bytes = b"",
    ephemeral: EllipticCurvePrivateKey | None = None,
    key_bytes: int = 32,
) -> tuple[bytes, bytes]:
    """Return `enc` and the ciphertext; AES-256-GCM with a key of 32 bytes, AES-128-GCM with one of 16."""
    ephemeral = ephemeral or generate_private_key(SECP256R1())
    enc = point_of(ephemeral.public_key())
    prk = _extract(KEM, b"", b"eae_prk", ephemeral.exchange(ECDH(), recipient))
    shared = _expand(KEM, prk, b"shared_secret", enc + point_of(recipient), 32)
    suite = b"HPKE\x00\x10\x00\x01" + (b"\x00\x02" if key_bytes == 32 else b"\x00\x01")
    context = b"\x00" + _extract(suite, b"", b"psk_id_hash", b"") + _extract(suite, b"", b"info_hash", info)
    secret = _extract(suite, shared, b"secret", b"")
    key = _expand(suite, secret, b"key", context, key_bytes)
    return enc, AESGCM(key).encrypt(_expand(suite, secret, b"base_nonce", context, 12), plaintext, aad)


def sealed(key: dict[str, str], plaintext: bytes, *, info: str, aad: str) -> str:
    """Return what the web app's `sealForServer` makes of `plaintext` with `sealing_key` of `GET /api/v1/me`."""
    recipient = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), base64.b64decode(key["public_key"]))
    enc, ciphertext = hpke_seal(recipient, plaintext, info=f"{info}\0{aad}".encode())
    parts = (base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (enc, ciphertext))
    return ".".join([key["key_id"], *parts])


def altered(blob: str) -> str:
    """Return the blob with one bit of its ciphertext turned over."""
    head, _, tail = blob.rpartition(".")
    raw = bytearray(base64.urlsafe_b64decode(tail + "=" * (-len(tail) % 4)))
    raw[os.urandom(1)[0] % len(raw)] ^= 1
    return f"{head}.{base64.urlsafe_b64encode(raw).decode().rstrip('=')}"
