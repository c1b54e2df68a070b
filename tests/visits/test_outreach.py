"""A law-outreach session is counted where it was held; who listened is not written down."""

from typing import Any

from backend.accounts.models import Officer
from tests.builders import mutation, outing
from tests.conftest import City, codes_of, outcomes_of
from visits.models import OutreachSession


def _session(**fields: Any) -> dict[str, Any]:
    return mutation("outreach.record", {"topic": "反诈宣传", "audience_count": 46, **fields})


def test_a_session_is_stored_in_the_township_of_its_place(push: Any, officer: Officer, city: City) -> None:
    place = {"lon": 114.05, "lat": 27.75, "accuracy_m": 8, "age_s": 1}
    assert outcomes_of(push(officer, _session(place=place), _session())) == ["applied", "applied"]
    found = OutreachSession.objects.all()
    assert {(one.area, one.audience_count, one.topic) for one in found} == {(city.township, 46, "反诈宣传")}


def test_a_session_of_an_outing_of_another_station_waits_with_the_reason(
    push: Any, officer: Officer, neighbour: Officer
) -> None:
    patrol_id, _, started = outing()
    push(neighbour, *started)
    assert codes_of(push(officer, _session(patrol=str(patrol_id)))) == ["patrol_unknown"]


def test_a_session_in_the_sea_waits_with_the_reason(push: Any, officer: Officer) -> None:
    place = {"lon": 0, "lat": 0, "accuracy_m": 8, "age_s": 1}
    assert codes_of(push(officer, _session(place=place))) == ["place_outside_city"]
