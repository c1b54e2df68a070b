"""PURE: where a walker on an edge can be next: the edges ahead, by how far along the streets they begin."""

import numpy as np

from geo.compiled import compiled_inline
from geo.matching.network import Floats, Integers
from geo.matching.ways import AT_M, BEGIN_X, BEGIN_Y, LENGTH_M, UNIT_X, UNIT_Y

# More than so many edges ahead are looked at only by a car that was not heard for most of a minute.
MOST_AHEAD = 192


@compiled_inline
def look_ahead(
    length_m: Floats, end_m: Floats, onward_start: Integers, onward: Integers,
    begin: int, at_m: float, reach_m: float, x_m: float, y_m: float, spare_m: float,
    edge: Integers, away_m: Floats, came_by: Integers,
) -> int:  # fmt: skip
    """Fill the directed edges that begin within reach of a place `at_m` along one; return how many.

    `away_m` is the way to where each begins (of the first, minus what was walked of it), `came_by` the number of the
    one before. Crossings from which the way to (x, y) would be longer than the reach by more than `spare_m` are left
    out. An edge stands twice when a shorter way to it is found later.
    """
    edge[0], away_m[0], came_by[0] = begin, -at_m, -1
    count, one = 1, 0
    while one < count:
        here = edge[one]
        there_m = away_m[one] + length_m[here]
        one += 1
        left_m = reach_m - there_m
        if left_m <= 0:
            continue
        dx, dy = end_m[here, 0] - x_m, end_m[here, 1] - y_m
        if dx * dx + dy * dy > (left_m + spare_m) * (left_m + spare_m):
            continue
        for place in range(onward_start[here], onward_start[here + 1]):
            way = onward[place]
            known = False
            for earlier in range(count):
                if edge[earlier] == way and away_m[earlier] <= there_m:
                    known = True
                    break
            if not known and count < MOST_AHEAD:
                edge[count], away_m[count], came_by[count] = way, there_m, one - 1
                count += 1
    return count


@compiled_inline
def nearest_on(
    segments: Floats, first: int, last: int, low_m: float, high_m: float, x_m: float, y_m: float
) -> tuple[float, float, float, float, int]:
    """Return the place nearest to (x, y) between two places of a directed edge with the segments `first` to `last`:
    the squared distance (infinite if there is none), metres along, x, y, and its segment.
    """
    best, at_m, on_x, on_y, which = np.inf, 0.0, 0.0, 0.0, first
    for segment in range(first, last):
        begun_m = segments[segment, AT_M]
        least, most = low_m - begun_m, high_m - begun_m
        if most < 0.0:
            break
        long_m = segments[segment, LENGTH_M]
        if least > long_m:
            continue
        dx, dy = segments[segment, UNIT_X], segments[segment, UNIT_Y]
        px, py = x_m - segments[segment, BEGIN_X], y_m - segments[segment, BEGIN_Y]
        # Written out: min and max of floats also look for NaN, which is not there.
        along = px * dx + py * dy
        along = along if along > 0.0 else 0.0
        along = along if along > least else least
        along = along if along < long_m else long_m
        along = along if along < most else most
        ex, ey = px - along * dx, py - along * dy
        squared = ex * ex + ey * ey
        if squared < best:
            best, at_m, on_x, on_y, which = squared, begun_m + along, x_m - ex, y_m - ey, segment
    return best, at_m, on_x, on_y, which
