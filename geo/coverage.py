"""PURE: which street pieces a track passed, and which it may have passed inside a gap.

The interface is final; the method is not: a 25 m buffer overstates the covered length by 17–29 % (4-coverage.md),
mostly by side streets and parallel ones, and issue 5 replaces it by map matching. All geometry lies in one metric CRS.
"""

from typing import Any

import geopandas
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

BUFFER_M = 25.0
# A street that is only crossed lies in the buffer with 50 m of its length; one that was walked lies in it whole.
PASSED_SHARE = 0.6
# The middles of ten equal parts: a tenth of a 20 m piece is 2 m, less than any GPS tells.
_SAMPLE_SHARES = (np.arange(10) + 0.5) / 10
OUTSIDE = -1

Floats = npt.NDArray[np.float64]


def areas_of_points(x_m: Floats, y_m: Floats, townships: geopandas.GeoDataFrame) -> npt.NDArray[np.int64]:
    """Return the `area_id` of the township that holds each point, -1 outside all; the lower code wins on a border."""
    ordered = townships.sort_values("code", ignore_index=True)
    points, holders = ordered.sindex.query(shapely.points(x_m, y_m), predicate="intersects")
    found = pd.Series(holders, index=points).groupby(level=0).min()
    areas = np.full(len(x_m), OUTSIDE, dtype=np.int64)
    areas[found.index.to_numpy(dtype=np.int64)] = ordered["area_id"].to_numpy(dtype=np.int64)[found.to_numpy(np.int64)]
    return areas


def street_coverage(segments: pd.DataFrame, gaps: pd.DataFrame, pieces: geopandas.GeoDataFrame) -> pd.DataFrame:
    """Return `piece`, `on`, `part`, `state` ("passed" or "unknown"), each piece once a day and part.

    `segments`: x0_m, y0_m, x1_m, y1_m, on, part. `gaps`: ax_m, ay_m, bx_m, by_m, reach_m (longest way from a over any
    place to b), on, part. `pieces`: lines with the piece's id as index. Passed wins over unknown. No rows: empty.
    """
    passed = [
        _cut(pieces.index[_passed(rows, pieces)], key, "passed") for key, rows in segments.groupby(["on", "part"])
    ]
    unknown = [
        _cut(pieces.index[_reachable(rows, pieces)], key, "unknown") for key, rows in gaps.groupby(["on", "part"])
    ]
    found = pd.concat([*passed, *unknown, pd.DataFrame(columns=["piece", "on", "part", "state"], dtype=object)])
    once = found.drop_duplicates(["piece", "on", "part"], keep="first")
    return once.sort_values(["on", "part", "piece"], ignore_index=True)


def _cut(ids: "pd.Index[Any]", key: Any, state: str) -> pd.DataFrame:
    on, part = key
    return pd.DataFrame({"piece": ids.to_numpy(), "on": on, "part": part, "state": state}).astype(object)


def _passed(segments: pd.DataFrame, pieces: geopandas.GeoDataFrame) -> npt.NDArray[np.int64]:
    """Return the positions of the pieces that lie within 25 m of the segments with at least 60 % of their length.

    The length is taken by samples: exact buffers of a track that dwells and crosses itself cost twenty times as much.
    """
    ends = segments[["x0_m", "y0_m", "x1_m", "y1_m"]].to_numpy(dtype=float).reshape(-1, 2, 2)
    walked = shapely.STRtree([shapely.LineString(pair) for pair in ends.tolist()])
    west, south, east, north = shapely.total_bounds(walked.geometries)
    around = shapely.box(west - BUFFER_M, south - BUFFER_M, east + BUFFER_M, north + BUFFER_M)
    near = np.sort(pieces.sindex.query(around))
    lines = pieces.geometry.to_numpy()[near]
    samples = shapely.line_interpolate_point(lines[:, None], _SAMPLE_SHARES, normalized=True)
    beside = np.zeros(samples.size, dtype=bool)
    beside[walked.query(samples.ravel(), predicate="dwithin", distance=BUFFER_M)[0]] = True
    shares: Floats = beside.reshape(samples.shape).mean(axis=1)
    passed: npt.NDArray[np.int64] = near[shares >= PASSED_SHARE]
    return passed


def _reachable(gaps: pd.DataFrame, pieces: geopandas.GeoDataFrame) -> npt.NDArray[np.int64]:
    """Return the positions of the pieces whose middle lies in the ellipse of a gap: d(a, p) + d(p, b) <= reach_m."""
    middles = shapely.get_coordinates(shapely.line_interpolate_point(pieces.geometry.to_numpy(), 0.5, normalized=True))
    inside = np.zeros(len(pieces), dtype=bool)
    for ax_m, ay_m, bx_m, by_m, reach_m in gaps[["ax_m", "ay_m", "bx_m", "by_m", "reach_m"]].to_numpy(dtype=float):
        there_m = np.hypot(middles[:, 0] - ax_m, middles[:, 1] - ay_m)
        back_m = np.hypot(middles[:, 0] - bx_m, middles[:, 1] - by_m)
        inside |= there_m + back_m <= reach_m
    return np.flatnonzero(inside)
