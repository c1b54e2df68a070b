"""PURE: where a walker on an edge can be next: the edges ahead, by how far along the streets they begin.

A directed edge is the number 2 × edge + 1 if it is walked against its street, else 2 × edge. Metres along a directed
edge count from where it is entered.
"""

import numpy as np

from geo.compiled import compiled_leaf
from geo.matching.network import Floats, Integers

# More than so many edges ahead are looked at only by a car that was not heard for most of a minute.
MOST_AHEAD = 192


@compiled_leaf
def look_ahead(  # noqa: PLR0915 - one loop; handing its arrays on would cost more than it does
    ends: Integers, length_m: Floats, node_start: Integers, at_node: Integers, node_xy_m: Floats,
    begin: int, at_m: float, reach_m: float, x_m: float, y_m: float, spare_m: float,
    edge: Integers, away_m: Floats, came_by: Integers,
) -> int:  # fmt: skip
    """Fill the directed edges that begin within reach of a place `at_m` along one; return how many.

    `away_m` is the way to where each begins (of the first, minus what was walked of it), `came_by` the number of the
    one before. Nobody turns on the spot but in a dead end. Crossings from which the way to (x, y) would be longer
    than the reach by more than `spare_m` are left out. An edge stands twice when a shorter way to it is found later.
    """
    edge[0], away_m[0], came_by[0] = begin, -at_m, -1
    count, one = 1, 0
    while one < count:
        here = edge[one]
        there_m = away_m[one] + length_m[here >> 1]
        node = ends[here >> 1, 1 - (here & 1)]
        one += 1
        left_m = reach_m - there_m
        if left_m <= 0:
            continue
        dx, dy = node_xy_m[node, 0] - x_m, node_xy_m[node, 1] - y_m
        if dx * dx + dy * dy > (left_m + spare_m) ** 2:
            continue
        first, last = node_start[node], node_start[node + 1]
        for place in range(first, last):
            other = at_node[place]
            if other == here >> 1 and last - first > 1:
                continue
            way = 2 * other if ends[other, 0] == node else 2 * other + 1
            if other == here >> 1:
                way = here ^ 1
            known = False
            for earlier in range(count):
                if edge[earlier] == way and away_m[earlier] <= there_m:
                    known = True
                    break
            if not known and count < MOST_AHEAD:
                edge[count], away_m[count], came_by[count] = way, there_m, one - 1
                count += 1
    return count


@compiled_leaf
def nearest_on(
    bounds: Floats, first: int, last: int, low_m: float, high_m: float, x_m: float, y_m: float, found: Floats
) -> float:
    """Fill `found` (metres along, x, y, and the unit vector there) with the place nearest to (x, y) on the segments
    `first` to `last` between two places of their edge; return the squared distance.
    """
    best = np.inf
    for segment in range(first, last):
        at_m, length_m = bounds[segment, 5], bounds[segment, 6]
        if at_m > high_m or at_m + length_m < low_m:
            continue
        px, py = x_m - bounds[segment, 0], y_m - bounds[segment, 1]
        dx, dy = bounds[segment, 2], bounds[segment, 3]
        share = (px * dx + py * dy) * bounds[segment, 4]
        inverse = bounds[segment, 4] * length_m
        share = min(max(share, 0.0, (low_m - at_m) * inverse), 1.0, (high_m - at_m) * inverse)
        ex, ey = px - share * dx, py - share * dy
        squared = ex * ex + ey * ey
        if squared < best:
            best = squared
            found[0], found[1], found[2] = at_m + share * length_m, x_m - ex, y_m - ey
            found[3], found[4] = dx * inverse, dy * inverse
    return best
