"""The feed of a unit is numbered 1..N without a gap, and a phone gets exactly what its user may see."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from backend.sync.cursor import Cursor, read_cursor, write_cursor
from backend.sync.models import FeedEpoch
from backend.sync.registry import PRESENTERS
from geo.models import Premises
from tests.builders import dispute, dispute_event, fixes, mutation, outing, visit
from tests.conftest import City, outcomes_of
from tests.factories import OfficerFactory, UnitFactory, new_id

Push = Callable[..., list[dict[str, Any]]]
Pull = Callable[..., list[dict[str, Any]]]
ClientOf = Callable[[Officer | None], APIClient]


@pytest.mark.parametrize("limit", [1, 2, 3, 500])
def test_pages_of_any_size_give_every_number_once_and_in_order(
    push: Push, pull: Pull, officer: Officer, door: Premises, limit: int
) -> None:
    push(officer, *[visit(door.id, "nobody_home") for _ in range(3)])
    changes = pull(officer, limit)
    # 3 visits at the same instant; only the first moves the door's last visit: 4 changes
    assert [change["n"] for change in changes] == [1, 2, 3, 4]
    assert sorted(change["type"] for change in changes) == ["premises", "visit", "visit", "visit"]


def test_a_phone_that_has_everything_gets_nothing_and_may_ask_again(
    push: Push, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id))
    client = client_of(officer)
    page = client.get("/api/v1/sync/pull").json()
    again = client.get("/api/v1/sync/pull", {"cursor": page["cursor"]}).json()
    assert (again["changes"], again["has_more"], again["reset"]) == ([], False, False)
    assert again["epoch"] == page["epoch"]


def test_every_type_of_record_has_a_presenter_and_arrives(
    push: Push, pull: Pull, officer: Officer, door: Premises
) -> None:
    patrol_id, leg_id, (start, leg, end) = outing()
    dispute_id = new_id()
    observed = mutation("patrol.observe", {"patrol": str(patrol_id), "category": "order", "text": "路灯坏"})
    state = {"action": "change_state", "premises": str(door.id), "state": "vacant", "base": {"state": "active"}}
    seen = visit(door.id)
    photo = {"record": seen["record_id"], "kind": "photo", "media_type": "image/jpeg", "size_bytes": 5}
    photo["sha256"] = "0" * 64
    push(
        officer, start, leg, fixes(leg_id, [(114.05, 27.75), (114.0501, 27.75)]),
        observed, end, seen,
        dispute(record_id=dispute_id, premises=door.id), dispute_event(dispute_id, "registered"),
        mutation("premises.propose", state), mutation("outreach.record", {"topic": "反诈宣传"}),
        mutation("attachment.declare", photo),
    )  # fmt: skip
    changes = pull(officer)
    assert {change["type"] for change in changes} == set(PRESENTERS)
    assert all(change["op"] == "put" and change["record"]["id"] == change["id"] for change in changes)


def test_no_pull_ever_holds_an_officers_track(push: Push, client_of: ClientOf, officer: Officer, city: City) -> None:
    _, leg_id, (start, leg, end) = outing()
    push(officer, start, leg, fixes(leg_id, [(114.0512345, 27.75), (114.0512399, 27.75)]), end)
    assert b"114.05123" not in client_of(officer).get("/api/v1/sync/pull").content


def test_a_neighbour_gets_nothing_of_our_station(
    push: Push, pull: Pull, officer: Officer, neighbour: Officer, door: Premises
) -> None:
    push(officer, visit(door.id, note="只有本所能看"))
    assert pull(neighbour) == []


def test_a_cursor_of_another_epoch_answers_reset(
    push: Push, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id))
    client = client_of(officer)
    cursor = client.get("/api/v1/sync/pull").json()["cursor"]
    FeedEpoch.objects.all().delete()  # as a restore does
    page = client.get("/api/v1/sync/pull", {"cursor": cursor}).json()
    assert (page["reset"], page["changes"], page["has_more"]) == (True, [], True)  # there is everything to fetch
    assert len(client.get("/api/v1/sync/pull", {"cursor": page["cursor"]}).json()["changes"]) == 2


def test_a_cursor_naming_a_unit_outside_the_scope_answers_reset_and_no_record(
    push: Push, client_of: ClientOf, officer: Officer, neighbour: Officer, door: Premises
) -> None:
    push(officer, visit(door.id))
    cursor = client_of(officer).get("/api/v1/sync/pull", {"limit": 1}).json()["cursor"]
    page = client_of(neighbour).get("/api/v1/sync/pull", {"cursor": cursor}).json()
    assert (page["reset"], page["changes"]) == (True, [])


@pytest.mark.parametrize("text", ["x", "bm90IGpzb24", "W10", "WzEsMl0", "W251bGwsbnVsbF0", "😀"])
def test_a_cursor_that_we_did_not_write_is_a_clear_error(client_of: ClientOf, officer: Officer, text: str) -> None:
    response = client_of(officer).get("/api/v1/sync/pull", {"cursor": text})
    assert (response.status_code, response.json()["code"]) == (400, "cursor_invalid")


@pytest.mark.parametrize("limit", ["0", "501", "-1", "many"])
def test_a_limit_out_of_range_is_a_clear_error(client_of: ClientOf, officer: Officer, limit: str) -> None:
    response = client_of(officer).get("/api/v1/sync/pull", {"limit": limit})
    assert (response.status_code, response.json()["code"]) == (400, "request_invalid")


def test_a_cursor_survives_being_written_and_read() -> None:
    cursor = Cursor(new_id(), {"S1": 7, "派出所": 0})
    assert read_cursor(write_cursor(cursor)) == cursor


def test_an_officer_of_a_beat_team_works_with_the_records_of_its_station(
    push: Push, pull: Pull, client_of: ClientOf, officer: Officer, city: City, door: Premises
) -> None:
    team = UnitFactory(kind="beat_team", code="S1T1", parent=city.station)
    walker = OfficerFactory(unit=team)
    push(officer, visit(door.id))
    assert outcomes_of(push(walker, visit(door.id, officers=[str(officer.id)]))) == ["applied"]
    assert [change["unit"] for change in pull(walker)] == ["S1"] * len(pull(officer))
    me = client_of(walker).get("/api/v1/me").json()
    assert (me["unit"]["kind"], [area["code"] for area in me["areas"]]) == ("beat_team", [city.township.code])


def test_the_feed_of_a_doors_former_unit_still_showed_it(
    push: Push, pull: Pull, officer: Officer, city: City, door: Premises
) -> None:
    push(officer, visit(door.id))
    Premises.objects.update(unit=city.next_station, area=city.next_township)
    (change,) = [change for change in pull(officer) if change["type"] == "premises"]
    assert (change["op"], change["record"]) == ("retract", None)


def test_no_record_tells_the_key_of_its_unit(push: Push, pull: Pull, officer: Officer, door: Premises) -> None:
    push(officer, visit(door.id))
    assert [change["type"] for change in pull(officer) if "unit_id" in change["record"]] == []


def test_a_cursor_nested_deeper_than_python_reads_is_a_clear_error(client_of: ClientOf, officer: Officer) -> None:
    deep = base64.urlsafe_b64encode(b"[" * 3000).decode()
    assert client_of(officer).get("/api/v1/sync/pull", {"cursor": deep}).json()["code"] == "cursor_invalid"
