"""Recorder apps: paired by their officer, heard with their secret; a position stays only inside an outing."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from backend.recorders.models import HeldFix, Recorder
from backend.recorders.services import fixes_join_all
from backend.sync.models import FeedEntry
from patrol.models import FixBlock
from tests.builders import fixes, mutation, outing
from tests.conftest import City, outcomes_of

Push = Callable[..., list[dict[str, Any]]]
ClientOf = Callable[[Officer | None], APIClient]
START = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
LON, LAT = 114.05, 27.75


@pytest.fixture(autouse=True)
def quiet_limits() -> None:
    """Forget who has sent how often before this test."""
    cache.clear()


@pytest.fixture
def pair(client_of: ClientOf, officer: Officer, city: City) -> Callable[..., dict[str, Any]]:
    """A function that pairs an app for an officer and returns what the officer is shown."""

    def made(app: str = "owntracks", of: Officer = officer) -> dict[str, Any]:
        response = client_of(of).post("/api/v1/recorders", {"app": app}, format="json")
        assert response.status_code == 201, response.content
        shown: dict[str, Any] = response.json()
        return shown

    return made


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def tell(recorder: dict[str, Any], *minutes: float, secret: str | None = None, **fields: Any) -> Any:
    """Let OwnTracks tell where it is, so many minutes after START."""
    messages = [
        {"_type": "location", "lat": LAT, "lon": LON + minute / 1e5, "tst": at(minute).timestamp(), "acc": 8, **fields}
        for minute in minutes
    ]
    return post(recorder, json.dumps(messages), secret=secret)


def post(recorder: dict[str, Any], body: str, secret: str | None = None) -> Any:
    """Let OwnTracks post a body with its name and secret."""
    basic = base64.b64encode(f"{recorder['username']}:{secret or recorder['secret']}".encode()).decode()
    return APIClient().post(
        "/api/v1/recorders/owntracks",
        body.encode(),
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Basic {basic}",
    )


def walk(push: Push, officer: Officer, *, minutes: float = 30) -> None:
    """Let an outing of the officer arrive whole."""
    _, _, mutations = outing(start=START, minutes=minutes)
    assert set(outcomes_of(push(officer, *mutations))) == {"applied"}


def minutes_stored() -> list[float]:
    """Return the minutes after START of every stored fix."""
    times = sorted(t for ts in FixBlock.objects.values_list("t_ms", flat=True) for t in ts)
    return [round((t / 1000 - START.timestamp()) / 60, 3) for t in times]


def test_the_secret_is_told_once_and_only_its_hash_is_kept(
    pair: Callable[..., dict[str, Any]], client_of: ClientOf, officer: Officer
) -> None:
    made = pair()
    (row,) = client_of(officer).get("/api/v1/recorders").json()["results"]
    assert (row["id"], row["app"], row["last_seen_at"]) == (made["id"], "owntracks", None)
    assert made["secret"] not in json.dumps(row)
    assert made["secret"] not in repr(Recorder.objects.values_list().get())


def test_owntracks_is_set_up_by_a_link(pair: Callable[..., dict[str, Any]]) -> None:
    made = pair()
    link = urlsplit(made["config_url"])
    told = json.loads(base64.b64decode(parse_qs(link.query)["inline"][0]))
    assert (link.scheme, link.path, told["_type"], told["mode"]) == ("owntracks", "/config", "configuration", 3)
    assert (told["url"], told["username"], told["password"]) == (made["endpoint"], made["username"], made["secret"])
    assert made["endpoint"] == "http://testserver/api/v1/recorders/owntracks"


def test_traccar_client_is_set_up_by_the_address_in_a_qr_code(pair: Callable[..., dict[str, Any]]) -> None:
    made = pair("traccar")
    address, _, query = made["config_url"].partition("?")
    assert address == made["endpoint"] == "http://testserver/api/v1/recorders/osmand"
    assert parse_qs(query)["id"] == [made["secret"]]


def test_what_owntracks_tells_during_an_outing_becomes_a_block_of_the_leg_that_runs_then(
    pair: Callable[..., dict[str, Any]], push: Push, officer: Officer
) -> None:
    patrol_id, first_leg, (start, leg, end) = outing(start=START)
    second = mutation("patrol.leg", {"patrol": str(patrol_id), "mode": "ebike"}, at=at(10))
    push(officer, start, leg, second, end)
    answer = tell(pair(), 1, 2, 11)
    assert (answer.status_code, answer.json()) == (200, [])
    assert fixes_join_all(now=at(31)) == 3
    blocks = {str(block.leg_id): block for block in FixBlock.objects.all()}
    assert [len(blocks[leg_id].t_ms) for leg_id in (str(first_leg), second["record_id"])] == [2, 1]
    block = blocks[str(first_leg)]
    assert (block.source, block.unit, block.author, block.accuracy_m) == ("owntracks", officer.unit, officer, [8, 8])
    assert not HeldFix.objects.exists()
    assert FeedEntry.objects.filter(type="fix_block").count() == 2


def test_positions_outside_every_outing_wait_sealed_and_are_dropped_with_their_count(
    pair: Callable[..., dict[str, Any]], push: Push, officer: Officer, client_of: ClientOf
) -> None:
    walk(push, officer, minutes=30)
    tell(pair(), -1, 0, 30, 31)
    assert fixes_join_all(now=at(31)) == 2
    assert minutes_stored() == [0, 30]
    # What waits for another outing can be read by nobody who has only the database.
    assert HeldFix.objects.count() == 2
    assert not any(str(LAT) in one for one in HeldFix.objects.values_list("sealed", flat=True))
    HeldFix.objects.update(received_at=at(0))
    fixes_join_all(now=at(0) + timedelta(hours=48, seconds=1))
    assert not HeldFix.objects.exists()
    assert client_of(officer).get("/api/v1/recorders").json()["results"][0]["dropped_count"] == 2
    assert minutes_stored() == [0, 30]


def test_positions_that_come_before_their_outing_join_it_when_the_phone_has_a_network_again(
    pair: Callable[..., dict[str, Any]], push: Push, officer: Officer
) -> None:
    tell(pair(), 5, 6)
    assert fixes_join_all(now=at(6)) == 0
    walk(push, officer)
    assert fixes_join_all(now=at(40)) == 2
    assert minutes_stored() == [5, 6]


def test_an_outing_that_ends_earlier_than_its_recorder_keeps_nothing_from_after_its_end(
    pair: Callable[..., dict[str, Any]], push: Push, officer: Officer
) -> None:
    _, _, (start, leg, end) = outing(start=START, minutes=30)
    push(officer, start, leg)
    tell(pair(), 29, 45)
    assert fixes_join_all(now=at(46)) == 2  # nobody knows of the end yet
    push(officer, end)
    assert minutes_stored() == [29]
    assert FixBlock.objects.get().outside_count == 1


def paused(end: dict[str, Any], *minutes: tuple[float, float]) -> dict[str, Any]:
    """Return the end of an outing that had been paused so (from, to)."""
    pauses = [[round(at(minute).timestamp() * 1000) for minute in pause] for pause in minutes]
    return mutation("patrol.end", {**end["payload"], "pauses": pauses}, record_id=UUID(end["record_id"]), at=at(30))


def test_of_a_pause_nothing_is_kept_though_the_recorder_went_on(
    pair: Callable[..., dict[str, Any]], push: Push, officer: Officer
) -> None:
    _, leg_id, (start, leg, end) = outing(start=START)
    phones = fixes(leg_id, [(LON, LAT)] * 3, start=at(9), every_s=60)
    recorder = pair()
    push(officer, start, leg, phones)
    tell(recorder, 9, 10, 19, 20)
    assert fixes_join_all(now=at(21)) == 4  # nobody knows of the pause yet
    push(officer, paused(end, (10, 20), (25, 26)))
    assert minutes_stored() == [9, 9, 20]
    assert sum(FixBlock.objects.values_list("outside_count", flat=True)) == 4
    tell(recorder, 15, 24, 25, 26)
    assert fixes_join_all(now=at(40)) == 2
    assert minutes_stored() == [9, 9, 20, 24, 26]


def test_the_same_message_sent_twice_is_stored_once_before_and_after_it_joined(
    pair: Callable[..., dict[str, Any]], push: Push, officer: Officer
) -> None:
    recorder = pair()
    walk(push, officer)
    tell(recorder, 5)
    tell(recorder, 5, 6)
    fixes_join_all(now=at(40))
    tell(recorder, 5, 6, 7)
    fixes_join_all(now=at(41))
    assert minutes_stored() == [5, 6, 7]


def test_a_recorder_joins_no_outing_of_a_colleague(
    pair: Callable[..., dict[str, Any]], push: Push, officer: Officer, lead: Officer
) -> None:
    walk(push, lead)
    tell(pair(), 5)
    assert fixes_join_all(now=at(40)) == 0
    assert not FixBlock.objects.exists()


def test_what_is_not_a_position_is_answered_like_one_so_that_the_app_goes_on(
    pair: Callable[..., dict[str, Any]],
) -> None:
    recorder = pair()
    bodies = ["", "   ", "{", '{"_type": "lwt"}', '{"_type": "encrypted", "data": "AAAA"}', "[[[[", "[" * 100_000]
    assert [post(recorder, body).status_code for body in bodies] == [200] * len(bodies)
    row = Recorder.objects.get()
    assert (row.unreadable_count, HeldFix.objects.count()) == (3, 0)
    assert row.last_seen_at is not None


def test_a_position_from_the_future_is_not_held(pair: Callable[..., dict[str, Any]]) -> None:
    post(pair(), json.dumps({"_type": "location", "lat": LAT, "lon": LON, "tst": 4_000_000_000}))
    assert (HeldFix.objects.count(), Recorder.objects.get().dropped_count) == (0, 1)


@pytest.mark.parametrize("wrong", ["wrong", ""])
def test_a_wrong_secret_is_refused(pair: Callable[..., dict[str, Any]], wrong: str) -> None:
    recorder = pair()
    answer = post({**recorder, "secret": wrong}, "{}")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert APIClient().post("/api/v1/recorders/owntracks", b"{}", content_type="application/json").status_code == 401
    assert post({**recorder, "username": "xf-00000000"}, "{}").status_code == 401


def test_the_secret_of_one_app_does_not_open_the_other(pair: Callable[..., dict[str, Any]]) -> None:
    made = pair("traccar")
    assert post(made, "{}").status_code == 401


def test_a_revoked_recorder_is_refused_and_what_it_had_sent_is_gone(
    pair: Callable[..., dict[str, Any]], client_of: ClientOf, officer: Officer, lead: Officer
) -> None:
    recorder = pair()
    tell(recorder, 1, 2)
    assert client_of(lead).delete(f"/api/v1/recorders/{recorder['id']}").status_code == 404
    assert client_of(officer).delete(f"/api/v1/recorders/{recorder['id']}").json() == {"id": recorder["id"]}
    assert not HeldFix.objects.exists()
    assert tell(recorder, 3).status_code == 401
    assert client_of(officer).get("/api/v1/recorders").json()["results"] == []


def test_the_recorder_of_a_deactivated_officer_is_refused(
    pair: Callable[..., dict[str, Any]], officer: Officer
) -> None:
    recorder = pair()
    officer.is_active = False
    officer.save()
    assert tell(recorder, 1).status_code == 401


def test_nobody_sees_the_recorders_of_another_officer(
    pair: Callable[..., dict[str, Any]], client_of: ClientOf, lead: Officer
) -> None:
    pair()
    assert client_of(lead).get("/api/v1/recorders").json()["results"] == []


@pytest.mark.parametrize("account", ["analyst", "administrator"])
def test_who_does_no_field_work_pairs_no_recorder(
    client_of: ClientOf, accounts: dict[str, Officer], account: str
) -> None:
    assert client_of(accounts[account]).post("/api/v1/recorders", {"app": "traccar"}, format="json").status_code == 403


def test_traccar_client_may_send_by_query_by_form_and_by_json(
    pair: Callable[..., dict[str, Any]], push: Push, officer: Officer
) -> None:
    walk(push, officer)
    secret = pair("traccar")["secret"]
    client, address = APIClient(), "/api/v1/recorders/osmand"
    fix = {"id": secret, "lat": LAT, "lon": LON, "accuracy": 6}
    coords = {"latitude": LAT, "longitude": LON, "accuracy": 5, "speed": -1, "heading": -1}
    body = {"location": {"timestamp": at(4).isoformat(), "coords": coords, "extras": {}}, "device_id": secret}
    answers = [
        client.get(address, {**fix, "timestamp": int(at(1).timestamp())}),
        client.post(f"{address}?id={secret}&lat={LAT}&lon={LON}&timestamp={int(at(2).timestamp())}"),
        client.post(address, {**fix, "timestamp": at(3).isoformat()}),
        client.post(address, body, format="json"),
        client.get(address, {"id": secret, "timestamp": 1377177267, "cell": "257,02,16,2224"}),
    ]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert fixes_join_all(now=at(40)) == 4
    assert minutes_stored() == [1, 2, 3, 4]
    assert set(FixBlock.objects.values_list("source", flat=True)) == {"traccar"}
    assert client.get(address, {"lat": 60.0, "lon": 30.0}).status_code == 401


def test_a_recorder_that_sends_without_end_is_told_to_wait(pair: Callable[..., dict[str, Any]], settings: Any) -> None:
    settings.RECORDER_RATE = "2/m"
    recorder = pair()
    answers = [tell(recorder, minute) for minute in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (answers[2].json()["code"], HeldFix.objects.count()) == ("too_many_requests", 2)
    assert int(answers[2]["Retry-After"]) > 0


def test_who_guesses_secrets_is_told_to_wait_and_recorders_at_the_same_address_are_not(
    pair: Callable[..., dict[str, Any]], settings: Any
) -> None:
    settings.RECORDER_FAILURE_RATE = "2/m"
    recorder = pair()
    assert [tell(recorder, 1, secret="guess").status_code for _ in range(3)] == [401, 401, 429]
    assert tell(recorder, 1).status_code == 200


def test_a_body_that_is_too_large_is_refused(pair: Callable[..., dict[str, Any]], settings: Any) -> None:
    settings.RECORDER_MAX_BODY_BYTES = 100
    assert post(pair(), " " * 101).status_code == 413
