"""SHELL: mistakes that other systems have made, each as a strategy in the place of ours; the rings must catch them.

The product has no switches for these. The server of the rings runs with the tests' URL configuration, and a file
beside its failpoints names the mistake in force, none by default; it is read at each request.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.authority import Authority, authority_over, upload_authority
from backend.common.canonical_json import canonical_text, payload_sha256
from backend.common.outcomes import Change
from backend.common.problems import problem
from backend.sync import api, pull, push
from backend.sync.feed import feed_append
from backend.sync.models import Mutation
from backend.sync.wire import BatchHeader, wire_time

Json = dict[str, Any]
BUG_FILE = Path(os.environ.get("XUNFANG_FAILPOINTS", "/nonexistent")).parent / "seeded_bug"
WINDOW_S = 0.05


def bug() -> str:
    """Return the name of the mistake in force, empty for none."""
    return BUG_FILE.read_text().strip() if BUG_FILE.exists() else ""


class PushStrategy(api.PushView):
    """Takes a batch by the mistake in force, else as the product does."""

    def post(self, request: Request) -> Response:
        strategy = WRONG.get(bug())
        if strategy is None:
            return super().post(request)
        authority = upload_authority(request)
        batch = api._batch_of(request, authority)
        outcomes = strategy(authority_over(authority, batch.device), batch)
        return Response({"server_time": wire_time(timezone.now()), "outcomes": outcomes})


class PullStrategy(api.PullView):
    """Gives a page by the mistake in force, else as the product does."""

    def get(self, request: Request) -> Response:
        answer = super().get(request)
        if bug() == "checkpoint_before_data" and len(answer.data["changes"]) > 5:
            # The page is capped, the cursor is not.
            answer.data["changes"] = answer.data["changes"][:5]
        return answer


def receive(sender: Authority, batch: BatchHeader, mutations: Sequence[Any] | None = None) -> list[Json]:
    """Take mutations of a batch as the product does."""
    chosen = batch if mutations is None else batch.model_copy(update={"mutations": list(mutations)})
    return push.receive_batch(
        officer=sender.officer, unit=sender.unit, batch=chosen, received_at=timezone.now(), refusal=sender.refusal
    )


def ids(mutations: Sequence[Any]) -> list[UUID]:
    """Return the ids of mutations."""
    return [UUID(one["id"]) for one in mutations]


def under_new_ids(mutations: Sequence[Json]) -> list[Json]:
    """Return mutations as a server numbers them that does not look at the ids they came with."""
    return [{**one, "id": str(uuid4()), "record_id": str(uuid4())} for one in mutations]


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever the database was told inside the block."""
    outer = transaction.atomic()
    outer._from_testcase = True  # type: ignore[attr-defined]  # lets a durable block run inside
    with outer:
        yield
        transaction.set_rollback(True)


def foreseen(sender: Authority, batch: BatchHeader) -> list[Json]:
    """Return what the product would answer, with nothing kept."""
    with undone():
        return receive(sender, batch)


def forged(batch: BatchHeader) -> list[Json]:
    """Return "applied" for everything, with receipts from nowhere."""
    now = wire_time(timezone.now())
    return [
        {
            "id": one["id"],
            "outcome": "applied",
            "receipt": {"unit": "?", "n": 1, "received_at": now, "sha256": one["payload_sha256"]},
            "problem": None,
        }
        for one in batch.mutations
    ]


# --- the mistakes -----------------------------------------------------------------------------------------------------
def check_then_insert(sender: Authority, batch: BatchHeader) -> list[Json]:
    """Look whether an id is there, insert if not, with no constraint: two deliveries at once both insert."""
    known = set(Mutation.objects.filter(id__in=ids(batch.mutations)).values_list("id", flat=True))
    time.sleep(WINDOW_S)
    outcomes = receive(sender, batch)
    unseen = {str(one) for one in ids(batch.mutations)} - {str(one) for one in known}
    twice = {one["id"] for one in outcomes if one["outcome"] == "duplicate"} & unseen
    receive(sender, batch, under_new_ids([one for one in batch.mutations if one["id"] in twice]))
    return outcomes


def receipt_before_commit(sender: Authority, batch: BatchHeader) -> list[Json]:
    """Answer first and commit in the background."""
    outcomes = foreseen(sender, batch)

    def commit() -> None:
        time.sleep(10 * WINDOW_S)
        receive(sender, batch)
        connection.close()

    threading.Thread(target=commit, daemon=True).start()
    return outcomes


def unique_content(sender: Authority, batch: BatchHeader) -> list[Json]:
    """Take equal content for the same record: of two equal visits one is lost."""
    seen = set(Mutation.objects.filter(device_id=batch.device).values_list("payload_sha256", "record_id"))
    hashes = {sha256 for sha256, _ in seen}
    wanted, outcomes = [], []
    for one in batch.mutations:
        is_same = (one["payload_sha256"], UUID(one["record_id"])) in seen
        if one["payload_sha256"] in hashes and not is_same:
            outcomes += forged(batch.model_copy(update={"mutations": [one]}))
        else:
            wanted.append(one)
        hashes.add(one["payload_sha256"])
        seen.add((one["payload_sha256"], UUID(one["record_id"])))
    return [*receive(sender, batch, wanted), *outcomes]


