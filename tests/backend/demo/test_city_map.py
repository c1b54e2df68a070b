"""The demo's maps: real outlines with invented streets and doors, and a wholly real place."""

import pytest

from backend.demo.chance import stream
from backend.demo.cities import HELSINKI, YICHUN
from backend.demo.city_map import CityMap, city_map
from backend.demo.door_plan import doors_beside
from backend.demo.street_plan import plan_streets


@pytest.fixture(scope="module")
def yichun() -> CityMap:
    return city_map(YICHUN, seed=1, scale=0.05)


@pytest.fixture(scope="module")
def helsinki() -> CityMap:
    return city_map(HELSINKI, seed=1, scale=1.0)


def test_yichun_has_ten_counties_and_186_townships(yichun: CityMap) -> None:
    # The county file holds eleven outlines: the eleventh is the prefecture itself.
    assert (len(yichun.prefecture.frame), len(yichun.counties.frame), len(yichun.townships.frame)) == (1, 10, 186)


def test_streets_and_doors_lie_inside_their_township(yichun: CityMap) -> None:
    townships = yichun.townships.frame.set_index("code").geometry
    doors = yichun.doors.frame
    codes = doors["ref"].str.split("/").str[1]
    assert all(townships[code].contains(point) for code, point in zip(codes, doors.geometry, strict=True))
    streets = yichun.streets.frame
    codes = streets["ref"].str.split("/").str[1]
    assert set(codes) == set(YICHUN.central)
    assert all(townships[code].contains(line) for code, line in zip(codes, streets.geometry, strict=True))


def test_a_household_has_no_name_and_everything_says_that_it_is_invented(yichun: CityMap) -> None:
    doors = yichun.doors.frame
    assert set(doors.loc[doors["kind"] == "household", "name"]) == {""}
    assert doors.loc[doors["kind"] == "enterprise", "name"].str.contains("示例|演示|样板").all()


def test_doors_stand_eight_to_eighteen_metres_beside_their_street(yichun: CityMap) -> None:
    shape = yichun.townships.frame.to_crs(epsg=4547).set_index("code").geometry["360902001"]
    streets = plan_streets(shape, stream(1, "s"))
    doors = doors_beside(streets, code="c", township="镇", count=50, rng=stream(1, "d"))
    assert len(doors) == 50
    assert len({door.ref for door in doors}) == 50


def test_helsinki_is_the_whole_extract(helsinki: CityMap) -> None:
    # 1,460 points have a house number; 19 of them name no street and cannot be an address.
    assert (len(helsinki.streets.frame), len(helsinki.doors.frame), len(helsinki.townships.frame)) == (2510, 1441, 6)


def test_helsinkis_townships_cover_every_door_once(helsinki: CityMap) -> None:
    joined = helsinki.doors.frame.sjoin(helsinki.townships.frame, predicate="within")
    assert len(joined) == len(helsinki.doors.frame)


def test_the_same_seed_draws_the_same_map(yichun: CityMap) -> None:
    again = city_map(YICHUN, seed=1, scale=0.05)
    assert again.doors.frame.equals(yichun.doors.frame)
    assert again.streets.frame.equals(yichun.streets.frame)
