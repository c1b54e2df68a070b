"""A phone that signs its requests, as the web app does with WebCrypto, for tests over Django's client or a socket."""

import base64
import gzip
import json
import os
import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from rest_framework.test import APIClient

from backend.accounts.models import Device, Officer
from tests.builders import batch
from tests.factories import DeviceFactory, new_id

PUSH = "/api/v1/sync/push"
PULL = "/api/v1/sync/pull"
ENROL = "/api/v1/devices/enrol"


def nonce() -> str:
    """Return 128 random bits as base64url."""
    return base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")


def digest_of(body: bytes) -> str:
    """Return the Content-Digest of a body (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(sha256(body).digest()).decode()}:"


@dataclass
class SigningPhone:
    """One install: its device id, its key, and a clock that may be wrong by `clock_off_s`.

    Written out by hand and not with the server's library, so that a mistake in one is seen by the other.
    """

    device: UUID = field(default_factory=new_id)
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    clock_off_s: float = 0.0

    @property
    def public_key(self) -> str:
        """Return the public key as it is sent: base64 of the SPKI DER."""
        der = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(der).decode()

    def sign(self, method: str, path: str, body: bytes = b"", **changed: Any) -> dict[str, str]:
        """Return the headers that sign a request; `changed` overrides created, nonce, keyid, alg or components."""
        components = changed.get("components", ("@method", "@path", "content-digest") if body else ("@method", "@path"))
        digest = digest_of(body)
        values = {"@method": method, "@path": path.partition("?")[0], "content-digest": digest}
        parameters = (
            "(" + " ".join(f'"{name}"' for name in components) + ")"
            f";created={int(changed.get('created', time.time() + self.clock_off_s))}"
            f';nonce="{changed.get("nonce") or nonce()}"'
            f';keyid="{changed.get("keyid", self.device)}"'
            f';alg="{changed.get("alg", "ecdsa-p256-sha256")}"'
        )
        lines = [f'"{name}": {values[name]}' for name in components] + [f'"@signature-params": {parameters}']
        r, s = decode_dss_signature(self.key.sign("\n".join(lines).encode(), ECDSA(SHA256())))
        raw = base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()
        headers = {"Signature-Input": f"sig1={parameters}", "Signature": f"sig1=:{raw}:"}
        return headers | {"Content-Digest": digest} if body else headers

    def enrolled(self, officer: Officer, **columns: Any) -> Device:
        """Put the device into the database as enrolled by the officer, in the officer's unit."""
        return DeviceFactory(id=self.device, officer=officer, public_key=self.public_key, **columns)

    def request(self, client: APIClient, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a signed request with a JSON body (or bytes) and return Django's response."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        signed = self.sign(method, path, raw) | {name.replace("_", "-"): value for name, value in headers.items()}
        return client.generic(method, path, raw, content_type="application/json", headers=signed)

    def enrol(self, client: APIClient, code: str | None = None, **changed: Any) -> Any:
        """Enrol over HTTP with the client's session and return the response."""
        body = {"device": str(self.device), "public_key": self.public_key, "app_version": "test", "code": code}
        return self.request(client, "POST", ENROL, body | changed)

    def push(self, client: APIClient, *mutations: Any, compressed: bool = False, **header: Any) -> Any:
        """Push mutations signed and return the response."""
        body = json.dumps(batch(mutations, **{"device": self.device, **header})).encode()
        if not compressed:
            return self.request(client, "POST", PUSH, body)
        return self.request(client, "POST", PUSH, gzip.compress(body), content_encoding="gzip")

    def pull(self, client: APIClient) -> Any:
        """Pull signed and return the response."""
        return self.request(client, "GET", PULL)
