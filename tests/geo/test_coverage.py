"""Which township holds a point, which pieces lie within reach of a gap, how long a union of stretches is."""

import geopandas
import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from geo.coverage import areas_of_points, covered_lengths, pieces_within_reach


def within_reach(*gaps: tuple[float, float, float, float, float]) -> list[tuple[int, int]]:
    """Return the pairs (gap, piece) on a street along the x axis, with the middles of its ten pieces at 10, 30, …"""
    middles = np.column_stack([np.arange(10, 200, 20.0), np.zeros(10)])
    found = pieces_within_reach(
        np.array(gaps).reshape(-1, 5), middles, shapely.STRtree([shapely.Point(*one) for one in middles])
    )
    return list(zip(*(column.tolist() for column in found), strict=True))


def test_a_gap_reaches_the_pieces_in_its_ellipse_and_no_others() -> None:
    # Ends at x = 0 and x = 100, way of at most 140 m. A middle at x lies in it when |x| + |x − 100| <= 140: up to 120.
    assert within_reach((0, 0, 100, 0, 140)) == [(0, piece) for piece in range(6)]


def test_each_gap_has_its_own_pieces() -> None:
    assert within_reach((10, 0, 10, 0, 1), (190, 5, 190, 5, 12)) == [(0, 0), (1, 9)]
    assert within_reach() == []


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20), st.integers(0, 20)), max_size=12), st.randoms())
def test_a_union_counts_each_metre_once_whatever_the_order(rows: list[tuple[int, int, int]], random: object) -> None:
    stretches = [(group, min(a, b), max(a, b)) for group, a, b in rows]
    random.shuffle(stretches)  # type: ignore[attr-defined]
    group, low, high = (np.array([row[i] for row in stretches]) for i in range(3))
    found = covered_lengths(group.astype(np.int64), low.astype(float), high.astype(float))
    for one, length in enumerate(found):
        metres = {m for g, a, b in stretches if g == one for m in range(a, b)}
        assert length == len(metres)


def test_a_point_belongs_to_the_township_that_holds_it() -> None:
    townships = geopandas.GeoDataFrame(
        {"area_id": [7, 5], "code": ["2", "1"]}, geometry=[box(10, 0, 20, 10), box(0, 0, 10, 10)], crs="EPSG:4547"
    )
    # Inside each, on their border (the lower code wins), outside both.
    found = areas_of_points(np.array([15.0, 5.0, 10.0, 30.0]), np.array([5.0, 5.0, 5.0, 5.0]), townships)
    assert found.tolist() == [7, 5, 5, -1]
    assert areas_of_points(np.array([]), np.array([]), townships).tolist() == []