def batch_fails_whole(sender: Authority, batch: BatchHeader) -> list[Json]:
    """Refuse the batch for one bad record in it."""
    if any(one["outcome"] == "quarantined" for one in foreseen(sender, batch)):
        raise problem("request_invalid", why="A record of the batch is not valid.")
    return receive(sender, batch)


def error_for_invalid(sender: Authority, batch: BatchHeader) -> list[Json]:
    """Break on a bad record: the phone tries again for ever, and nothing behind it arrives."""
    if any(one["outcome"] == "quarantined" for one in foreseen(sender, batch)):
        raise RuntimeError("not valid")
    return receive(sender, batch)


def last_writer_wins(sender: Authority, batch: BatchHeader) -> list[Json]:
    """Let what comes later overwrite what came under the same id before."""
    for one in batch.mutations:
        stored = Mutation.objects.filter(id=one["id"]).exclude(payload_sha256=one["payload_sha256"])
        stored.update(payload=canonical_text(one["payload"]), payload_sha256=one["payload_sha256"])
    return receive(sender, batch)


def silent_after_scope_change(sender: Authority, batch: BatchHeader) -> list[Json]:
    """Say yes to somebody who may not act any more, and keep nothing."""
    return receive(sender, batch) if sender.refusal is None else forged(batch)


_REMEMBERED: set[str] = set()


def forgets_the_client(sender: Authority, batch: BatchHeader) -> list[Json]:
    """Remember in the process which ids have been: the other process and the next one do not know them."""
    stored = {str(one) for one in Mutation.objects.filter(id__in=ids(batch.mutations)).values_list("id", flat=True)}
    forgotten = [one for one in batch.mutations if one["id"] in stored - _REMEMBERED]
    receive(sender, batch, under_new_ids(forgotten))
    _REMEMBERED.update(one["id"] for one in batch.mutations)
    return receive(sender, batch)


def quarantine_dropped(sender: Authority, batch: BatchHeader) -> list[Json]:
    """Say that a record is kept aside, and do not keep it."""
    outcomes = receive(sender, batch)
    Mutation.objects.filter(id__in=ids(batch.mutations), outcome="quarantined").delete()
    return outcomes


def silent_on_duplicates(sender: Authority, batch: BatchHeader) -> list[Json]:
    """Answer only what is new: whose first answer was lost, waits for ever."""
    return [one for one in receive(sender, batch) if one["outcome"] != "duplicate"]


def normalises(sender: Authority, batch: BatchHeader) -> list[Json]:
    """Tidy texts up before storing them: it is no longer what the officer wrote."""
    tidied = []
    for one in batch.mutations:
        payload = {key: f"{value}。" if key == "note" and value else value for key, value in one["payload"].items()}
        tidied.append({**one, "payload": payload, "payload_sha256": payload_sha256(payload)})
    announced = {one["id"]: one["payload_sha256"] for one in batch.mutations}
    outcomes = receive(sender, batch, tidied)
    for one in outcomes:
        if one["receipt"]:
            one["receipt"]["sha256"] = announced[one["id"]]
    return outcomes


WRONG: Mapping[str, Callable[[Authority, BatchHeader], list[Json]]] = {
    name.__name__: name
    for name in (
        check_then_insert, receipt_before_commit, unique_content, batch_fails_whole, error_for_invalid,
        last_writer_wins, silent_after_scope_change, forgets_the_client, quarantine_dropped, silent_on_duplicates,
        normalises,
    )
}  # fmt: skip


# --- mistakes below the views -----------------------------------------------------------------------------------------
def numbers_outside_the_transaction(changes: Sequence[Change]) -> list[int]:
    """Take the numbers in a transaction of their own: one that is taken back leaves a gap."""
    listed, numbers = list(changes), []
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as own:
        for change in listed:
            row = own.execute(
                "INSERT INTO sync_feedcounter AS c (unit_id, n) VALUES (%s, 1) ON CONFLICT (unit_id)"
                " DO UPDATE SET n = c.n + 1 RETURNING n",
                [change.unit_id],
            ).fetchone()
            numbers.append(int(row[0]) if row else 0)
    with connection.cursor() as cursor:
        for change, number in zip(listed, numbers, strict=True):
            cursor.execute(
                "INSERT INTO sync_feedentry (unit_id, n, type, record_id, version, op) VALUES (%s, %s, %s, %s, %s, %s)",
                [change.unit_id, number, change.type, change.id, change.version, change.op],
            )
    return numbers


def _append(changes: Sequence[Change]) -> list[int]:
    return (
        numbers_outside_the_transaction(changes) if bug() == "numbers_outside_the_transaction" else feed_append(changes)
    )


_EPOCH = UUID("00000000-0000-4000-8000-000000000001")
_epoch_id, _epoch_renew = pull.epoch_id, pull.epoch_renew


def _epoch() -> UUID:
    """Return one epoch for ever: phones never learn that the server was restored."""
    return _EPOCH if bug() == "epoch_survives_restore" else _epoch_id()


def _renewed() -> UUID:
    """Begin no new epoch either where a phone has seen numbers that the feed has lost."""
    return _EPOCH if bug() == "epoch_survives_restore" else _epoch_renew()


push.feed_append, pull.epoch_id, pull.epoch_renew = _append, _epoch, _renewed  # type: ignore[assignment]
BUGS = (*WRONG, "checkpoint_before_data", "numbers_outside_the_transaction", "epoch_survives_restore")
