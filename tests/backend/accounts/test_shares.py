"""The server's part of a phone's lock: told to the enrolled device of a signed-in officer, and not without end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import Device, Officer
from backend.accounts.shares import ASKED, ASKED_WITHIN, share_of
from backend.common.problems import Problem
from tests.factories import new_id
from tests.signing import SigningPhone

ClientOf = Callable[[Officer | None], APIClient]
SHARE = "/api/v1/devices/share"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def phone(officer: Officer) -> SigningPhone:
    """A phone enrolled by the officer."""
    made = SigningPhone()
    made.enrolled(officer)
    return made


def ask(phone: SigningPhone, client: APIClient, **changed: Any) -> Any:
    return phone.request(client, "POST", SHARE, {"device": str(phone.device)} | changed)


def test_a_device_is_told_the_same_share_each_time_and_another_device_another(
    phone: SigningPhone, client_of: ClientOf, officer: Officer
) -> None:
    other = SigningPhone()
    other.enrolled(officer)
    first, again = ask(phone, client_of(officer)).json(), ask(phone, client_of(officer)).json()
    assert (first["share"], first["share_id"]) == (again["share"], again["share_id"])
    assert ask(other, client_of(officer)).json()["share"] != first["share"]


def test_no_cache_keeps_it(phone: SigningPhone, client_of: ClientOf, officer: Officer) -> None:
    assert ask(phone, client_of(officer))["Cache-Control"] == "no-store"


def test_without_a_session_of_its_officer_a_device_is_told_nothing(
    phone: SigningPhone, client_of: ClientOf, lead: Officer
) -> None:
    for client in (client_of(None), client_of(lead)):
        response = ask(phone, client)
        assert (response.status_code, response.json()["code"]) == (401, "session_ended")


def test_a_session_without_the_device_is_told_nothing(client_of: ClientOf, officer: Officer) -> None:
    response = client_of(officer).post(SHARE, {"device": str(new_id())}, format="json")
    assert (response.status_code, response.json()["code"]) == (401, "signature_required")


def test_a_device_asks_for_no_other(phone: SigningPhone, client_of: ClientOf, officer: Officer) -> None:
    response = ask(phone, client_of(officer), device=str(new_id()))
    assert (response.status_code, response.json()["code"]) == (401, "signature_required")


def test_a_revoked_device_is_told_nothing_more(phone: SigningPhone, client_of: ClientOf, officer: Officer) -> None:
    ask(phone, client_of(officer))
    Device.objects.update(revoked_at=NOW)
    response = ask(phone, client_of(officer))
    assert (response.status_code, response.json()["code"]) == (403, "device_revoked")


def test_twenty_questions_in_ten_minutes_and_then_a_pause(phone: SigningPhone, officer: Officer) -> None:
    device = Device.objects.get(id=phone.device)
    shares = {share_of(device, now=NOW).secret for _ in range(ASKED)}
    assert len(shares) == 1
    with pytest.raises(Problem) as refused:
        share_of(device, now=NOW + timedelta(minutes=9))
    assert (refused.value.code, refused.value.details["retry_after_s"]) == ("too_many_requests", 61)
    assert {share_of(device, now=NOW + ASKED_WITHIN).secret} == shares
