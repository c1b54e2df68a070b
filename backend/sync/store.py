"""SHELL: how mutations, devices and unreadable things are written down; every insert decides by constraint."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from backend.accounts.models import Device, Officer, Unit
from backend.common.rows_json import rows_json
from backend.sync.judging import Judged
from backend.sync.models import Intake, Mutation, MutationVariant
from backend.sync.wire import BatchHeader, Envelope, Unreadable, storable_text

if TYPE_CHECKING:
    from backend.sync.push import Sender

_STORE = """
    INSERT INTO sync_mutation (id, unit_id, officer_id, device_id, seq, kind, record_id, recorded_at, clock_skew_s,
                               received_at, payload, payload_sha256, outcome, attempts)
    SELECT id, %s, %s, %s, seq, kind, record_id, recorded_at, %s, %s, payload, payload_sha256, 'received', 0
    FROM json_to_recordset(%s) AS sent (id uuid, seq bigint, kind text, record_id uuid, recorded_at timestamptz,
                                        payload text, payload_sha256 text)
    ON CONFLICT (id) DO NOTHING
    RETURNING id
"""
# One statement: of two deliveries at once only one inserts, and only that one counts.
_COUNT_BROUGHT = """
    WITH new AS (INSERT INTO sync_alsobrought (mutation_id, device_id) VALUES (%s, %s)
                 ON CONFLICT DO NOTHING RETURNING device_id)
    UPDATE accounts_device AS d SET received_total = received_total + 1 FROM new WHERE d.id = new.device_id
"""
_COUNT = "UPDATE accounts_device SET received_total = received_total + %s WHERE id = %s"
_CLOSE = """
    UPDATE sync_mutation AS m
    SET outcome = c.outcome, problem = c.problem::jsonb, unit_id = c.unit_id, feed_number = c.feed_number,
        attempts = m.attempts + 1, payload = CASE WHEN c.drops_payload THEN NULL ELSE m.payload END
    FROM json_to_recordset(%s) AS c (id uuid, outcome text, problem text, unit_id uuid, feed_number bigint,
                                     drops_payload bool)
    WHERE m.id = c.id
"""


_SENT = {"id", "seq", "kind", "record_id", "recorded_at", "payload_sha256"}

# One statement, so that two first pushes of one device at once cannot both try to make it. A device stays its
# officer's; batches overtake each other, so that a smaller count is an older one.
_CONTACT = """
    INSERT INTO accounts_device AS d (id, unit_id, officer_id, public_key, app_version, made_total, enrolled_at,
                                      last_contact_at)
    VALUES (%s, %s, %s, '', %s, %s, %s, %s)
    ON CONFLICT (id) DO UPDATE SET app_version = excluded.app_version, last_contact_at = excluded.last_contact_at,
                                   made_total = greatest(d.made_total, excluded.made_total)
    WHERE d.officer_id = excluded.officer_id
"""


# Verdicts that a later delivery may overturn: the copy on the way was altered, what the record names came after it, or
# the officer has signed in again since.
REJUDGED = (
    "session_ended",
    "payload_hash_mismatch",
    "premises_unknown",
    "patrol_unknown",
    "leg_unknown",
    "visit_unknown",
    "dispute_unknown",
    "reference_unknown",
)


_STORED_COLUMNS = (
    "kind",
    "record_id",
    "payload_sha256",
    "outcome",
    "problem",
    "unit__code",
    "feed_number",
    "received_at",
    "device_id",
)


@dataclass(frozen=True)
class Stored:
    """What the receipt of a stored mutation needs, in the order of `_STORED_COLUMNS`."""

    kind: str
    record_id: UUID
    payload_sha256: str
    outcome: str
    problem: Any
    unit_code: str
    feed_number: int | None
    received_at: datetime
    device_id: UUID


@dataclass(frozen=True)
class Closing:
    """What is written down about a judged mutation."""

    mutation_id: UUID
    judged: Judged
    unit_id: UUID
    feed_number: int | None
    drops_payload: bool


def device_contact(*, officer: Officer, unit: Unit, batch: BatchHeader, at: datetime) -> Device:
    """Return the sending device, registered at its first contact, with this contact written down.

    With DEVICE_ENROLMENT=open the first push registers a device; with `code` only enrolled ones come as far as here.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CONTACT, [batch.device, unit.id, officer.id, batch.app_version, batch.made_total, at, at])
    return Device(id=batch.device, unit=unit, officer=officer)


