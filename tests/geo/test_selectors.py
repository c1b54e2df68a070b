"""Geography is read in one place: the deployment, the city's day, the township of a point."""

from datetime import UTC, date, datetime

import pytest

from backend.accounts.models import Officer
from backend.common.problems import Problem
from geo import selectors
from geo.models import Premises
from tests.conftest import City
from tests.factories import AreaFactory, BeatFactory


def test_a_late_evening_in_utc_is_the_next_day_in_the_city(city: City) -> None:
    # 17:00 UTC is 01:00 of the next day in Asia/Shanghai.
    assert selectors.city_day(datetime(2026, 11, 20, 17, 0, tzinfo=UTC)) == date(2026, 11, 21)


def test_without_a_deployment_the_server_says_so(db: None) -> None:
    with pytest.raises(Problem) as refused:
        selectors.deployment()
    assert refused.value.code == "service_unavailable"


def test_a_held_deployment_is_read_once(city: City, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1), selectors.deployment_held():  # type: ignore[operator]
        assert selectors.deployment() == selectors.deployment() == city.deployment


def test_a_point_is_in_the_township_that_holds_it(city: City) -> None:
    assert selectors.township_at(114.05, 27.75) == city.township
    assert selectors.township_at(114.15, 27.75) == city.next_township


def test_a_point_in_the_sea_is_in_no_township(city: City) -> None:
    assert selectors.township_at(0.0, 0.0) is None


def test_a_township_of_another_edition_is_not_asked(city: City) -> None:
    AreaFactory(column=9, edition="1999")
    assert selectors.township_at(114.95, 27.75) is None


def test_a_branch_answers_for_the_townships_of_its_stations(city: City) -> None:
    assert list(selectors.townships_of_unit(city.branch)) == [city.township, city.next_township]
    assert selectors.primary_area(city.station) == city.township
    assert selectors.primary_area(city.bureau) is None


def test_a_door_is_placed_in_its_beat(city: City) -> None:
    beat = BeatFactory(area=city.township, unit=city.station)
    placed = selectors.placement_at(114.05, 27.75, city.station.id)
    assert placed is not None
    assert (placed.area, placed.beat, placed.border_uncertain) == (city.township, beat, False)


def test_a_door_a_hundred_metres_from_the_border_is_uncertain(city: City) -> None:
    # 0.001° of longitude at 27.75° north is 98 m.
    placed = selectors.placement_at(114.099, 27.75, city.station.id)
    assert placed is not None
    assert placed.border_uncertain


def test_an_officer_sees_the_doors_of_the_own_station_only(
    officer: Officer, door: Premises, foreign_door: Premises
) -> None:
    assert list(selectors.premises_in_scope(officer)) == [door]


def test_the_city_reaches_from_the_first_township_to_the_last(city: City) -> None:
    assert selectors.city_bounds() == pytest.approx((114.0, 27.7, 114.3, 27.8))
