"""SHELL: a small faithful client of the sync protocol, for driving many against a real server.

`Durable` is what IndexedDB holds: it changes only between two awaits, as a transaction does, and outlives a crash,
which is the cancellation of whatever the phone is doing. Everything else is forgotten by a crash.
"""

import asyncio
import gzip
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any

from tests.rings.faults.requests import OFFER, Install, Json, push_request

BATCH_LIMIT = 50
RECEIPTED = frozenset({"applied", "duplicate"})
ATTENTION = frozenset({"conflict", "quarantined"})
OFFER_LIMIT = 5000
# What is wrong with how a request was signed or arrived, and not with what it says: the next one is made anew.
_ABOUT_THIS_DELIVERY = frozenset({"signature_expired", "signature_replayed", "signature_invalid", "digest_mismatch"})


class Trouble(Exception):
    """Nothing was learnt from a request: the network, the server or somebody in between. Try again later."""

    def __init__(self, why: str, after_s: float = 0.0) -> None:
        """Take why, and how long the other side asks to wait."""
        super().__init__(why)
        self.after_s = after_s


@dataclass(frozen=True)
class Answer:
    """An HTTP answer that arrived whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Json:
        """Return the JSON object in it; anything else is somebody in between talking."""
        try:
            found = json.loads(self.body)
        except ValueError as error:
            raise Trouble("not JSON") from error
        if not isinstance(found, dict):
            raise Trouble("not an object")
        return found

    @property
    def code(self) -> str:
        """The code of an RFC 9457 problem, empty for anything else."""
        try:
            return str(self.json().get("code", ""))
        except Trouble:
            return ""


async def http(port: int, request: bytes, timeout_s: float) -> Answer:
    """Send one request and return its answer. Raises Trouble for everything short of a whole answer."""
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(request)
                raw = await reader.read(-1)
            finally:
                writer.close()
    except (OSError, TimeoutError) as error:
        raise Trouble(type(error).__name__) from error
    return read_answer(raw)


def read_answer(raw: bytes) -> Answer:
    """Return the answer in these bytes. Raises Trouble where the line broke within it."""
    head, found, body = raw.partition(b"\r\n\r\n")
    if not found:
        raise Trouble("cut answer")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if len(body) != int(headers.get("content-length", len(body))):
        raise Trouble("cut answer")
    try:
        plain = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
    except (OSError, EOFError) as error:
        raise Trouble("cut answer") from error
    return Answer(int(first.split(" ")[1]), headers, plain)


@dataclass
class Durable:
    """What survives a crash of the phone."""

    outbox: dict[str, Json] = field(default_factory=dict)
    sent: dict[str, Json] = field(default_factory=dict)
    receipts: dict[str, Json] = field(default_factory=dict)
    attention: dict[str, tuple[Json, Json]] = field(default_factory=dict)
    cursor: str = ""
    epoch: str = ""
    seen: dict[str, int] = field(default_factory=dict)
    snapshot: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    must_offer: bool = False


class Phone:
    """One install with its outbox and its snapshot; `violations` is what it saw that a server must never do."""

    def __init__(self, install: Install, port: int, chance: random.Random, timeout_s: float = 5.0) -> None:
        """Take who it is, where the network is, and where chance comes from."""
        self.install, self.port, self.chance, self.timeout_s = install, port, chance, timeout_s
        self.durable = Durable()
        self.violations: list[str] = []
        self.batch_limit = BATCH_LIMIT
        self.is_signed_out = False
        self.is_current = False
        self.last_trouble = ""

    # --- what a person does -------------------------------------------------------------------------------------------
    def save(self, mutation: Json) -> None:
        """Say "saved": from here on the record may not get lost."""
        self.durable.outbox[mutation["id"]] = mutation
        self.is_current = False

    def sign_in(self, session: str) -> None:
        """Begin a new session: the device is enrolled again, refused records are sent again."""
        self.install.session, self.install.is_enrolled = session, False
        self.is_signed_out = False
        self.attention_again()

    def attention_again(self) -> None:
        """Send again what needed attention (at start, at sign-in, and every ten minutes): perhaps it was decided."""
        for id_, (mutation, _) in list(self.durable.attention.items()):
            self.durable.outbox[id_] = mutation

    # --- a round ------------------------------------------------------------------------------------------------------
    async def round(self) -> bool:
        """Send what is unsent and take what is new; return whether nothing is left to do."""
        try:
            if not self.install.is_enrolled and not self.is_signed_out:
                await self._enrol()
            await self._push_all()
            if not self.is_signed_out:
                await self._pull_all()
                if self.durable.must_offer:
                    await self._offer()
                    await self._push_all()
        except Trouble as trouble:
            self.last_trouble = str(trouble)
            if trouble.after_s:
                await asyncio.sleep(trouble.after_s)
            return False
        self.is_current = not self.durable.outbox
        return self.is_current

    async def parallel(self, times: int) -> None:
        """Be several senders at once over one outbox: two tabs, a worker, a phone restored from a copy."""
        if batch := self._next_batch():
            await asyncio.gather(*(self.push(batch) for _ in range(times)), return_exceptions=True)

    async def until_current(self, deadline_s: float, backoff_s: float = 0.05, backoff_max_s: float = 1.0) -> bool:
        """Make rounds with backoff until nothing is left to do or the time (of time.monotonic) is over."""
        wait_s = backoff_s
        while not await self.round():
            if time.monotonic() > deadline_s:
                return False
            await asyncio.sleep(self.chance.uniform(0, wait_s))
            wait_s = min(backoff_max_s, 2 * wait_s)
        return True

    async def _call(self, request: bytes) -> Answer:
        """Send; return an answer that says something about this request, after what every request may meet."""
        answer = await http(self.port, request, self.timeout_s)
        if answer.code == "signature_expired" and "date" in answer.headers:
            self._set_clock(answer.headers["date"])
        if answer.status in {429, 503}:
            raise Trouble(f"{answer.status} {answer.code}", float(answer.headers.get("retry-after", 0) or 0))
        if answer.code == "signature_invalid":
            self.install.is_enrolled = False  # the server was restored to before this device was enrolled
        if answer.status >= 500 or answer.code in _ABOUT_THIS_DELIVERY:
            raise Trouble(f"{answer.status} {answer.code}")
        return answer

    def _set_clock(self, date: str) -> None:
        try:
            right_s = parsedate_to_datetime(date).replace(tzinfo=UTC).timestamp()
        except ValueError:
            return
        self.install.signing_off_s = right_s - self.install.now_s()

    async def _enrol(self) -> None:
        answer = await self._call(self.install.enrol_request())
        if answer.status in {200, 201} and answer.json().get("device") == self.install.device:
            self.install.is_enrolled = self.install.signs = True
        elif answer.status == 404 and answer.code == "":
            return  # a server without devices
        elif answer.status in {401, 403}:
            self.is_signed_out = True
        else:
            raise Trouble(f"enrolment {answer.status} {answer.code}")

    # --- push ---------------------------------------------------------------------------------------------------------
    async def _push_all(self) -> None:
        asked: set[str] = set()
        while batch := [one for one in self._next_batch() if one["id"] not in asked]:
            await self.push(batch)
            asked |= {one["id"] for one in batch}  # what the server could not take now waits for the next round
        if self.durable.outbox:
            raise Trouble("not everything was taken")

    def _next_batch(self) -> list[Json]:
        return sorted(self.durable.outbox.values(), key=lambda one: int(one["seq"]))[: self.batch_limit]

    async def push(self, batch: list[Json]) -> None:
        """Push a batch and act on each outcome."""
        answer = await self._call(push_request(self.install, batch))
        if answer.status == 200:
            self._outcomes(answer.json(), {one["id"]: one for one in batch})
            self.batch_limit = min(BATCH_LIMIT, 2 * self.batch_limit)
        elif answer.status in {400, 413} and answer.code:
            self._indigestible(batch, answer)
        else:
            raise Trouble(f"push {answer.status} {answer.code}")

    def _indigestible(self, batch: list[Json], answer: Answer) -> None:
        if self.batch_limit > 1:
            self.batch_limit = max(1, self.batch_limit // 2)
            raise Trouble(f"batch refused: {answer.code}")
        (one,) = batch
        self.durable.attention[one["id"]] = (one, answer.json())
        self.durable.outbox.pop(one["id"], None)

    def _outcomes(self, body: Json, sent: dict[str, Json]) -> None:
        for outcome in body.get("outcomes") or ():
            mutation = sent.get(outcome.get("id"))
            if mutation is None:
                self.violations.append(f"an outcome for what was not sent: {outcome}")
            elif outcome["outcome"] in RECEIPTED:
                self._receipt(mutation, outcome["receipt"])
            elif outcome["outcome"] in ATTENTION:
                self.durable.attention[mutation["id"]] = (mutation, outcome["problem"] or {})
                self.durable.outbox.pop(mutation["id"], None)
            elif outcome["outcome"] != "retry":
                self.violations.append(f"an outcome without a meaning: {outcome}")

    def _receipt(self, mutation: Json, receipt: Json | None) -> None:
        if not receipt or receipt["sha256"] != mutation["payload_sha256"] or not receipt["n"]:
            self.violations.append(f"a receipt that proves nothing: {receipt} for {mutation['id']}")
            return
        self.durable.sent[mutation["id"]] = mutation
        self.durable.receipts[mutation["id"]] = receipt
        self.durable.attention.pop(mutation["id"], None)
        if self.durable.outbox.get(mutation["id"], mutation)["payload_sha256"] == mutation["payload_sha256"]:
            self.durable.outbox.pop(mutation["id"], None)

    # --- pull ---------------------------------------------------------------------------------------------------------
    async def _pull_all(self) -> None:
        resets = 0
        while True:
            answer = await self._call(self.install.pull_request(self.durable.cursor))
            if answer.status in {401, 403}:
                self.is_signed_out = True
                return
            if answer.status != 200:
                raise Trouble(f"pull {answer.status} {answer.code}")
            page = answer.json()
            if not {"epoch", "changes", "cursor", "has_more", "reset"} <= set(page):
                raise Trouble("not a page")
            resets += bool(page["reset"])
            if resets > 3:
                raise Trouble("reset after reset")
            self._apply(page)
            if not page["has_more"]:
                return

    def _apply(self, page: Json) -> None:
        """Take a page and its cursor in one transaction, checking that no number is missing."""
        durable = self.durable
        if page["reset"]:
            durable.snapshot, durable.seen = {}, {}
        if durable.epoch and durable.epoch != page["epoch"]:
            durable.must_offer = True
            durable.receipts = {}  # their numbers belong to the epoch that is gone
        durable.epoch, durable.cursor = page["epoch"], page["cursor"]
        for change in page["changes"]:
            expected = durable.seen.get(change["unit"], 0) + 1
            if change["n"] != expected:
                self.violations.append(f"feed of {change['unit']}: {change['n']} came after {expected - 1}")
            durable.seen[change["unit"]] = change["n"]
            self._take(change)

    def _take(self, change: Json) -> None:
        key = (change["type"], change["id"])
        if change["op"] == "put":
            self.durable.snapshot[key] = (change["version"], digest(change["record"]))
        else:
            self.durable.snapshot.pop(key, None)

    # --- after a restore ----------------------------------------------------------------------------------------------
    async def _offer(self) -> None:
        """Offer what was sent before; what the server does not hold any more is sent again."""
        kept = {**self.durable.sent, **{id_: one for id_, (one, _) in self.durable.attention.items()}}
        ids = list(kept)
        for start in range(0, len(ids), OFFER_LIMIT):
            part = ids[start : start + OFFER_LIMIT]
            body = json.dumps({"items": [[id_, kept[id_]["payload_sha256"]] for id_ in part]}).encode()
            answer = await self._call(self.install.request("POST", OFFER, body, signed=self.install.signs))
            if answer.status != 200:
                raise Trouble(f"offer {answer.status} {answer.code}")
            for id_ in answer.json()["missing"]:
                self.durable.outbox[id_] = kept[id_]
        if self.durable.outbox:
            self.attention_again()  # what was refused may have named a record that the restore had taken
        self.durable.must_offer = False


def digest(record: Any) -> str:
    """Return a hash of a record as it was pulled."""
    return sha256(json.dumps(record, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
