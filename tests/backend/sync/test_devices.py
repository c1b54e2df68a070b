"""A lead sees every phone of the unit, what it made and what of it came, and can lock it out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import Device, Officer
from geo.models import Premises
from tests.builders import mutation, visit
from tests.conftest import City, codes_of
from tests.factories import DeviceFactory, OfficerFactory, new_id
from tests.signing import PULL, SigningPhone

ClientOf = Callable[[Officer | None], APIClient]
DEVICES = "/api/v1/devices"


@pytest.fixture
def phone(officer: Officer, client_of: ClientOf) -> SigningPhone:
    """A phone enrolled by the officer."""
    made = SigningPhone()
    made.enrolled(officer)
    return made


def row_of(client: APIClient, phone: SigningPhone) -> dict[str, Any]:
    (row,) = [one for one in client.get(DEVICES).json()["results"] if one["id"] == str(phone.device)]
    return dict(row)


def revoke(client: APIClient, device_id: Any, reason: str = "丢失") -> Any:
    return client.post(f"{DEVICES}/{device_id}/revoke", {"reason": reason}, format="json")


def test_a_lead_sees_what_a_phone_made_what_came_and_what_is_still_on_it(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, lead: Officer, door: Premises
) -> None:
    sent = [visit(door.id), visit(new_id()), mutation("teleport", {})]
    phone.push(client_of(officer), *sent, made_total=5)
    phone.push(client_of(officer), *sent, made_total=5)  # the same again counts once
    row = row_of(client_of(lead), phone)
    assert row["officer"] == {"id": str(officer.id), "name": officer.name, "badge_number": officer.badge_number}
    assert row["unit"] == {"code": "S1", "name": "S1派出所"}
    counts = {name: row[name] for name in row if name.endswith("_total")}
    assert counts == {"made_total": 5, "received_total": 3, "waiting_total": 2, "quarantined_total": 2}
    assert row["has_key"]
    last = datetime.fromisoformat(row["last_contact_at"])
    assert abs(datetime.now(UTC) - last) < timedelta(minutes=1)
    assert (row["revoked_at"], row["revoked_reason"]) == (None, "")


def test_asking_for_changes_is_a_contact_too(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, lead: Officer
) -> None:
    assert row_of(client_of(lead), phone)["last_contact_at"] is None
    phone.pull(client_of(officer))
    assert row_of(client_of(lead), phone)["last_contact_at"] is not None


def test_a_lead_sees_the_own_unit_and_below_and_nothing_beside_it(
    client_of: ClientOf, lead: Officer, neighbour: Officer, officer: Officer, city: City
) -> None:
    own, beside = DeviceFactory(officer=officer), DeviceFactory(officer=neighbour, app_version="canary7f3a9c")
    listed = client_of(lead).get(DEVICES)
    assert [one["id"] for one in listed.json()["results"]] == [str(own.id)]
    assert "canary7f3a9c" not in listed.content.decode()
    branch_lead = OfficerFactory(unit=city.branch, roles=["lead"])
    assert {one["id"] for one in client_of(branch_lead).get(DEVICES).json()["results"]} == {
        str(own.id),
        str(beside.id),
    }
    foreign = revoke(client_of(lead), beside.id)
    assert (foreign.status_code, foreign.json()["code"]) == (404, "not_found")
    assert foreign.json() == revoke(client_of(lead), new_id()).json()  # it is as if there were none
    beside.refresh_from_db()
    assert beside.revoked_at is None


def test_revoking_needs_a_reason_and_keeps_the_first_one(
    phone: SigningPhone, client_of: ClientOf, lead: Officer
) -> None:
    client = client_of(lead)
    for nothing in ("", "   ", "x" * 201):
        assert revoke(client, phone.device, nothing).status_code == 400
    row = revoke(client, phone.device, "丢失").json()
    assert row["revoked_reason"] == "丢失"
    assert row["revoked_at"] is not None
    assert revoke(client, phone.device, "别的").json() == row
    assert Device.objects.get(id=phone.device).revoked_by == lead


@pytest.mark.parametrize("how", ["cookie", "token", "signed"])
def test_the_session_of_a_revoked_device_reads_nothing_more_from_the_next_request_on(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, lead: Officer, how: str
) -> None:
    client = client_of(officer)
    assert phone.enrol(client).status_code == 200
    token = client.session.session_key
    assert token is not None
    ways: dict[str, Callable[[str], Any]] = {
        "cookie": client.get,
        "token": lambda path: client_of(None).get(path, headers={"x-session-token": token}),
        "signed": lambda path: phone.request(client, "GET", path),
    }
    assert ways[how](PULL).status_code == 200
    assert revoke(client_of(lead), phone.device).status_code == 200
    for path in (PULL, "/api/v1/me", "/api/v1/coverage/townships", "/tiles/townships/10/837/431.mvt"):
        answer = ways[how](path)
        assert (answer.status_code, answer.json()["code"]) == (403, "device_revoked"), path


def test_a_thief_gets_no_new_device_out_of_the_session_of_the_revoked_one(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, lead: Officer
) -> None:
    client = client_of(officer)
    phone.enrol(client)
    revoke(client_of(lead), phone.device)
    fresh = SigningPhone()
    answer = fresh.enrol(client)
    assert (answer.status_code, answer.json()["code"]) == (403, "device_revoked")
    fresh.enrolled(officer)
    assert fresh.pull(client).status_code == 401


def test_the_officers_other_phone_goes_on_reading(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, lead: Officer
) -> None:
    other, client = SigningPhone(), client_of(officer)
    other.enrol(client)
    revoke(client_of(lead), phone.device)
    assert client.get(PULL).status_code == 200
    assert other.pull(client).status_code == 200


def test_what_a_revoked_phone_still_holds_arrives_in_quarantine_and_is_counted(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, lead: Officer, door: Premises
) -> None:
    revoke(client_of(lead), phone.device)
    outcomes = phone.push(client_of(officer), visit(door.id), made_total=1).json()["outcomes"]
    assert codes_of(outcomes) == ["device_revoked"]
    row = row_of(client_of(lead), phone)
    assert (row["received_total"], row["quarantined_total"], row["waiting_total"]) == (1, 1, 0)
