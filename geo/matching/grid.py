"""PURE: which street edges lie near a place: a grid whose cells list every line segment within reach of them."""

from typing import NamedTuple

import numpy as np

from geo.compiled import compiled, compiled_leaf
from geo.matching.network import Floats, Integers, Network

CELL_M = 32.0
REACH_M = 60.0
# The nearest so many edges are kept; in the centre of a city more than ten within 60 m are lanes of the same places.
CANDIDATES = 10


class Grid(NamedTuple):
    """Cell (column, row) lists `cell_segments[cell_start[c]:cell_start[c + 1]]`, c = row * columns + column.

    `shape` holds west and south in metres, and how many columns and rows. Segments are ordered by edge: `bounds` holds
    for each ax, ay, dx, dy, 1 / length², metres along the edge, length.
    """

    shape: Floats
    cell_start: Integers
    cell_segments: Integers
    segment_edge: Integers
    bounds: Floats


def grid_of(network: Network) -> Grid:
    """Return the grid of a network; of an empty one a grid with one empty cell."""
    x_m, y_m, at_m = network.corner_x_m, network.corner_y_m, network.corner_at_m
    edge_of_corner = np.repeat(np.arange(len(network.street)), np.diff(network.corner_start))
    first = np.flatnonzero(edge_of_corner[1:] == edge_of_corner[:-1]) if len(x_m) else np.empty(0, np.int64)
    dx, dy = x_m[first + 1] - x_m[first], y_m[first + 1] - y_m[first]
    squared = dx * dx + dy * dy
    inverse = np.divide(1.0, squared, out=np.zeros_like(squared), where=squared > 0)
    bounds = np.stack([x_m[first], y_m[first], dx, dy, inverse, at_m[first], np.sqrt(squared)], axis=1)
    west_m, south_m = (float(axis.min(initial=np.inf)) - REACH_M if len(first) else 0.0 for axis in (x_m, y_m))
    columns, rows = (
        int((float(axis.max()) + REACH_M - low) // CELL_M) + 1 if len(first) else 1
        for axis, low in ((x_m, west_m), (y_m, south_m))
    )
    counts = np.zeros(columns * rows, np.int64)
    _list(bounds, west_m, south_m, columns, counts, np.empty(0, np.int64))
    cell_start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    segments = np.empty(int(cell_start[-1]), np.int64)
    _list(bounds, west_m, south_m, columns, cell_start[:-1].copy(), segments)
    shape = np.array([west_m, south_m, columns, rows], dtype=np.float64)
    return Grid(shape, cell_start, segments, edge_of_corner[first].astype(np.int64), bounds)


@compiled
def _list(bounds: Floats, west_m: float, south_m: float, columns: int, at: Integers, segments: Integers) -> None:
    """Count the segments of each cell in `at`, and where `segments` has room put them there, moving `at` on."""
    half = CELL_M * np.sqrt(0.5) + REACH_M
    for segment in range(len(bounds)):
        ax, ay, dx, dy = bounds[segment, 0], bounds[segment, 1], bounds[segment, 2], bounds[segment, 3]
        left = int((min(ax, ax + dx) - REACH_M - west_m) // CELL_M)
        right = int((max(ax, ax + dx) + REACH_M - west_m) // CELL_M)
        low = int((min(ay, ay + dy) - REACH_M - south_m) // CELL_M)
        high = int((max(ay, ay + dy) + REACH_M - south_m) // CELL_M)
        for row in range(low, high + 1):
            for column in range(left, right + 1):
                x_m, y_m = west_m + (column + 0.5) * CELL_M, south_m + (row + 0.5) * CELL_M
                if _away(bounds, segment, x_m, y_m)[0] > half * half:
                    continue
                cell = row * columns + column
                if len(segments) > 0:
                    segments[at[cell]] = segment
                at[cell] += 1


@compiled_leaf
def _away(bounds: Floats, segment: int, x_m: float, y_m: float) -> tuple[float, float]:
    """Return the squared distance from a segment and the share of it at which the nearest place lies."""
    px, py = x_m - bounds[segment, 0], y_m - bounds[segment, 1]
    dx, dy = bounds[segment, 2], bounds[segment, 3]
    share = min(max((px * dx + py * dy) * bounds[segment, 4], 0.0), 1.0)
    ex, ey = px - share * dx, py - share * dy
    return ex * ex + ey * ey, share


@compiled_leaf
def candidates_near(
    shape: Floats, cell_start: Integers, cell_segments: Integers, segment_edge: Integers, bounds: Floats,
    x_m: float, y_m: float, reach_m: float, edges: Integers, places: Floats,
) -> int:  # fmt: skip
    """Fill the nearest place on each edge within reach, nearest first; return how many.

    `edges` gets the edge, `places` metres along it and the offset (x, y) from the place to the point; both have
    CANDIDATES rows.
    """
    column, row = (x_m - shape[0]) // CELL_M, (y_m - shape[1]) // CELL_M
    if not (0 <= column < shape[2] and 0 <= row < shape[3]):
        return 0
    cell = int(row * shape[2] + column)
    limit, best, where, share = reach_m * reach_m, np.inf, 0, 0.0
    count, last_edge = int(np.int64(0)), int(np.int64(-1))
    for place in range(cell_start[cell], cell_start[cell + 1]):
        segment = cell_segments[place]
        squared, along = _away(bounds, segment, x_m, y_m)
        if segment_edge[segment] != last_edge:
            if best <= limit:
                count = _keep(bounds[where], last_edge, share, best, x_m, y_m, edges, places, count)
            last_edge, best = segment_edge[segment], np.inf
        if squared < best:
            best, where, share = squared, segment, along
    if best <= limit:
        count = _keep(bounds[where], last_edge, share, best, x_m, y_m, edges, places, count)
    return count


@compiled_leaf
def _keep(
    segment: Floats, edge: int, share: float, squared: float, x_m: float, y_m: float,
    edges: Integers, places: Floats, count: int,
) -> int:  # fmt: skip
    """Put a candidate in its order of distance; the furthest falls off the end."""
    if count == CANDIDATES and squared >= places[count - 1, 3]:
        return count
    at = min(count, CANDIDATES - 1)
    while at > 0 and places[at - 1, 3] > squared:
        edges[at] = edges[at - 1]
        for column in range(4):
            places[at, column] = places[at - 1, column]
        at -= 1
    edges[at] = edge
    places[at, 0] = segment[5] + share * segment[6]
    places[at, 1] = x_m - segment[0] - share * segment[2]
    places[at, 2] = y_m - segment[1] - share * segment[3]
    places[at, 3] = squared
    return min(count + 1, CANDIDATES)
