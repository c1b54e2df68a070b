"""A device is let in once, by a key of its own and, where the station wants it, by a lead's one-time code."""

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import close_old_connections, connection
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from backend.accounts.models import Device, EnrolmentCode, EnrolmentFailure, Officer
from tests.builders import batch, visit
from tests.conftest import City
from tests.factories import OfficerFactory, PremisesFactory, UnitFactory
from tests.signing import ENROL, PUSH, SigningPhone

ClientOf = Callable[[Officer | None], APIClient]
CODES = "/api/v1/devices/codes"


@pytest.fixture
def by_code(settings: Settings) -> None:
    settings.DEVICE_ENROLMENT = "code"


def answered(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def code_of(client: APIClient) -> str:
    """Return a new code of the lead whose session the client has."""
    code: str = client.post(CODES).json()["code"]
    return code


def test_a_phone_enrols_with_its_key_and_the_officers_session(client_of: ClientOf, officer: Officer) -> None:
    phone = SigningPhone()
    answer = phone.enrol(client_of(officer))
    assert answer.status_code == 201
    assert answer.json() | {"enrolled_at": None} == {
        "device": str(phone.device),
        "unit": "S1",
        "officer": str(officer.id),
        "enrolled_at": None,
    }
    known = Device.objects.get()
    assert (known.public_key, known.officer, known.unit) == (phone.public_key, officer, officer.unit)


def test_enrolling_again_with_the_same_key_changes_nothing(client_of: ClientOf, officer: Officer) -> None:
    phone, client = SigningPhone(), client_of(officer)
    first = phone.enrol(client).json()
    again = phone.enrol(client)
    assert (again.status_code, again.json()) == (200, first)


def test_the_store_of_one_officer_is_not_enrolled_for_another_who_is_signed_in_beside_it(
    client_of: ClientOf, officer: Officer, lead: Officer
) -> None:
    phone, client = SigningPhone(), client_of(lead)
    client.credentials(HTTP_X_OFFICER=str(officer.id))
    assert answered(phone.enrol(client)) == (401, "signed_in_as_another")
    assert not Device.objects.exists()


def test_a_device_that_was_known_by_its_pushes_gets_its_key(client_of: ClientOf, officer: Officer, city: City) -> None:
    phone, client = SigningPhone(), client_of(officer)
    door = PremisesFactory(area=city.township)
    client.post(PUSH, batch([visit(door.id)], device=phone.device), format="json")
    assert phone.enrol(client).status_code == 201
    assert phone.push(client, visit(door.id)).json()["outcomes"][0]["outcome"] == "applied"


def test_nobody_gives_another_key_to_a_known_device(client_of: ClientOf, officer: Officer, lead: Officer) -> None:
    phone = SigningPhone()
    phone.enrol(client_of(officer))
    other_key = SigningPhone(device=phone.device)
    assert answered(other_key.enrol(client_of(officer))) == (409, "device_key_known")
    assert answered(phone.enrol(client_of(lead))) == (409, "device_key_known")  # nor another officer
    assert Device.objects.get().public_key == phone.public_key


def test_a_revoked_device_does_not_come_back_under_its_id(client_of: ClientOf, officer: Officer) -> None:
    phone = SigningPhone()
    phone.enrolled(officer, revoked_at=datetime.now(UTC))
    assert answered(phone.enrol(client_of(officer))) == (403, "device_revoked")
    assert SigningPhone().enrol(client_of(officer)).status_code == 201


def test_enrolling_needs_a_signature_by_the_very_key_and_a_session(client_of: ClientOf, officer: Officer) -> None:
    phone, other = SigningPhone(), SigningPhone()
    unsigned = {"device": str(phone.device), "public_key": phone.public_key}
    client = client_of(officer)
    assert answered(client.post(ENROL, unsigned, format="json")) == (401, "signature_required")
    assert answered(phone.enrol(client, public_key=other.public_key)) == (401, "signature_invalid")
    assert answered(phone.enrol(client, device=str(other.device))) == (401, "signature_invalid")
    assert answered(phone.enrol(client_of(None))) == (401, "not_authenticated")
    assert not Device.objects.exists()


def of_another_curve() -> str:
    key = generate_private_key(SECP384R1()).public_key()
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


@pytest.mark.parametrize("public_key", ["", "AAAA", "not base64 at all", of_another_curve()])
def test_only_a_key_of_the_right_kind_is_stored(client_of: ClientOf, officer: Officer, public_key: str) -> None:
    answer = SigningPhone().enrol(client_of(officer), public_key=public_key)
    assert answered(answer) == (400, "request_invalid")
    assert [error["field"] for error in answer.json()["errors"]] == ["public_key"]


def test_an_officer_who_moved_takes_the_device_along_at_the_next_sign_in(
    client_of: ClientOf, officer: Officer, city: City
) -> None:
    phone = SigningPhone()
    phone.enrol(client_of(officer))
    officer.unit = city.next_station
    officer.save()
    assert phone.enrol(client_of(officer)).json()["unit"] == "S2"


# --- codes


def test_a_lead_makes_a_code_that_ends_in_ten_minutes_and_is_not_kept_in_clear(
    client_of: ClientOf, lead: Officer
) -> None:
    before = datetime.now(UTC)
    answer = client_of(lead).post(CODES)
    assert answer.status_code == 201
    made = answer.json()
    assert made["enrol_path"] == f"/#/enrol/{made['code']}"
    ends = datetime.fromisoformat(made["expires_at"])
    assert timedelta(minutes=9, seconds=50) < ends - before < timedelta(minutes=10, seconds=10)
    kept = EnrolmentCode.objects.get()
    assert made["code"].replace("-", "") not in repr(vars(kept)).upper()
    assert kept.unit == lead.unit


@pytest.mark.usefixtures("by_code")
def test_without_a_code_nobody_is_let_in_and_with_one_exactly_one_is(
    client_of: ClientOf, officer: Officer, lead: Officer
) -> None:
    client, phone = client_of(officer), SigningPhone()
    assert answered(phone.enrol(client)) == (403, "enrolment_code_needed")
    code = code_of(client_of(lead))
    assert phone.enrol(client, code=code).status_code == 201
    assert phone.enrol(client).status_code == 200  # known by now, and needs none
    assert answered(SigningPhone().enrol(client, code=code)) == (403, "enrolment_code_invalid")
    assert EnrolmentCode.objects.get().used_by_id == phone.device
    assert Device.objects.count() == 1


@pytest.mark.usefixtures("by_code")
def test_a_code_may_be_typed_in_small_letters_and_without_the_dash(
    client_of: ClientOf, officer: Officer, lead: Officer
) -> None:
    code = code_of(client_of(lead)).replace("-", " ").lower()
    assert SigningPhone().enrol(client_of(officer), code=code).status_code == 201


@pytest.mark.usefixtures("by_code")
def test_a_code_older_than_ten_minutes_lets_nobody_in(client_of: ClientOf, officer: Officer, lead: Officer) -> None:
    code = code_of(client_of(lead))
    EnrolmentCode.objects.update(expires_at=datetime.now(UTC))
    assert answered(SigningPhone().enrol(client_of(officer), code=code)) == (403, "enrolment_code_invalid")


@pytest.mark.usefixtures("by_code")
def test_a_code_of_another_station_lets_nobody_in_and_one_of_the_branch_does(
    client_of: ClientOf, officer: Officer, city: City
) -> None:
    for unit, status in ((city.next_station, 403), (city.branch, 201)):
        code = code_of(client_of(OfficerFactory(unit=unit, roles=["lead"])))
        assert SigningPhone().enrol(client_of(officer), code=code).status_code == status


@pytest.mark.usefixtures("by_code")
def test_an_officer_of_a_beat_team_uses_the_code_of_the_station(client_of: ClientOf, lead: Officer, city: City) -> None:
    walker = OfficerFactory(unit=UnitFactory(kind="beat_team", code="S1T1", parent=city.station))
    answer = SigningPhone().enrol(client_of(walker), code=code_of(client_of(lead)))
    assert (answer.status_code, answer.json()["unit"]) == (201, "S1")


def test_with_open_enrolment_a_code_that_is_shown_has_to_hold(client_of: ClientOf, officer: Officer) -> None:
    assert answered(SigningPhone().enrol(client_of(officer), code="AAAA-AAAA")) == (403, "enrolment_code_invalid")


@pytest.mark.usefixtures("by_code")
def test_after_five_wrong_codes_even_the_right_one_has_to_wait(
    client_of: ClientOf, officer: Officer, lead: Officer
) -> None:
    client, phone, code = client_of(officer), SigningPhone(), code_of(client_of(lead))
    for _ in range(5):
        assert answered(phone.enrol(client, code="AAAA-AAAA")) == (403, "enrolment_code_invalid")
    limited = phone.enrol(client, code=code)
    assert answered(limited) == (429, "too_many_requests")
    assert 0 < int(limited["Retry-After"]) <= 601
    # A colleague at the next desk is not kept waiting by that.
    assert SigningPhone().enrol(client_of(lead), code=code).status_code == 201
    EnrolmentFailure.objects.update(failed_at=datetime.now(UTC) - timedelta(minutes=11))
    assert phone.enrol(client, code=code_of(client_of(lead))).status_code == 201


def in_parallel(work: Callable[[Any], Any], items: list[Any]) -> list[Any]:
    def run(item: Any) -> Any:
        close_old_connections()
        try:
            return work(item)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(items)) as pool:
        return list(pool.map(run, items))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("by_code")
def test_of_six_phones_with_one_code_at_once_exactly_one_is_let_in(
    client_of: ClientOf, lead: Officer, city: City
) -> None:
    code = code_of(client_of(lead))
    clients = [client_of(OfficerFactory(unit=city.station)) for _ in range(6)]
    statuses = in_parallel(lambda client: SigningPhone().enrol(client, code=code).status_code, clients)
    assert sorted(statuses) == [201] + [403] * 5
    assert Device.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_enrolment_eight_times_at_once_makes_one_device(client_of: ClientOf, officer: Officer) -> None:
    phone = SigningPhone()
    clients = [client_of(officer) for _ in range(8)]
    statuses = in_parallel(lambda client: phone.enrol(client).status_code, clients)
    assert sorted(statuses) == [200] * 7 + [201]
    assert Device.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("by_code")
def test_guessing_in_parallel_gives_no_more_than_five_guesses(client_of: ClientOf, officer: Officer) -> None:
    clients = [client_of(officer) for _ in range(12)]
    statuses = in_parallel(lambda client: SigningPhone().enrol(client, code="AAAA-AAAA").status_code, clients)
    assert sorted(statuses) == [403] * 5 + [429] * 7
