"""A device signs what it sends; its signature alone lets it send, and only a live session lets anybody read."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import close_old_connections, connection
from django.test import Client
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer
from rest_framework.test import APIClient

from backend.accounts.models import Device, Officer, SignatureNonce
from backend.accounts.tasks import forget_used_nonces
from backend.sync.models import Intake, Mutation, MutationVariant
from geo.models import Premises
from tests.builders import batch, visit
from tests.conftest import City, codes_of, outcomes_of
from tests.factories import DeviceFactory
from tests.signing import PULL, PUSH, SigningPhone, digest_of, nonce
from visits.models import Visit

ClientOf = Callable[[Officer | None], APIClient]
DECADE_S = 3650 * 86_400.0


@pytest.fixture
def phone(officer: Officer) -> SigningPhone:
    """A phone enrolled by the officer."""
    made = SigningPhone()
    made.enrolled(officer)
    return made


def answered(response: Any) -> tuple[int, str]:
    """Return status and code of a refusal."""
    return response.status_code, response.json()["code"]


def body_of(phone: SigningPhone, *mutations: Any) -> bytes:
    return json.dumps(batch(mutations, device=phone.device)).encode()


def send(client: Client, body: bytes, headers: dict[str, str]) -> Any:
    return client.generic("POST", PUSH, body, content_type="application/json", headers=headers)


@pytest.mark.parametrize("compressed", [False, True])
def test_a_signed_push_with_a_live_session_is_applied(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises, compressed: bool
) -> None:
    answer = phone.push(client_of(officer), visit(door.id), compressed=compressed)
    assert outcomes_of(answer.json()["outcomes"]) == ["applied"]


def test_a_signature_stands_in_for_the_csrf_token(phone: SigningPhone, officer: Officer, door: Premises) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(officer)
    body = body_of(phone, visit(door.id))
    assert send(browser, body, phone.sign("POST", PUSH, body)).status_code == 200


def test_a_session_token_beside_the_signature_is_a_live_session_too(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    signed_in = client_of(officer)
    token = signed_in.session.session_key
    assert token is not None
    pulled = phone.request(client_of(None), "GET", PULL, x_session_token=token)
    assert pulled.status_code == 200


# --- what is no signature of this device, or not of this request


@pytest.mark.parametrize(
    "changed",
    [
        {"alg": "hmac-sha256"},
        {"nonce": "short"},
        {"components": ("@method", "@path")},
        {"components": ("@method", "content-digest")},
        {"components": ("@path", "content-digest")},
        {"keyid": "not-a-device"},
        {"keyid": "00000000-0000-7000-8000-000000000000"},
    ],
    ids=lambda changed: next(iter(changed.items())).__str__(),
)
def test_a_signature_of_another_shape_or_device_is_refused_and_nothing_is_stored(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises, changed: dict[str, Any]
) -> None:
    body = body_of(phone, visit(door.id))
    answer = send(client_of(officer), body, phone.sign("POST", PUSH, body, **changed))
    assert answered(answer) == (401, "signature_invalid")
    assert answer["WWW-Authenticate"]
    assert (Mutation.objects.count(), SignatureNonce.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "headers",
    [
        {"Signature-Input": "", "Signature": ""},
        {"Signature-Input": "sig1", "Signature": "sig1=:AA==:"},
        {"Signature-Input": 'sig1=("@method");keyid=3', "Signature": "sig1=:AA==:"},
        {"Signature": "sig1=:AA==:"},
        {"Signature-Input": "\u00fc((((", "Signature": "sig1=:AA==:"},
    ],
)
def test_garbage_in_the_place_of_a_signature_is_a_clear_refusal(
    client_of: ClientOf, officer: Officer, headers: dict[str, str]
) -> None:
    assert answered(send(client_of(officer), b"{}", headers)) == (401, "signature_invalid")


def test_a_device_cannot_sign_for_another(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, lead: Officer, door: Premises
) -> None:
    thief = SigningPhone()
    thief.enrolled(lead)
    body = body_of(phone, visit(door.id))
    # with the victim's device id and the own key
    assert answered(send(client_of(lead), body, thief.sign("POST", PUSH, body, keyid=phone.device)))[0] == 401
    # with the own id and key over a batch that names the victim's device
    refused = send(client_of(lead), body, thief.sign("POST", PUSH, body))
    assert answered(refused) == (401, "signature_invalid")
    assert not Mutation.objects.exists()


def test_a_signature_for_another_address_or_method_does_not_hold(
    phone: SigningPhone, client_of: ClientOf, officer: Officer
) -> None:
    client = client_of(officer)
    for method, path in (("POST", PULL), ("GET", "/api/v1/me")):
        answer = client.get(PULL, headers=phone.sign(method, path))
        assert answered(answer) == (401, "signature_invalid")


@pytest.mark.parametrize("altered", ["body", "digest", "both", "cut", "unannounced"])
def test_whoever_alters_body_or_digest_on_the_way_is_noticed(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises, altered: str
) -> None:
    body = body_of(phone, visit(door.id, note="原文"))
    other = body_of(phone, visit(door.id, note="改了"))
    headers = phone.sign("POST", PUSH, body)
    if altered in ("digest", "both"):
        headers["Content-Digest"] = digest_of(other)
    if altered == "unannounced":  # signed as a request without a body
        headers = phone.sign("POST", PUSH)
    sent = {"body": other, "digest": body, "both": other, "cut": body[:-7], "unannounced": body}[altered]
    expected = (400, "digest_mismatch") if altered in ("body", "cut") else (401, "signature_invalid")
    assert answered(send(client_of(officer), sent, headers)) == expected
    assert (Mutation.objects.count(), Intake.objects.count()) == (0, 0)


def test_a_body_that_was_altered_goes_through_when_it_is_sent_again(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    body = body_of(phone, visit(door.id))
    client = client_of(officer)
    assert send(client, body[:-7], phone.sign("POST", PUSH, body)).status_code == 400
    again = send(client, body, phone.sign("POST", PUSH, body))
    assert outcomes_of(again.json()["outcomes"]) == ["applied"]


def test_a_signed_body_that_cannot_be_read_is_kept_though_nobody_is_signed_in(
    phone: SigningPhone, client_of: ClientOf, officer: Officer
) -> None:
    answer = phone.request(client_of(None), "POST", PUSH, b'{"device": ')
    assert answered(answer) == (400, "malformed_body")
    kept = Intake.objects.get()
    assert (bytes(kept.body), kept.officer) == (b'{"device": ', officer)


# --- replay and clock


def test_the_same_signature_a_second_time_is_refused(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    body = body_of(phone, visit(door.id))
    headers = phone.sign("POST", PUSH, body)
    client = client_of(officer)
    assert send(client, body, headers).status_code == 200
    assert answered(send(client, body, headers)) == (401, "signature_replayed")
    assert answered(send(client_of(None), body, headers)) == (401, "signature_replayed")


def test_two_devices_may_use_the_same_nonce(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, lead: Officer
) -> None:
    other = SigningPhone()
    other.enrolled(lead)
    same = nonce()
    for one, who in ((phone, officer), (other, lead)):
        assert client_of(who).get(PULL, headers=one.sign("GET", PULL, nonce=same)).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_eight_replays_in_parallel_exactly_one_gets_in(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    body = body_of(phone, visit(door.id))
    headers = phone.sign("POST", PUSH, body)
    clients = [client_of(officer) for _ in range(8)]

    def replay(client: APIClient) -> int:
        close_old_connections()
        try:
            return int(send(client, body, headers).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        statuses = sorted(pool.map(replay, clients))
    assert statuses == [200] + [401] * 7
    assert Visit.objects.count() == 1


@pytest.mark.parametrize("off_s", [DECADE_S, -DECADE_S, 400, -301])
def test_a_clock_off_by_ten_years_works_at_the_second_try(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises, off_s: float
) -> None:
    phone.clock_off_s = off_s
    client = client_of(officer)
    sent = visit(door.id, at=datetime.now(UTC) + timedelta(seconds=off_s))
    sent_at = datetime.now(UTC) + timedelta(seconds=off_s)
    first = phone.push(client, sent, sent_at=sent_at)
    assert answered(first) == (401, "signature_expired")
    phone.clock_off_s = 0  # corrected by the answer's Date header, which the web server writes
    second = phone.push(client, sent, sent_at=sent_at)
    assert outcomes_of(second.json()["outcomes"]) == ["applied"]
    assert abs((Visit.objects.get().occurred_at - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.parametrize("off_s", [DECADE_S, -DECADE_S])
def test_a_phone_finds_the_right_time_in_the_answer_that_refuses_it(
    live_server: LiveServer, phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises, off_s: float
) -> None:
    phone.clock_off_s = off_s
    body = body_of(phone, visit(door.id))
    cookie = f"sessionid={client_of(officer).cookies['sessionid'].value}"

    def over_the_wire() -> HTTPResponse:
        address = urlsplit(live_server.url)
        line = HTTPConnection(address.hostname or "", address.port)
        headers = phone.sign("POST", PUSH, body) | {"Cookie": cookie, "Content-Type": "application/json"}
        line.request("POST", PUSH, body, headers)
        return line.getresponse()

    refused = over_the_wire()
    assert (refused.status, json.loads(refused.read())["code"]) == (401, "signature_expired")
    servers_time = parsedate_to_datetime(refused.headers["Date"]).timestamp()
    phone.clock_off_s += servers_time - (time.time() + phone.clock_off_s)
    taken = over_the_wire()
    assert outcomes_of(json.loads(taken.read())["outcomes"]) == ["applied"]


@pytest.mark.parametrize("off_s", [200, -200])
def test_a_clock_off_by_less_than_five_minutes_is_right_enough(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, off_s: float
) -> None:
    phone.clock_off_s = off_s
    assert phone.pull(client_of(officer)).status_code == 200


def test_used_nonces_are_forgotten_once_their_signatures_are_too_old(
    phone: SigningPhone, client_of: ClientOf, officer: Officer
) -> None:
    phone.pull(client_of(officer))
    phone.pull(client_of(officer))
    young = SignatureNonce.objects.latest("seen_at")
    SignatureNonce.objects.exclude(pk=young.pk).update(seen_at=datetime.now(UTC) - timedelta(seconds=601))
    assert forget_used_nonces() == 1
    assert list(SignatureNonce.objects.all()) == [young]


# --- the right to send outlives the right to read


def signed_out(phone: SigningPhone, officer: Officer, client: APIClient, city: City) -> None:
    client.delete("/_allauth/browser/v1/auth/session")


def password_changed(phone: SigningPhone, officer: Officer, client: APIClient, city: City) -> None:
    officer.set_password("another-horse-battery")
    officer.save()


def deactivated(phone: SigningPhone, officer: Officer, client: APIClient, city: City) -> None:
    Officer.objects.filter(pk=officer.pk).update(is_active=False)


def revoked(phone: SigningPhone, officer: Officer, client: APIClient, city: City) -> None:
    Device.objects.filter(pk=phone.device).update(revoked_at=datetime.now(UTC))


def session_of_another(phone: SigningPhone, officer: Officer, client: APIClient, city: City) -> None:
    client.force_login(Officer.objects.get(username="neighbour"))


def moved_and_signed_out(phone: SigningPhone, officer: Officer, client: APIClient, city: City) -> None:
    Officer.objects.filter(pk=officer.pk).update(unit=city.next_station)
    client.logout()


ENDINGS = {
    signed_out: "session_ended",
    password_changed: "session_ended",
    session_of_another: "session_ended",
    deactivated: "officer_deactivated",
    moved_and_signed_out: "officer_moved",
    revoked: "device_revoked",
}


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
def test_what_the_phone_still_holds_is_kept_and_nothing_is_read(
    phone: SigningPhone,
    accounts: dict[str, Officer],
    client_of: ClientOf,
    officer: Officer,
    city: City,
    door: Premises,
    end: Callable[..., None],
) -> None:
    client = client_of(officer)
    held, applied_before = visit(door.id, note="未上传"), visit(door.id)
    assert outcomes_of(phone.push(client, applied_before).json()["outcomes"]) == ["applied"]
    end(phone, officer, client, city)

    outcomes = phone.push(client, held).json()["outcomes"]
    assert (outcomes_of(outcomes), codes_of(outcomes)) == (["quarantined"], [ENDINGS[end]])
    kept = Mutation.objects.get(id=held["id"])
    assert (kept.officer, kept.unit, kept.payload_sha256) == (officer, city.station, held["payload_sha256"])
    assert "未上传" in (kept.payload or "")
    assert Visit.objects.count() == 1
    # Its own earlier record is answered with its receipt, so that the phone can let it go.
    assert outcomes_of(phone.push(client, applied_before).json()["outcomes"]) == ["duplicate"]

    for path in (PULL, "/api/v1/me", "/api/v1/coverage/townships", "/tiles/townships/10/837/431.mvt"):
        answer = phone.request(client, "GET", path)
        assert answer.status_code in (401, 403), (path, answer.content)
        assert b"S1" not in answer.content


def test_a_refused_device_learns_nothing_of_the_records_of_other_devices(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, lead: Officer, door: Premises
) -> None:
    other = SigningPhone()
    other.enrolled(lead)
    theirs = visit(door.id)
    other.push(client_of(lead), theirs)
    altered = visit(door.id, note="改了") | {"id": theirs["id"]}
    for probe in (theirs, altered):
        (outcome,) = phone.push(client_of(None), probe).json()["outcomes"]
        assert (outcome["outcome"], outcome["problem"]["code"], outcome["receipt"]) == (
            "quarantined",
            "session_ended",
            None,
        )
    assert "改了" in MutationVariant.objects.get().raw  # kept all the same


def test_what_was_kept_because_nobody_was_signed_in_is_applied_after_the_next_sign_in(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    held = visit(door.id)
    assert codes_of(phone.push(client_of(None), held).json()["outcomes"]) == ["session_ended"]
    assert codes_of(phone.push(client_of(None), held).json()["outcomes"]) == ["session_ended"]
    assert outcomes_of(phone.push(client_of(officer), held).json()["outcomes"]) == ["applied"]
    assert (Visit.objects.count(), Mutation.objects.count()) == (1, 1)


def test_an_officer_who_has_moved_starts_anew_with_a_live_session_and_the_old_records_wait(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, city: City, door: Premises
) -> None:
    client = client_of(officer)
    cursor = phone.pull(client).json()["cursor"]
    phone.push(client, visit(door.id))
    cursor = phone.pull(client).json()["cursor"]
    officer.unit = city.next_station
    officer.save()
    path = f"{PULL}?cursor={cursor}"
    assert phone.request(client, "GET", path).json()["reset"] is True
    assert codes_of(phone.push(client, visit(door.id)).json()["outcomes"]) == ["officer_moved"]
    assert phone.enrol(client).status_code == 200
    outcomes = phone.push(client, visit(door.id)).json()["outcomes"]
    assert codes_of(outcomes) == ["premises_of_another_unit"]
    assert Device.objects.get().unit == city.next_station


def test_an_officer_without_the_role_any_more_loses_no_record(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    officer.roles = ["analyst"]
    officer.save()
    outcomes = phone.push(client_of(officer), visit(door.id)).json()["outcomes"]
    assert codes_of(outcomes) == ["not_allowed"]
    assert Mutation.objects.count() == 1


def test_records_said_to_be_of_somebody_else_are_not_taken_under_this_name(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, lead: Officer, door: Premises
) -> None:
    body = body_of(phone, visit(door.id))
    headers = phone.sign("POST", PUSH, body) | {"X-Officer": str(lead.id)}
    assert answered(send(client_of(officer), body, headers)) == (401, "signed_in_as_another")


# --- who has to sign


def test_an_unsigned_push_under_the_id_of_a_device_with_a_key_is_refused(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    answer = client_of(officer).post(PUSH, batch([visit(door.id)], device=phone.device), format="json")
    assert answered(answer) == (401, "signature_required")
    assert not Mutation.objects.exists()


def test_an_unsigned_push_does_not_take_over_the_device_of_somebody_else(
    client_of: ClientOf, officer: Officer, lead: Officer, door: Premises
) -> None:
    device = DeviceFactory(officer=officer)
    answer = client_of(lead).post(PUSH, batch([visit(door.id)], device=device.id), format="json")
    assert outcomes_of(answer.json()["outcomes"]) == ["applied"]
    device.refresh_from_db()
    assert (device.officer, device.made_total) == (officer, 0)


def test_a_revoked_device_without_a_key_gets_nothing_applied(
    client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    device = DeviceFactory(officer=officer, revoked_at=datetime.now(UTC))
    answer = client_of(officer).post(PUSH, batch([visit(door.id)], device=device.id), format="json")
    assert codes_of(answer.json()["outcomes"]) == ["device_revoked"]


@pytest.fixture
def by_code(settings: Settings) -> None:
    settings.DEVICE_ENROLMENT = "code"


@pytest.mark.usefixtures("by_code")
def test_with_enrolment_by_code_only_enrolled_devices_send_and_read(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, lead: Officer, door: Premises
) -> None:
    client = client_of(officer)
    assert answered(client.post(PUSH, batch([visit(door.id)]), format="json")) == (401, "signature_required")
    assert answered(client.get(PULL)) == (403, "device_not_enrolled")
    assert Device.objects.count() == 1  # no push made a second one
    assert outcomes_of(phone.push(client, visit(door.id)).json()["outcomes"]) == ["applied"]
    assert phone.pull(client).status_code == 200
    assert answered(phone.pull(client_of(lead)))[0] == 401  # with the session of somebody else


@pytest.mark.usefixtures("by_code")
def test_a_session_bound_at_enrolment_reads_without_signing(
    phone: SigningPhone, client_of: ClientOf, officer: Officer
) -> None:
    client = client_of(officer)
    assert phone.enrol(client).status_code == 200
    assert client.get(PULL).status_code == 200
