"""Records that a phone sealed before its lock closed arrive like any other, once."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from backend.common.sealing import public_key
from backend.sync.models import Intake, Mutation
from geo.models import Premises
from tests.builders import batch, visit
from tests.conftest import codes_of, outcomes_of
from tests.sealing import altered, sealed
from tests.signing import SigningPhone
from visits.models import Visit

ClientOf = Callable[[Officer | None], APIClient]
SEALED = "/api/v1/sync/sealed"


@pytest.fixture
def phone(officer: Officer) -> SigningPhone:
    """A phone enrolled by the officer."""
    made = SigningPhone()
    made.enrolled(officer)
    return made


def copy_of(phone: SigningPhone, mutation: dict[str, Any], seq: int = 7) -> dict[str, Any]:
    """Return the mutation as the phone keeps it for the case that its lock never opens again."""
    aad = f"{phone.device}/{mutation['id']}"
    blob = sealed(public_key(), json.dumps(mutation).encode(), info="xunfang/outbox/1", aad=aad)
    return {"id": mutation["id"], "seq": seq, "sealed": blob}


def send(phone: SigningPhone, client: APIClient, *copies: dict[str, Any]) -> list[dict[str, Any]]:
    response = phone.request(client, "POST", SEALED, batch(copies, device=phone.device))
    assert response.status_code == 200, response.content
    outcomes: list[dict[str, Any]] = response.json()["outcomes"]
    return outcomes


def test_a_sealed_record_is_applied_with_its_id_and_hash(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    made = visit(door.id, note="门口有煤气味")
    [outcome] = send(phone, client_of(officer), copy_of(phone, made))
    assert (outcome["outcome"], outcome["receipt"]["sha256"]) == ("applied", made["payload_sha256"])
    assert Mutation.objects.get().seq == 7
    assert Visit.objects.get().note == "门口有煤气味"


def test_what_was_sent_openly_before_is_a_duplicate_and_the_other_way_round(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    first, second = visit(door.id), visit(door.id)
    client = client_of(officer)
    phone.push(client, first)
    assert outcomes_of(send(phone, client, copy_of(phone, first), copy_of(phone, second))) == ["duplicate", "applied"]
    assert outcomes_of(phone.push(client, second).json()["outcomes"]) == ["duplicate"]
    assert Visit.objects.count() == 2


def test_without_a_session_it_waits_in_quarantine_until_its_officer_signs_in_again(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    copy = copy_of(phone, visit(door.id))
    refused = send(phone, client_of(None), copy)
    assert (outcomes_of(refused), codes_of(refused)) == (["quarantined"], ["session_ended"])
    assert outcomes_of(send(phone, client_of(officer), copy)) == ["applied"]


def test_a_seal_that_does_not_open_is_kept_and_spoils_no_other(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    good, broken = copy_of(phone, visit(door.id)), copy_of(phone, visit(door.id))
    broken["sealed"] = altered(broken["sealed"])
    outcomes = send(phone, client_of(officer), broken, good)
    assert (outcomes_of(outcomes), codes_of(outcomes)) == (["quarantined", "applied"], ["envelope_invalid", None])
    assert broken["sealed"] in bytes(Intake.objects.get().body).decode()


def test_a_seal_of_another_device_or_another_record_does_not_open(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    other = SigningPhone()
    first, second = visit(door.id), visit(door.id)
    moved = copy_of(phone, first) | {"id": second["id"]}
    assert codes_of(send(phone, client_of(officer), copy_of(other, first), moved)) == ["envelope_invalid"] * 2
    assert not Visit.objects.exists()


def test_a_session_without_the_devices_signature_sends_nothing_sealed(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    body = batch([copy_of(phone, visit(door.id))], device=phone.device)
    response = client_of(officer).post(SEALED, body, format="json")
    assert (response.status_code, response.json()["code"]) == (401, "signature_required")


def test_what_is_no_batch_is_kept_byte_for_byte(phone: SigningPhone, client_of: ClientOf, officer: Officer) -> None:
    response = phone.request(client_of(officer), "POST", SEALED, b'{"device": 1}')
    assert (response.status_code, response.json()["code"]) == (400, "malformed_body")
    assert bytes(Intake.objects.get().body) == b'{"device": 1}'
