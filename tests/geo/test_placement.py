"""A point is given its township and beat once, by geometry; near a border it says so."""

import geopandas
import pandas
import shapely

from geo.placement import place_points

METRIC = 3067
# Two townships of 1 km by 1 km side by side; the eastern one has the lower code. One beat: the south of the western.
TOWNSHIPS = geopandas.GeoDataFrame(
    {"area_id": [1, 2], "code": ["b", "a"]},
    geometry=[shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)],
    crs=METRIC,
)
BEATS = geopandas.GeoDataFrame(
    {"beat_id": ["south"], "unit_id": ["station"], "area_id": [1], "name": ["第一"]},
    geometry=[shapely.box(0, 0, 1000, 500)],
    crs=METRIC,
)


def placed(*points: tuple[float, float]) -> pandas.DataFrame:
    series = geopandas.GeoSeries([shapely.Point(*point) for point in points], crs=METRIC)
    return place_points(series, TOWNSHIPS, BEATS)


def test_a_point_inside_is_in_its_township_and_beat() -> None:
    (row,) = placed((500, 400)).to_dict("records")
    assert row == {"area_id": 1, "border_uncertain": False, "beat_id": "south", "beat_unit_id": "station"}


def test_a_point_outside_every_beat_has_none() -> None:
    assert placed((500, 700))["beat_id"].to_list() == [None]


def test_a_point_on_the_shared_border_belongs_to_the_lower_code() -> None:
    (row,) = placed((1000, 500)).to_dict("records")
    assert row["area_id"] == 2
    assert row["border_uncertain"]


def test_a_point_within_two_hundred_metres_of_a_border_is_uncertain() -> None:
    # 200 m from the western edge counts as near, 201 m does not; both are at least 400 m from every other edge.
    assert placed((200, 500), (201, 500))["border_uncertain"].to_list() == [True, False]


def test_a_point_in_the_sea_has_no_township_and_no_doubt() -> None:
    (row,) = placed((5000, 5000)).to_dict("records")
    assert row == {"area_id": None, "border_uncertain": False, "beat_id": None, "beat_unit_id": None}


def test_a_beat_of_another_township_is_not_taken() -> None:
    overlapping = BEATS.set_geometry([shapely.box(0, 0, 2000, 500)])
    point = geopandas.GeoSeries([shapely.Point(1500, 200)], crs=METRIC)
    assert place_points(point, TOWNSHIPS, overlapping)["beat_id"].to_list() == [None]


def test_no_points_give_no_rows() -> None:
    assert list(place_points(geopandas.GeoSeries([], crs=METRIC), TOWNSHIPS, BEATS)["area_id"]) == []
