"""Streets are cut into equal pieces of about 20 m whose lengths sum to the street's."""

import geopandas
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.pieces import cut_streets, piece_count

METRIC = 3067


def streets(*lines: shapely.LineString) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(index=[f"s{n}" for n in range(len(lines))], geometry=list(lines), crs=METRIC)


def test_a_street_of_fifty_metres_becomes_pieces_nearest_to_twenty() -> None:
    # 50 / 20 = 2.5: two pieces of 25 m are as near to 20 as three of 16.7; Python rounds the tie to the even two.
    pieces = cut_streets(streets(shapely.LineString([(0, 0), (50, 0)])))
    assert list(pieces["length_m"]) == [25.0, 25.0]
    assert [line.wkt for line in pieces.geometry] == ["LINESTRING (0 0, 25 0)", "LINESTRING (25 0, 50 0)"]


def test_pieces_follow_a_corner() -> None:
    # 30 m east, then 30 m north: three pieces of 20 m; the second turns the corner at (30, 0).
    pieces = cut_streets(streets(shapely.LineString([(0, 0), (30, 0), (30, 30)])))
    assert [line.wkt for line in pieces.geometry] == [
        "LINESTRING (0 0, 20 0)",
        "LINESTRING (20 0, 30 0, 30 10)",
        "LINESTRING (30 10, 30 30)",
    ]


def test_a_short_alley_is_one_piece_and_a_street_without_length_is_none() -> None:
    pieces = cut_streets(streets(shapely.LineString([(0, 0), (4, 3)]), shapely.LineString([(1, 1), (1, 1)])))
    assert list(pieces["street"]) == ["s0"]
    assert list(pieces["length_m"]) == [5.0]


def test_no_streets_give_no_pieces_with_the_same_columns() -> None:
    pieces = cut_streets(streets())
    assert len(pieces) == 0
    assert set(pieces.columns) == {"street", "ordinal", "length_m", "geometry"}


@given(st.lists(st.tuples(st.floats(0, 900), st.floats(0, 900)), min_size=2, max_size=8, unique=True))
def test_pieces_are_numbered_from_zero_equally_long_and_sum_to_the_street(corners: list[tuple[float, float]]) -> None:
    line = shapely.LineString(corners)
    pieces = cut_streets(streets(line))
    assert list(pieces["ordinal"]) == list(range(piece_count(line.length)))
    assert pieces["length_m"].sum() == pytest.approx(line.length)
    assert pieces["length_m"].to_list() == pytest.approx([line.length / len(pieces)] * len(pieces), rel=1e-6, abs=1e-6)
