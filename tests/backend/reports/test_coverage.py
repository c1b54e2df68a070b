"""GET /api/v1/coverage/townships: what it says, to whom, and what it leaves unsaid."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import geopandas
import pytest
from rest_framework.test import APIClient

from backend.accounts.models import Device, Officer
from backend.reports.times import wire_time
from geo.models import Premises
from tests.backend.reports.conftest import DAY, aggregate, day_row
from tests.builders import dispute, dispute_event, visit
from tests.conftest import City
from tests.factories import NOON, CampaignFactory, PremisesFactory

Push = Callable[..., list[dict[str, Any]]]
Ask = Callable[..., dict[str, Any]]
Clients = Callable[[Officer | None], APIClient]

KEYS = {
    "code", "name", "county", "own", "households", "households_visited", "household_coverage", "enterprises",
    "enterprises_visited", "enterprise_coverage", "street_m", "street_m_covered", "street_m_unknown", "street_coverage",
    "patrol_km", "patrol_hours", "officer_deployments", "visits", "disputes_found", "disputes_resolved",
    "disputes_overdue", "last_visit_on", "revision", "as_of", "missing",
}  # fmt: skip


def test_it_is_a_feature_collection_with_the_contracts_keys(coverage: Ask, lead: Officer, city: City) -> None:
    answer = coverage(lead, "30d")

    assert answer["type"] == "FeatureCollection"
    assert answer["window"] == {"from": "2026-10-22", "to": "2026-11-20", "label": "30d"}
    assert (answer["part"], answer["as_of"]) == ("all", "2026-11-20")
    assert (answer["schematic_boundaries"], answer["attribution"]) == (True, "invented")
    assert {feature["id"] for feature in answer["features"]} == {city.township.pk, city.next_township.pk}
    assert all(set(feature["properties"]) == KEYS for feature in answer["features"])
    assert KEYS - {"code", "name", "county", "own", "as_of"} <= set(answer["totals"])


def test_a_visited_door_raises_its_townships_coverage(
    push: Push, figures_of: Ask, officer: Officer, door: Premises
) -> None:
    PremisesFactory(area=door.area)
    PremisesFactory(area=door.area, kind="enterprise", name="示范公司")
    push(officer, visit(door.id))

    figures = figures_of(officer, door.area)

    # Two households, one met; one enterprise, none.
    assert (figures["households"], figures["households_visited"], figures["household_coverage"]) == (2, 1, 0.5)
    assert (figures["enterprises"], figures["enterprises_visited"], figures["enterprise_coverage"]) == (1, 0, 0.0)
    assert figures["last_visit_on"] == "2026-11-20"


def test_without_any_door_the_coverage_is_null_and_not_zero(figures_of: Ask, lead: Officer, city: City) -> None:
    figures = figures_of(lead, city.township)

    assert (figures["households"], figures["household_coverage"]) == (0, None)
    assert (figures["street_coverage"], figures["last_visit_on"]) == (None, None)


def test_a_door_registered_after_the_first_day_counts_as_visited_and_not_in_the_share(
    push: Push, figures_of: Ask, officer: Officer, door: Premises
) -> None:
    new = PremisesFactory(area=door.area, active_from=DAY)
    push(officer, visit(new.id))

    figures = figures_of(officer, door.area)

    # The denominator is the one old door; the new one was visited, but 1/1 would be untrue.
    assert (figures["households"], figures["households_visited"], figures["household_coverage"]) == (1, 1, 0.0)


def test_a_door_that_ended_before_the_window_stands_in_no_denominator(
    figures_of: Ask, officer: Officer, door: Premises
) -> None:
    PremisesFactory(area=door.area, active_until=date(2026, 10, 22))  # the day after its last; the window's first day
    PremisesFactory(area=door.area, active_until=date(2026, 10, 23))
    PremisesFactory(area=door.area, active_from=None)  # proposed from the field, not approved

    assert figures_of(officer, door.area)["households"] == 2


def test_a_window_holds_both_its_ends_and_nothing_more(
    push: Push, figures_of: Ask, officer: Officer, door: Premises
) -> None:
    for days_ago in (0, 6, 7):
        push(officer, visit(door.id, at=NOON - timedelta(days=days_ago)))

    assert figures_of(officer, door.area, "7d")["visits"] == 2
    assert figures_of(officer, door.area, "2026-11-13..2026-11-13")["visits"] == 1
    assert figures_of(officer, door.area, "30d")["visits"] == 3
    assert figures_of(officer, door.area, "7d", as_of="2026-11-19")["visits"] == 2


def test_day_and_night_are_told_apart(push: Push, figures_of: Ask, officer: Officer, door: Premises) -> None:
    push(officer, visit(door.id), visit(door.id, "refused", at=NOON + timedelta(hours=8)))  # 20:00: night begins

    assert figures_of(officer, door.area, part="day")["visits"] == 1
    assert figures_of(officer, door.area, part="night")["visits"] == 1
    assert figures_of(officer, door.area, part="night")["households_visited"] == 0


def test_visited_never_exceeds_the_denominator_in_a_share(
    push: Push, coverage: Ask, analyst: Officer, officer: Officer, door: Premises
) -> None:
    doors = [door, *(PremisesFactory(area=door.area, active_from=DAY) for _ in range(3))]
    push(officer, *(visit(one.id) for one in doors))

    for feature in coverage(analyst)["features"]:
        share = feature["properties"]["household_coverage"]
        assert share is None or 0 <= share <= 1


def test_a_campaign_counts_by_its_frozen_list(push: Push, figures_of: Ask, officer: Officer, door: Premises) -> None:
    later = PremisesFactory(area=door.area)
    campaign = CampaignFactory(unit=officer.unit, frozen_at=NOON)
    campaign.denominator.add(door)
    push(officer, visit(door.id), visit(later.id))

    figures = figures_of(officer, door.area, f"campaign:{campaign.id}")

    assert (figures["households"], figures["households_visited"], figures["household_coverage"]) == (1, 2, 1.0)


def test_a_campaign_of_another_branch_is_no_window(client_of: Clients, officer: Officer, city: City) -> None:
    foreign = CampaignFactory(unit=city.far_station)

    response = client_of(officer).get("/api/v1/coverage/townships", {"window": f"campaign:{foreign.id}"})

    assert (response.status_code, response.json()["code"]) == (400, "window_invalid")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"window": "31d"}, "window_invalid"),
        ({"window": "2026-11-02..2026-11-01"}, "window_invalid"),
        ({"window": "20261101..20261102"}, "window_invalid"),
        ({"window": "2020-01-01..2026-01-01"}, "window_invalid"),
        ({"window": "campaign:x"}, "window_invalid"),
        ({"window": "campaign:00000000-0000-7000-8000-000000000000"}, "window_invalid"),
        ({"window": "{0}"}, "window_invalid"),
        ({"as_of": "yesterday"}, "window_invalid"),
        ({"part": "noon"}, "request_invalid"),
        ({"geometry": "some"}, "request_invalid"),
    ],
)
def test_a_wrong_question_gets_its_reason(client_of: Clients, lead: Officer, query: dict[str, str], code: str) -> None:
    response = client_of(lead).get("/api/v1/coverage/townships", query)

    assert (response.status_code, response.json()["code"]) == (400, code)
    assert response["Content-Type"] == "application/problem+json"


# --- who sees what ----------------------------------------------------------------------------------------------------
def test_each_account_sees_the_townships_of_its_scope(
    coverage: Ask, client_of: Clients, accounts: dict[str, Officer], city: City
) -> None:
    def seen(name: str) -> dict[str, bool]:
        features = coverage(accounts[name])["features"]
        return {feature["properties"]["code"]: feature["properties"]["own"] for feature in features}

    first, second, far = city.township.code, city.next_township.code, city.far_township.code
    assert seen("officer") == {first: True}
    assert seen("lead") == {first: True, second: False}
    assert seen("neighbour") == {second: True}
    assert seen("analyst") == {first: True, second: True, far: True}
    assert client_of(accounts["administrator"]).get("/api/v1/coverage/townships").status_code == 403
    assert client_of(None).get("/api/v1/coverage/townships").status_code == 401


def test_few_disputes_of_another_station_read_less_than_ten(
    push: Push, figures_of: Ask, coverage: Ask, lead: Officer, neighbour: Officer, analyst: Officer,
    foreign_door: Premises,
) -> None:  # fmt: skip
    push(neighbour, *(dispute(premises=foreign_door.id) for _ in range(9)))

    assert figures_of(lead, foreign_door.area)["disputes_found"] == "<10"
    assert figures_of(analyst, foreign_door.area)["disputes_found"] == 9
    # The total less the one other township would give it away.
    assert coverage(lead)["totals"]["disputes_found"] is None
    assert coverage(analyst)["totals"]["disputes_found"] == 9


def test_ten_disputes_of_another_station_are_shown(
    push: Push, figures_of: Ask, coverage: Ask, lead: Officer, neighbour: Officer, foreign_door: Premises
) -> None:
    push(neighbour, *(dispute(premises=foreign_door.id) for _ in range(10)))

    assert figures_of(lead, foreign_door.area)["disputes_found"] == 10
    assert figures_of(lead, foreign_door.area)["disputes_resolved"] == "<10"
    assert coverage(lead)["totals"]["disputes_found"] == 10


def test_own_disputes_are_never_hidden(push: Push, figures_of: Ask, lead: Officer, door: Premises) -> None:
    push(lead, dispute(premises=door.id))

    assert figures_of(lead, door.area)["disputes_found"] == 1


# --- disputes ---------------------------------------------------------------------------------------------------------
def test_resolved_is_counted_of_the_disputes_found_in_the_same_window(
    push: Push, figures_of: Ask, officer: Officer, door: Premises
) -> None:
    old, new = dispute(premises=door.id, at=NOON - timedelta(days=20)), dispute(premises=door.id)
    push(officer, old, new)
    for case in (old, new):
        agreement = {"form": "oral", "terms": "各退一步"}
        push(
            officer,
            dispute_event(case["record_id"], "registered"),
            dispute_event(case["record_id"], "resolved", agreement=agreement),
        )

    week = figures_of(officer, door.area, "7d")

    # Two were resolved this week, but only one of them was found this week: 1 of 1, never 2 of 1.
    assert (week["disputes_found"], week["disputes_resolved"]) == (1, 1)
    assert figures_of(officer, door.area, "30d")["disputes_resolved"] == 2


def test_an_open_dispute_is_overdue_after_its_deadline_whenever_it_was_found(
    push: Push, figures_of: Ask, officer: Officer, door: Premises
) -> None:
    # Found on 16 November, to be assigned within three days: by the 19th, overdue on the 20th.
    push(officer, dispute(premises=door.id, at=NOON - timedelta(days=4)))

    assert figures_of(officer, door.area, "7d")["disputes_overdue"] == 1
    assert figures_of(officer, door.area, "2026-11-20..2026-11-20")["disputes_overdue"] == 1
    assert figures_of(officer, door.area, "7d", as_of="2026-11-19")["disputes_overdue"] == 0


# --- what may be missing ----------------------------------------------------------------------------------------------
def test_announced_records_that_never_came_are_said(
    push: Push, figures_of: Ask, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id), made_total=4)

    missing = figures_of(officer, door.area)["missing"]

    assert [(one["kind"], one["count"]) for one in missing] == [("records_not_received", 3)]
    assert "3" in missing[0]["text"]


def test_a_phone_silent_for_more_than_three_days_is_said(
    push: Push, figures_of: Ask, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id))
    device = Device.objects.get()
    device.last_contact_at -= timedelta(days=3, minutes=1)
    device.save()

    kinds = {one["kind"]: one["count"] for one in figures_of(officer, door.area)["missing"]}

    assert kinds == {"devices_silent": 1}


def test_records_in_quarantine_are_said_where_they_wait_for_their_lead(
    push: Push, figures_of: Ask, neighbour: Officer, officer: Officer, door: Premises, city: City
) -> None:
    push(neighbour, visit(door.id))

    missing = figures_of(officer, city.township)["missing"]

    assert ("records_quarantined", 1) in [(one["kind"], one["count"]) for one in missing]


# --- forms of the answer ----------------------------------------------------------------------------------------------
def test_the_same_question_twice_costs_nothing_the_second_time(client_of: Clients, lead: Officer) -> None:
    client = client_of(lead)
    first = client.get("/api/v1/coverage/townships", {"geometry": "none"})

    second = client.get("/api/v1/coverage/townships", {"geometry": "none"}, headers={"If-None-Match": first["ETag"]})

    assert (second.status_code, second.content) == (304, b"")
    assert "private" in first["Cache-Control"]


def test_a_new_visit_changes_the_etag(push: Push, client_of: Clients, officer: Officer, door: Premises) -> None:
    client = client_of(officer)
    first = client.get("/api/v1/coverage/townships")
    push(officer, visit(door.id))

    again = client.get("/api/v1/coverage/townships", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again["ETag"] == first["ETag"]) == (200, False)


def test_boundaries_come_only_when_asked_for(coverage: Ask, lead: Officer, city: City) -> None:
    full = coverage(lead, geometry="full")["features"]
    assert {feature["geometry"]["type"] for feature in full} == {"MultiPolygon"}
    assert {feature["geometry"] for feature in coverage(lead, geometry="none")["features"]} == {None}


def test_the_csv_says_the_same_and_opens_in_excel(
    push: Push, client_of: Clients, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id))
    response = client_of(officer).get("/api/v1/coverage/townships.csv", {"as_of": DAY.isoformat()})

    assert response.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in response["Content-Disposition"]
    [row] = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
    assert (row["code"], row["visits"], row["household_coverage"]) == (door.area.code, "1", "1.0")
    assert (row["from"], row["to"], row["part"]) == ("2026-10-22", "2026-11-20", "all")


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_name_that_looks_like_a_formula_is_text_in_the_csv(
    client_of: Clients, officer: Officer, city: City, evil: str
) -> None:
    city.township.name = evil
    city.township.save()

    response = client_of(officer).get("/api/v1/coverage/townships.csv")

    [row] = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline=""))
    assert row["name"] == f"'{evil}"


def test_the_parquet_is_geoparquet_with_one_type_a_column(
    push: Push, client_of: Clients, lead: Officer, neighbour: Officer, foreign_door: Premises
) -> None:
    push(neighbour, dispute(premises=foreign_door.id))
    response = client_of(lead).get("/api/v1/coverage/townships.parquet", {"as_of": DAY.isoformat()})

    frame = geopandas.read_parquet(io.BytesIO(response.content)).set_index("code")

    assert frame.crs == "EPSG:4326" and len(frame) == 2
    hidden = frame.loc[foreign_door.area.code]
    assert hidden["hidden"] == "disputes_found,disputes_resolved,disputes_overdue"
    assert frame["disputes_found"].isna().tolist() == [False, True]


def test_the_answer_in_english_speaks_english(push: Push, client_of: Clients, officer: Officer, door: Premises) -> None:
    push(officer, visit(door.id), made_total=2)
    response = client_of(officer).get("/api/v1/coverage/townships", headers={"Accept-Language": "en"})

    assert response.json()["features"][0]["properties"]["missing"][0]["text"] == "1 records announced and not received"


def test_as_of_is_when_the_townships_days_were_last_counted(
    push: Push, figures_of: Ask, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id))
    # Nothing was ever aggregated: as of the day that was asked about.
    assert figures_of(officer, door.area)["as_of"] == "2026-11-20T00:00:00.000Z"

    aggregate()

    assert figures_of(officer, door.area)["as_of"] == wire_time(day_row(door.area).as_of)
