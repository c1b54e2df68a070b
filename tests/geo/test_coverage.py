"""Which street pieces a track passed, which lie within reach of a gap, and which neither."""

from datetime import date
from itertools import pairwise

import geopandas
import numpy as np
import pandas as pd
from shapely.geometry import LineString, box

from geo.coverage import areas_of_points, street_coverage

ON = date(2026, 11, 20)
SEGMENT = ["x0_m", "y0_m", "x1_m", "y1_m"]
GAP = ["ax_m", "ay_m", "bx_m", "by_m", "reach_m"]


def street(*ends: tuple[float, float], start: int = 0) -> geopandas.GeoDataFrame:
    """Return a straight street cut into pieces of 20 m, numbered from `start`."""
    line = LineString(ends)
    cuts = np.arange(0, line.length + 1, 20)
    points = [line.interpolate(cut) for cut in cuts]
    lines = [LineString([a, b]) for a, b in pairwise(points)]
    return geopandas.GeoDataFrame(geometry=lines, index=pd.RangeIndex(start, start + len(lines)), crs="EPSG:4547")


def track(*rows: tuple[float, float, float, float], part: str = "day") -> pd.DataFrame:
    return pd.DataFrame(rows, columns=SEGMENT).assign(on=ON, part=part)


def gaps(*rows: tuple[float, float, float, float, float], part: str = "day") -> pd.DataFrame:
    return pd.DataFrame(rows, columns=GAP).assign(on=ON, part=part)


def pieces_of(found: pd.DataFrame, state: str) -> list[int]:
    return found.loc[found["state"] == state, "piece"].tolist()


def test_a_street_walked_from_end_to_end_is_passed_whole() -> None:
    found = street_coverage(track((0, 3, 200, 3)), gaps(), street((0, 0), (200, 0)))
    assert pieces_of(found, "passed") == list(range(10))
    assert pieces_of(found, "unknown") == []


def test_half_a_street_walked_is_half_passed() -> None:
    # To x = 100 m, and 25 m of buffer beyond: the piece 100–120 lies in it whole, 120–140 with a quarter.
    found = street_coverage(track((0, 0, 100, 0)), gaps(), street((0, 0), (200, 0)))
    assert pieces_of(found, "passed") == [0, 1, 2, 3, 4, 5]


def test_a_street_fifty_metres_away_is_not_passed() -> None:
    assert street_coverage(track((0, 50, 200, 50)), gaps(), street((0, 0), (200, 0))).empty


def test_a_crossing_street_counts_with_the_pieces_that_lie_in_the_buffer() -> None:
    # The track crosses at x = 100. Within 25 m: pieces 80–100 and 100–120 whole, the next ones with 5 of 20 m.
    found = street_coverage(track((100, -100, 100, 100)), gaps(), street((0, 0), (200, 0)))
    assert pieces_of(found, "passed") == [4, 5]


def test_a_gap_makes_the_pieces_in_its_ellipse_unknown_and_no_others() -> None:
    # Ends at x = 0 and x = 100, way of at most 140 m. A middle at x lies in it when |x| + |x − 100| <= 140: up to 120.
    found = street_coverage(track(), gaps((0, 0, 100, 0, 140)), street((0, 0), (200, 0)))
    assert pieces_of(found, "unknown") == [0, 1, 2, 3, 4, 5]


def test_what_was_passed_is_not_unknown() -> None:
    found = street_coverage(track((0, 0, 60, 0)), gaps((60, 0, 60, 0, 100)), street((0, 0), (200, 0)))
    assert pieces_of(found, "passed") == [0, 1, 2, 3]
    assert pieces_of(found, "unknown") == [4, 5]
    assert not found.duplicated(["piece", "on", "part"]).any()


def test_day_and_night_are_kept_apart() -> None:
    walked = pd.concat([track((0, 0, 40, 0)), track((160, 0, 200, 0), part="night")])
    found = street_coverage(walked, gaps(), street((0, 0), (200, 0)))
    assert found.groupby("part")["piece"].apply(list).to_dict() == {"day": [0, 1, 2], "night": [7, 8, 9]}


def test_nothing_in_gives_nothing_out_with_the_same_columns() -> None:
    nowhere = street((0, 0), (200, 0)).iloc[:0]
    for found in (
        street_coverage(track(), gaps(), street((0, 0), (40, 0))),
        street_coverage(track((0, 0, 9, 0)), gaps(), nowhere),
    ):
        assert found.empty and list(found.columns) == ["piece", "on", "part", "state"]


def test_the_order_of_segments_does_not_matter() -> None:
    rows = [(0, 0, 50, 0), (50, 0, 90, 30), (90, 30, 160, 10)]
    straight, back = (street_coverage(track(*order), gaps(), street((0, 0), (200, 0))) for order in (rows, rows[::-1]))
    pd.testing.assert_frame_equal(straight, back)


def test_a_point_belongs_to_the_township_that_holds_it() -> None:
    townships = geopandas.GeoDataFrame(
        {"area_id": [7, 5], "code": ["2", "1"]}, geometry=[box(10, 0, 20, 10), box(0, 0, 10, 10)], crs="EPSG:4547"
    )
    # Inside each, on their border (the lower code wins), outside both.
    found = areas_of_points(np.array([15.0, 5.0, 10.0, 30.0]), np.array([5.0, 5.0, 5.0, 5.0]), townships)
    assert found.tolist() == [7, 5, 5, -1]
    assert areas_of_points(np.array([]), np.array([]), townships).tolist() == []
