"""SHELL: what phones send, as bytes on the wire: signed where the phone is enrolled, else with its session alone."""

import base64
import json
import os
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from http.client import HTTPConnection
from typing import Any

import uuid_utils.compat as uuid_utils
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from rfc8785 import dumps as canonical

Json = dict[str, Any]
PUSH, PULL, OFFER = "/api/v1/sync/push", "/api/v1/sync/pull", "/api/v1/sync/offer"
ENROL = "/api/v1/devices/enrol"
CSRF = "c" * 32
NOTES = (
    "",
    "",
    "楼道电动车充电，已劝导",
    "家中老人独居，已登记",
    "已张贴反诈宣传单，门锁完好",
    "户主在外务工，邻居代答",
)


def new_id() -> str:
    """Return a UUIDv7 as phones make them."""
    return str(uuid_utils.uuid7())


def instant(at_s: float) -> str:
    """Return seconds since 1970 as the protocol writes an instant."""
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Install:
    """One officer's store on one phone: its ids, its key, its session, its clock."""

    officer: str
    session: str
    device: str = field(default_factory=new_id)
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    clock_off_s: float = 0.0
    signing_off_s: float = 0.0  # what the phone learnt about its clock from the server's Date
    is_enrolled: bool = False
    signs: bool = False  # once enrolled, always: an enrolment to be renewed takes the key from nobody
    seq: int = 0

    def now_s(self) -> float:
        """Return what the phone believes the time is, in seconds since 1970."""
        return time.time() + self.clock_off_s

    @cached_property
    def public_key(self) -> str:
        """The public key as it is sent: base64 of the SPKI DER."""
        der = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(der).decode()

    def signature(self, method: str, path: str, body: bytes = b"") -> dict[str, str]:
        """Return the headers that sign a request (RFC 9421, RFC 9530), by hand as WebCrypto code does it."""
        digest = f"sha-256=:{base64.b64encode(sha256(body).digest()).decode()}:"
        covered = [("@method", method), ("@path", path)] + ([("content-digest", digest)] if body else [])
        nonce = base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")
        parameters = (
            f"({' '.join(json.dumps(name) for name, _ in covered)});created={int(self.now_s() + self.signing_off_s)}"
            f';nonce="{nonce}";keyid="{self.device}";alg="ecdsa-p256-sha256"'
        )
        lines = [f'"{name}": {value}' for name, value in covered] + [f'"@signature-params": {parameters}']
        r, s = decode_dss_signature(self.key.sign("\n".join(lines).encode(), ECDSA(SHA256())))
        raw = base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()
        headers = {"Signature-Input": f"sig1={parameters}", "Signature": f"sig1=:{raw}:"}
        return headers | {"Content-Digest": digest} if body else headers

    def request(self, method: str, path: str, body: bytes = b"", query: str = "", *, signed: bool = True) -> bytes:
        """Return a whole HTTP/1.1 request that closes its connection."""
        headers = {
            "Host": "localhost",
            "Connection": "close",
            "Accept-Encoding": "gzip",
            "X-Officer": self.officer,
            "X-CSRFToken": CSRF,
            "Cookie": f"sessionid={self.session}; csrftoken={CSRF}" if self.session else f"csrftoken={CSRF}",
        }
        if body:
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        if signed:
            headers |= self.signature(method, path, body)
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"{method} {path}{query} HTTP/1.1\r\n{head}\r\n".encode() + body

    def enrol_request(self) -> bytes:
        """Return the request that makes the device's key known to the server."""
        body = {"device": self.device, "public_key": self.public_key, "app_version": "ring", "code": None}
        return self.request("POST", ENROL, json.dumps(body).encode())

    def pull_request(self, cursor: str, limit: int = 500) -> bytes:
        """Return the request for the page of changes after a cursor."""
        query = f"?limit={limit}" + (f"&cursor={cursor}" if cursor else "")
        return self.request("GET", PULL, query=query, signed=self.signs)

    def enrol(self, port: int) -> None:
        """Enrol at once, where the server knows enrolment; raises when it refuses."""
        raw = self.enrol_request()
        head, _, body = raw.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("POST", ENROL, body, headers | {"Accept-Encoding": "identity"})
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        self.is_enrolled = self.signs = answer.status in (200, 201)
        assert self.is_enrolled or answer.status == 404, said


def mutation(install: Install, kind: str, payload: Json, *, record_id: str | None = None) -> Json:
    """Return a mutation as the phone makes it when somebody taps "save"."""
    install.seq += 1
    return {
        "id": new_id(),
        "seq": install.seq,
        "kind": kind,
        "record_id": record_id or new_id(),
        "recorded_at": instant(install.now_s()),
        "payload": payload,
        "payload_sha256": sha256(canonical(payload)).hexdigest(),
    }


def visit_mutation(install: Install, door: str, chance: random.Random) -> Json:
    """Return an ordinary visit as the form makes it."""
    payload: Json = {
        "premises": door,
        "outcome": chance.choice(["met", "met", "met", "nobody_home", "refused"]),
        "officers": [],
        "patrol": None,
        "campaign": None,
        "place": {"lon": 114.05, "lat": 27.75, "accuracy_m": round(chance.uniform(3, 30), 1), "age_s": 2.0},
        "no_place_reason": None,
        "hazards": [{"id": new_id(), "kind": "ebike_charging", "note": "楼道充电"}] if chance.random() < 0.1 else [],
        "advice": chance.sample(["fire", "gas", "fraud", "ebike_charging"], chance.randint(0, 2)),
        "help_asked": "",
        "note": chance.choice(NOTES),
        "checklist": None,
        "disputes": [],
    }
    return mutation(install, "visit.record", payload)


def push_body(install: Install, mutations: list[Json]) -> bytes:
    """Return the body of a push."""
    header = {"device": install.device, "app_version": "ring", "made_total": install.seq}
    return json.dumps(
        header | {"sent_at": instant(install.now_s()), "mutations": mutations},
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def push_request(install: Install, mutations: list[Json]) -> bytes:
    """Return a whole push request."""
    return install.request("POST", PUSH, push_body(install, mutations), signed=install.signs)
