"""Which square of a large network a track is matched in, and which township holds very many points."""

import geopandas
import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from geo.coverage import areas_of_points
from geo.networks import BEYOND_M, square_of
from geo.township_finder import TownshipFinder

metres = st.floats(-50_000, 50_000)


@given(metres, metres, st.floats(0, 60_000), st.floats(0, 60_000))
def test_the_square_of_a_track_holds_it_and_what_it_sees(
    west_m: float, south_m: float, width_m: float, height_m: float
) -> None:
    west, south, east, north = square_of(west_m, south_m, west_m + width_m, south_m + height_m).window_m()

    assert west <= west_m - BEYOND_M + 1e-6
    assert south <= south_m - BEYOND_M + 1e-6
    assert west_m + width_m + BEYOND_M <= east + 1e-6
    assert south_m + height_m + BEYOND_M <= north + 1e-6


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(-60, 350), st.integers(-60, 250)), max_size=30))
def test_the_finder_says_what_looking_at_each_point_says(points: list[tuple[int, int]]) -> None:
    # A border through a square, one on the edge of squares, an overlap, a hole.
    shapes = [
        box(0, 0, 1250, 2000),
        box(1250, 0, 3000, 2000).difference(box(2100, 600, 2200, 700)),
        box(900, 0, 1100, 9),
    ]
    townships = geopandas.GeoDataFrame(
        {"area_id": [7, 5, 3], "code": ["2", "1", "0"]}, geometry=shapes, crs="EPSG:4547"
    )
    finder = TownshipFinder(townships, pd.Series(dtype="int64"))
    x_m, y_m = np.array(points, dtype=float).reshape(-1, 2).T * 10
    for _ in range(2):  # the second time from what it remembers
        assert finder.areas_of(x_m, y_m).tolist() == areas_of_points(x_m, y_m, townships).tolist()
