"""What a device learns of its officer at sign-in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from rest_framework.test import APIClient

from backend.accounts.models import Officer
from tests.conftest import City
from tests.factories import CampaignFactory, OfficerFactory

ClientOf = Callable[[Officer | None], APIClient]


def test_an_officer_learns_unit_townships_colleagues_and_the_city(
    client_of: ClientOf, officer: Officer, lead: Officer, city: City
) -> None:
    me = client_of(officer).get("/api/v1/me").json()
    assert me["officer"]["roles"] == ["officer"]
    assert me["unit"] == {"code": "S1", "name": "S1派出所", "kind": "station"}
    assert [area["code"] for area in me["areas"]] == [city.township.code]
    assert {one["id"] for one in me["colleagues"]} == {str(officer.id), str(lead.id)}
    assert (me["deployment"]["zone"], me["deployment"]["schematic_boundaries"]) == ("Asia/Shanghai", True)
    assert me["deployment"]["bounds"] == [114.0, 27.7, 114.3, 27.8]
    assert me["campaign"] is None


def test_a_campaign_of_the_bureau_reaches_every_station_while_it_runs(
    client_of: ClientOf, officer: Officer, city: City
) -> None:
    today = datetime.now(UTC).date()
    CampaignFactory(unit=city.bureau, starts_on=today - timedelta(days=40), ends_on=today - timedelta(days=10))
    running = CampaignFactory(unit=city.bureau, starts_on=today - timedelta(days=5), ends_on=today + timedelta(days=5))
    assert client_of(officer).get("/api/v1/me").json()["campaign"]["id"] == str(running.id)


def test_an_account_without_a_unit_or_city_still_learns_who_it_is(client_of: ClientOf, db: None) -> None:
    lonely = OfficerFactory(unit=None, roles=["administrator"])
    me = client_of(lonely).get("/api/v1/me").json()
    assert (me["unit"], me["deployment"], me["areas"]) == (None, None, [])
