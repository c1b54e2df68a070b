"""PURE: the network as one who walks it meets it: directed edges, where each leads, its segments in that direction.

The directed edge 2 × edge + 1 is the edge walked against its street, 2 × edge along it. Metres along a directed edge
count from where it is entered.
"""

from typing import NamedTuple

import numpy as np

from geo.matching.network import Floats, Integers, Network

# Columns of a segment: where it begins, its unit vector, metres along the directed edge, length.
BEGIN_X, BEGIN_Y, UNIT_X, UNIT_Y, AT_M, LENGTH_M = 0, 1, 2, 3, 4, 5


class Ways(NamedTuple):
    """Directed edge `w` is `length_m[w]` long, ends at `end_m[w]` (x, y), goes on as `onward[onward_start[w]:…[w + 1]]`
    and has the segments `segments[segment_start[w]:segment_start[w + 1]]`, none of them without length.
    """

    length_m: Floats
    end_m: Floats
    onward_start: Integers
    onward: Integers
    segment_start: Integers
    segments: Floats


def ways_of(network: Network) -> Ways:
    """Return the directed edges of a network."""
    onward_start, onward = _onward(network)
    segment_start, segments = _segments(network)
    corners = np.stack([network.corner_x_m, network.corner_y_m], axis=1)
    end_m = np.empty((2 * len(network.street), 2))
    end_m[::2], end_m[1::2] = corners[network.corner_start[1:] - 1], corners[network.corner_start[:-1]]
    return Ways(np.repeat(network.length_m, 2), end_m, onward_start, onward, segment_start, segments)


def _onward(network: Network) -> tuple[Integers, Integers]:
    """Return where each directed edge goes on; nobody turns on the spot but in a dead end."""
    # Edge 2e leaves the node at its first end, 2e + 1 the one at its last: the order of the ends is that of the edges.
    leaving = np.argsort(network.ends.ravel(), kind="stable")
    node = network.ends[:, ::-1].ravel()
    first, many = network.node_start[node], np.diff(network.node_start)[node]
    way = np.repeat(np.arange(len(node)), many)
    place = np.arange(len(way)) - np.repeat(np.cumsum(many) - many, many)
    on = leaving[first[way] + place]
    chosen = (on != way ^ 1) | (many[way] == 1)
    start = np.concatenate([[0], np.cumsum(np.bincount(way[chosen], minlength=len(node)))])
    return start.astype(np.int64), on[chosen].astype(np.int64)


def _segments(network: Network) -> tuple[Integers, Floats]:
    """Return the segments of each directed edge, in the order in which they are walked."""
    x_m, y_m, at_m = network.corner_x_m, network.corner_y_m, network.corner_at_m
    edge = np.repeat(np.arange(len(network.street)), np.diff(network.corner_start))
    one = np.flatnonzero((edge[1:] == edge[:-1]) & (np.diff(at_m) > 0)) if len(edge) else np.empty(0, np.int64)
    other, edge = one + 1, edge[one] if len(edge) else edge
    long_m = at_m[other] - at_m[one]
    ux, uy = (x_m[other] - x_m[one]) / long_m, (y_m[other] - y_m[one]) / long_m
    along = np.stack([x_m[one], y_m[one], ux, uy, at_m[one], long_m], axis=1)
    against = np.stack([x_m[other], y_m[other], -ux, -uy, network.length_m[edge] - at_m[other], long_m], axis=1)
    way = np.concatenate([2 * edge, 2 * edge + 1])
    order = np.lexsort((np.concatenate([along, against])[:, AT_M], way))
    counts = np.bincount(way, minlength=2 * len(network.street))
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return start, np.ascontiguousarray(np.concatenate([along, against])[order])