def mutations_store(envelopes: Iterable[Envelope], *, sender: "Sender", rejudge: bool = True) -> dict[UUID, int]:
    """Store mutations that are not stored yet; return those that wait for judgement with their earlier attempts.

    Sorted by id, so that two batches holding the same mutations wait for each other in one order. A row that another
    transaction is just inserting makes this statement wait for that commit, and then counts as stored. Waiting are new
    mutations, those whose handler broke, and with `rejudge` refused ones that a second delivery may heal (REJUDGED).
    """
    rows = sorted(envelopes, key=lambda envelope: envelope.id)
    if not rows:
        return {}
    sent = rows_json(e.model_dump(include=_SENT) | {"payload": e.text} for e in rows)
    fixed: list[Any] = [sender.unit.id, sender.officer.id, sender.device.id, sender.clock_skew_s, sender.received_at]
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [*fixed, sent])
        new = {mutation_id: 0 for (mutation_id,) in cursor.fetchall()}
        if new:
            cursor.execute(_COUNT, [len(new), sender.device.id])
    known = {e.id: e for e in rows if e.id not in new}
    return new | (_known_waiting(known, sender=sender, rejudge=rejudge) if known else {})


def _known_waiting(known: Mapping[UUID, Envelope], *, sender: "Sender", rejudge: bool) -> dict[UUID, int]:
    undecided = Q(outcome="received")
    if rejudge:
        undecided |= Q(outcome="quarantined", problem__code__in=REJUDGED)
    waiting = Mutation.objects.select_for_update().filter(undecided, id__in=list(known)).order_by("id")
    found = [row for row in waiting if row.payload_sha256 == known[row.id].payload_sha256]
    for row in found:
        _payload_mend(row, known[row.id].text, sender=sender)
    return {row.id: row.attempts for row in found}


def _payload_mend(row: Mutation, text: str, *, sender: "Sender") -> None:
    """Put what came now in the place of an altered payload under the same announced hash; keep the altered one too."""
    if row.payload in (None, text):
        return
    altered_sha256 = hashlib.sha256(row.payload.encode()).hexdigest()
    _variant_keep(row.id, altered_sha256, row.payload, at=row.received_at, sender=sender)
    Mutation.objects.filter(pk=row.pk).update(payload=text)


def mutations_close(closings: Sequence[Closing]) -> None:
    """Write the verdicts of judged mutations down in one statement."""
    if not closings:
        return
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, [rows_json(_closing_row(one) for one in closings)])


def _closing_row(closing: Closing) -> dict[str, Any]:
    verdict = closing.judged.verdict
    return {
        "id": closing.mutation_id,
        "outcome": "received" if verdict == "retry" else verdict,
        "problem": _problem_text(closing.judged),
        "unit_id": closing.unit_id,
        "feed_number": closing.feed_number,
        "drops_payload": closing.drops_payload,
    }


def stored_by_id(ids: Iterable[UUID]) -> dict[UUID, Stored]:
    """Return what is known of stored mutations, by id."""
    rows = Mutation.objects.filter(id__in=list(ids)).values_list("id", *_STORED_COLUMNS)
    return {mutation_id: Stored(*columns) for mutation_id, *columns in rows}


def also_brought_note(mutation_id: UUID, *, sender: "Sender") -> None:
    """Count a stored mutation for the sending device too; a second time changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_BROUGHT, [mutation_id, sender.device.id])


def variant_store(envelope: Envelope, *, sender: "Sender") -> None:
    """Keep another content that came under a known id beside the first; a repeat of it changes nothing."""
    raw = storable_text(envelope.model_dump(mode="json"))
    _variant_keep(envelope.id, envelope.payload_sha256, raw, at=sender.received_at, sender=sender)


def _variant_keep(mutation_id: UUID, sha256: str, raw: str, *, at: datetime, sender: "Sender") -> None:
    variant = MutationVariant(
        mutation_id=mutation_id,
        unit=sender.unit,
        device=sender.device,
        payload_sha256=sha256,
        received_at=at,
        raw=raw,
    )
    MutationVariant.objects.bulk_create([variant], ignore_conflicts=True)


def unreadable_store(one: Unreadable, *, sender: "Sender") -> None:
    """Keep a mutation whose envelope cannot be read, as the text it came in."""
    body = json.dumps(one.raw, ensure_ascii=True, sort_keys=True).encode()
    _intake(body, why=str(one.problem), officer=sender.officer, at=sender.received_at, device_ref=str(sender.device.id))


def body_store(body: bytes, *, officer: Officer, at: datetime, content_type: str, why: str) -> int:
    """Keep a request body that cannot be read, byte for byte; return the number it is kept under."""
    return _intake(body, why=why, officer=officer, at=at, content_type=content_type)


def _intake(body: bytes, *, why: str, officer: Officer, at: datetime, **columns: Any) -> int:
    sha256 = hashlib.sha256(body).hexdigest()
    row = Intake(body=body, body_sha256=sha256, why=why, officer=officer, unit=officer.unit, received_at=at, **columns)
    Intake.objects.bulk_create([row], ignore_conflicts=True)  # the same garbage sent again is kept once
    return Intake.objects.values_list("id", flat=True).get(body_sha256=sha256, officer=officer)


def _problem_text(judged: Judged) -> str | None:
    return None if judged.problem is None else json.dumps(judged.problem.as_json())
