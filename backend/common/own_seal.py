"""SHELL: seals to this installation's own key: what lies in a table opens only with the key file beside it."""

import base64
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from backend.common.sealing import SUITE, bound_info, public_key

_POINT_BYTES = 65  # an uncompressed point of P-256, which is what HPKE's `enc` is


def seal(plaintext: bytes, *, info: bytes, aad: bytes) -> str:
    """Return what `sealing.unseal` opens with the same `info` and `aad`."""
    key = public_key()
    sealed = SUITE.encrypt(plaintext, _key(key["public_key"]), info=bound_info(info, aad))
    return ".".join([key["key_id"], _text(sealed[:_POINT_BYTES]), _text(sealed[_POINT_BYTES:])])


@lru_cache(maxsize=4)
def _key(point: str) -> EllipticCurvePublicKey:
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), base64.b64decode(point))


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
