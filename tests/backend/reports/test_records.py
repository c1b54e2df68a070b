"""The records behind a number: exactly as many as the number says, and only those one may open."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from backend.reports.figures import FIGURES, RECORD_FIGURES
from geo.models import Premises, UnitArea
from tests.backend.reports.conftest import DAY
from tests.builders import Json, dispute, dispute_event, mutation, outing, visit
from tests.conftest import City
from tests.factories import NOON, PremisesFactory, UnitFactory
from visits.models import Visit

Push = Callable[..., list[dict[str, Any]]]
Ask = Callable[..., Any]
Clients = Callable[[Officer | None], APIClient]
EVENING = NOON + timedelta(hours=9)


@pytest.fixture
def a_busy_fortnight(push: Push, officer: Officer, lead: Officer, door: Premises) -> Premises:
    """Visits of every kind, one corrected; an outing of two with a visit; disputes open, resolved and overdue."""
    firm = PremisesFactory(area=door.area, kind="enterprise", name="示范公司")
    patrol_id, _, steps = outing()
    steps[0] = mutation("patrol.start", {"kind": "street", "officers": [str(lead.id)]}, record_id=patrol_id, at=NOON)
    wrong = visit(door.id, at=NOON - timedelta(days=1))
    fixed = {"premises": str(door.id), "outcome": "refused", "corrects": wrong["record_id"], "reason": "点错了"}
    open_case, done_case = dispute(premises=door.id, at=NOON - timedelta(days=9)), dispute(premises=door.id)
    push(
        officer,
        *steps,
        visit(door.id, patrol=str(patrol_id)),
        visit(door.id, at=EVENING),
        visit(firm.id),
        visit(firm.id, "nobody_home", at=NOON - timedelta(days=2)),
        wrong,
        mutation("visit.correct", fixed, at=NOON),
        open_case,
        done_case,
        dispute_event(done_case["record_id"], "registered"),
        dispute_event(done_case["record_id"], "resolved", agreement={"form": "oral", "terms": "各退一步"}),
    )
    return door


# Outing: officer and lead; visits without an outing: the officer on the 18th, 19th and 20th.
EXPECTED = {
    "households_visited": 1,
    "enterprises_visited": 1,
    "visits": 5,
    "visits_met": 3,
    "officer_deployments": 5,
    "disputes_found": 2,
    "disputes_resolved": 1,
    "disputes_overdue": 1,
}


def test_every_figure_opens_to_exactly_as_many_records_as_it_says(
    a_busy_fortnight: Premises, figures_of: Ask, records_of: Ask, officer: Officer
) -> None:
    assert set(EXPECTED) == set(RECORD_FIGURES)
    for part in ("all", "day", "night"):
        figures = figures_of(officer, a_busy_fortnight.area, part=part)
        for code, expected in EXPECTED.items():
            listed = records_of(officer, a_busy_fortnight.area, code, part=part)
            assert len(listed) == figures.get(code, len(listed)), (code, part)
            assert part != "all" or len(listed) == expected, code


def test_pages_join_to_the_whole_without_a_record_lost_or_twice(
    a_busy_fortnight: Premises, records_of: Ask, officer: Officer
) -> None:
    for code in RECORD_FIGURES:
        whole = records_of(officer, a_busy_fortnight.area, code)
        assert records_of(officer, a_busy_fortnight.area, code, limit=1) == whole
        assert [one["occurred_at"] for one in whole] == sorted((one["occurred_at"] for one in whole), reverse=True)


def test_a_page_stays_whole_when_a_record_arrives_between_two_pages(
    push: Push, client_of: Clients, a_busy_fortnight: Premises, officer: Officer
) -> None:
    client, area = client_of(officer), a_busy_fortnight.area
    asked = {"figure": "visits", "as_of": DAY.isoformat(), "limit": 2}
    first = client.get(f"/api/v1/coverage/townships/{area.code}/records", asked).json()
    push(officer, visit(a_busy_fortnight.id, at=EVENING + timedelta(hours=1)))

    second = client.get(first["next"]).json()

    ids = [one["id"] for one in first["results"] + second["results"]]
    assert len(set(ids)) == len(ids) == 4


def test_a_record_says_what_where_and_when_and_tells_no_story(
    push: Push, records_of: Ask, officer: Officer, door: Premises
) -> None:
    sent = visit(door.id, "refused", note="隐秘的话")
    case = dispute(premises=door.id, summary="隐秘的话")
    push(officer, sent, case)

    [seen] = records_of(officer, door.area, "visits")
    [found] = records_of(officer, door.area, "disputes_found")

    assert seen == {
        "type": "visit", "id": sent["record_id"], "unit": "S1", "occurred_at": "2026-11-20T04:00:00.000Z",
        "title": door.address, "detail": "拒绝",
    }  # fmt: skip
    assert (found["type"], found["title"], found["detail"]) == ("dispute", "邻里", "已发现 · 2026-12-20")
    assert "隐秘" not in str([seen, found])


def test_the_rule_of_the_figure_stands_beside_its_records(client_of: Clients, officer: Officer, city: City) -> None:
    address = f"/api/v1/coverage/townships/{city.township.code}/records?figure=visits"

    assert client_of(officer).get(address).json()["rule"] == FIGURES["visits"].rule_zh
    english = client_of(officer).get(address, headers={"Accept-Language": "en"}).json()
    assert english["rule"] == FIGURES["visits"].rule_en


def test_records_outside_the_scope_are_not_there(
    push: Push, client_of: Clients, accounts: dict[str, Officer], door: Premises
) -> None:
    push(accounts["officer"], visit(door.id))
    address = f"/api/v1/coverage/townships/{door.area.code}/records?figure=visits&as_of={DAY}"

    status = {name: client_of(account).get(address).status_code for name, account in accounts.items()}

    # The neighbour's station is of the same branch: its lead would see the figure, nobody there sees the records.
    assert status == {"officer": 200, "lead": 200, "neighbour": 404, "analyst": 200, "administrator": 403}
    assert client_of(accounts["neighbour"]).get(address).json()["code"] == "not_found"
    assert client_of(None).get(address).status_code == 401


def test_a_lead_sees_the_figure_of_the_next_station_and_not_its_records(
    push: Push, figures_of: Ask, client_of: Clients, lead: Officer, neighbour: Officer, foreign_door: Premises
) -> None:
    push(neighbour, visit(foreign_door.id))

    assert figures_of(lead, foreign_door.area)["visits"] == 1
    address = f"/api/v1/coverage/townships/{foreign_door.area.code}/records?figure=visits"
    assert client_of(lead).get(address).status_code == 404


def test_in_a_shared_township_the_other_stations_records_are_counted_and_withheld(
    push: Push, client_of: Clients, figures_of: Ask, officer: Officer, door: Premises, city: City
) -> None:
    other = UnitFactory(code="S9", parent=city.branch)
    UnitArea.objects.create(unit=other, area=city.township, is_primary=False)
    push(officer, visit(door.id), visit(door.id, at=EVENING))
    Visit.objects.filter(occurred_at=EVENING).update(unit=other)

    page = client_of(officer).get(
        f"/api/v1/coverage/townships/{door.area.code}/records", {"figure": "visits", "as_of": DAY.isoformat()}
    )

    assert figures_of(officer, door.area)["visits"] == 2
    assert (len(page.json()["results"]), page.json()["withheld"]) == (1, 1)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "figure_unknown"),
        ({"figure": "household_coverage"}, "figure_unknown"),
        ({"figure": "visits", "window": "x"}, "window_invalid"),
        ({"figure": "visits", "limit": "0"}, "request_invalid"),
        ({"figure": "visits", "limit": "many"}, "request_invalid"),
        ({"figure": "visits", "part": "noon"}, "request_invalid"),
        ({"figure": "visits", "cursor": "ä"}, "cursor_invalid"),
        ({"figure": "visits", "cursor": "a"}, "cursor_invalid"),
    ],
)
def test_a_wrong_question_gets_its_reason(
    client_of: Clients, officer: Officer, city: City, query: Json, code: str
) -> None:
    response = client_of(officer).get(f"/api/v1/coverage/townships/{city.township.code}/records", query)

    assert (response.status_code, response.json()["code"]) == (400, code)


def test_a_township_that_does_not_exist_is_not_found(client_of: Clients, analyst: Officer) -> None:
    response = client_of(analyst).get("/api/v1/coverage/townships/999/records?figure=visits")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
