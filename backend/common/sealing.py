"""SHELL: opens what phones sealed to this installation's public key (HPKE, RFC 9180), and keeps the private keys.

The suite is DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM in base mode. A blob is the text
`<key id>.<enc>.<ciphertext>` in base64url without padding. What the seal is bound to goes into HPKE's `info`, as RFC
9180 (8.1) advises for one message a context: the purpose, a zero byte, and the associated data.

The file holds PEM keys one after the other: new seals are made to the last, all of them stay readable. It is made by
the first process that needs it.
"""

import base64
import binascii
import hashlib
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_END = b"-----END PRIVATE KEY-----\n"


class Unsealable(Exception):
    """The blob is not one of ours, was made for another purpose, or was altered. Says nothing of its content."""


@dataclass(frozen=True)
class _Key:
    id: str
    point: bytes
    private: EllipticCurvePrivateKey


def public_key() -> dict[str, str]:
    """Return the key that phones seal to: `key_id`, and `public_key`, base64 of the uncompressed point (65 bytes)."""
    newest = _keys(_key_file())[-1]
    return {"key_id": newest.id, "public_key": base64.b64encode(newest.point).decode()}


def unseal(blob: bytes, *, info: bytes, aad: bytes) -> bytes:
    """Return what a phone sealed for `info` and `aad`. Raises `Unsealable`."""
    key_id, enc, sealed = _parts(blob)
    key = next((one for one in _keys(_key_file()) if one.id == key_id), None)
    if key is None:
        raise Unsealable("It was sealed to a key that is not known here.")
    try:
        return SUITE.decrypt(enc + sealed, key.private, info=bound_info(info, aad))
    except (InvalidTag, ValueError) as error:
        raise Unsealable("It does not open.") from error


def bound_info(info: bytes, aad: bytes) -> bytes:
    """Return HPKE's `info`: purpose and associated data; a purpose holds no zero byte, so no two pairs are alike."""
    if b"\x00" in info:
        raise ValueError("info must not hold a zero byte")
    return info + b"\x00" + aad


def key_add(path: Path) -> str:
    """Add a key that seals from now on are made to; the older ones stay readable. Returns its id."""
    made = generate_private_key(SECP256R1())
    _written_beside(path, (path.read_bytes() if path.exists() else b"") + _pem(made)).replace(path)
    return _key(made).id


def _parts(blob: bytes) -> tuple[str, bytes, bytes]:
    try:
        key_id, enc, sealed = blob.decode("ascii").split(".")
        return key_id, _decoded(enc), _decoded(sealed)
    except (ValueError, binascii.Error) as error:
        raise Unsealable("It is not a sealed text.") from error


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _key_file() -> Path:
    path = Path(settings.SEALING_KEY_FILE)
    if not path.exists():
        _make_first(path)
    return path


def _make_first(path: Path) -> None:
    """Make the file; of several processes that start together one wins, whole (a link is made or is there)."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = _written_beside(path, _pem(generate_private_key(SECP256R1())))
    with suppress(FileExistsError):
        os.link(beside, path)
    beside.unlink()


def _written_beside(path: Path, content: bytes) -> Path:
    """Return a new file next to `path`, readable by its owner only, its content on the disk."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        # Without its key everything sealed to it is lost: it must survive a power cut from the first answer on.
        os.fsync(file.fileno())
    return Path(name)


def _keys(path: Path) -> tuple[_Key, ...]:
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _changed_at_ns: int) -> tuple[_Key, ...]:
    parts = path.read_bytes().split(_END)
    return tuple(_key(_loaded(part + _END)) for part in parts if part.strip())


def _loaded(pem: bytes) -> EllipticCurvePrivateKey:
    private = load_pem_private_key(pem, password=None)
    if not isinstance(private, EllipticCurvePrivateKey):
        raise ValueError("SEALING_KEY_FILE must hold P-256 keys")
    return private


def _key(private: EllipticCurvePrivateKey) -> _Key:
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return _Key(hashlib.sha256(point).hexdigest()[:16], point, private)


def _pem(private: EllipticCurvePrivateKey) -> bytes:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
