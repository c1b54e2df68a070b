"""PURE: which township holds a point, which street pieces lie within reach of a gap. All geometry in one metric CRS.

What a track passed is decided by matching (geo.matching), of which a piece counts as passed from PASSED_SHARE on.
"""

from typing import Any

import geopandas
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

# How far beside a track the method before matching counted; the accuracy bench still compares against it.
BUFFER_M = 25.0
# Who turns into a street and back, or only crosses it, has not passed the piece.
PASSED_SHARE = 0.6
OUTSIDE = -1

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def areas_of_points(x_m: Floats, y_m: Floats, townships: geopandas.GeoDataFrame) -> Integers:
    """Return the `area_id` of the township that holds each point, -1 outside all; the lower code wins on a border."""
    ordered = townships.sort_values("code", ignore_index=True)
    points, holders = ordered.sindex.query(shapely.points(x_m, y_m), predicate="intersects")
    found = pd.Series(holders, index=points).groupby(level=0).min()
    areas = np.full(len(x_m), OUTSIDE, dtype=np.int64)
    areas[found.index.to_numpy(dtype=np.int64)] = ordered["area_id"].to_numpy(dtype=np.int64)[found.to_numpy(np.int64)]
    return areas


def pieces_within_reach(gaps: Floats, middles: Floats, tree: Any) -> tuple[Integers, Integers]:
    """Return pairs (gap, piece): the middle of the piece lies in the ellipse of the gap, d(a, p) + d(p, b) <= reach.

    `gaps` has the columns ax, ay, bx, by, reach (longest way from a over any place to b); `middles` x, y of the pieces,
    `tree` an STRtree of them. In order of gaps and pieces.
    """
    middle_m, half_m = (gaps[:, 0:2] + gaps[:, 2:4]) / 2, gaps[:, 4] / 2
    boxes = shapely.box(*(middle_m - half_m[:, None]).T, *(middle_m + half_m[:, None]).T)
    gap, piece = tree.query(boxes)
    there_m = np.hypot(*(middles[piece] - gaps[gap, 0:2]).T)
    back_m = np.hypot(*(middles[piece] - gaps[gap, 2:4]).T)
    gap, piece = (column[there_m + back_m <= gaps[gap, 4]].astype(np.int64) for column in (gap, piece))
    order = np.lexsort((piece, gap))
    return gap[order], piece[order]


def covered_lengths(group: Integers, from_m: Floats, to_m: Floats) -> Floats:
    """Return for each group 0..n-1 the length of the union of its stretches, whatever their order and overlaps."""
    if len(group) == 0:
        return np.empty(0)
    # Groups are laid one after another, further apart than any stretch is long: one running maximum serves them all.
    apart_m = float(np.max(to_m)) + 1.0
    order = np.lexsort((from_m, group))
    base_m = group[order] * apart_m
    low_m, high_m = from_m[order] + base_m, to_m[order] + base_m
    reached_m = np.maximum(np.concatenate([[0.0], np.maximum.accumulate(high_m)[:-1]]), base_m)
    new_m = np.maximum(0.0, high_m - np.maximum(low_m, reached_m))
    return np.bincount(group[order], weights=new_m).astype(np.float64)
