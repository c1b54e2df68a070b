"""PURE: the street network as arrays: edges between crossings, their corners, the pieces of each street."""

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geo.pieces import PIECE_M

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

# Two corners nearer than this are one: GIS files round differently, and no GPS tells 5 cm.
_SAME_M = 0.05
# A street that ends this near to another ends on it: drawn by hand, it rarely meets the centimetre.
_TOUCH_M = 0.5


class Network(NamedTuple):
    """Streets in one metric CRS. Everything is an array, so that compiled code takes it as it is.

    Edge `e` runs from node `ends[e, 0]` to `ends[e, 1]`, in the direction of its street, from `from_m[e]` to
    `from_m[e] + length_m[e]` along it; its corners are `corner_start[e]:corner_start[e + 1]`. Street `s` has the pieces
    `first_piece[s]:first_piece[s + 1]`, each `piece_m[s]` long. At node `n`
    meet `at_node[node_start[n]:node_start[n+1]]`.
    """

    ends: Integers
    street: Integers
    from_m: Floats
    length_m: Floats
    corner_start: Integers
    corner_x_m: Floats
    corner_y_m: Floats
    corner_at_m: Floats
    node_start: Integers
    at_node: Integers
    first_piece: Integers
    piece_m: Floats


def network_of(lines: Sequence[Any], piece_m: float = PIECE_M) -> Network:
    """Return the network of LineStrings in a metric CRS; street `i` is `lines[i]`. No lines: an empty network.

    Streets are joined where they share a corner and where one ends on another. Where they only cross, one goes over
    the other (a bridge) and nobody turns off. Streets without length have neither edge nor piece.
    """
    streets = np.array(list(lines), dtype=object)
    xy, owner = _corners(streets)
    nodes = _nodes(xy, owner)
    edges = _edges(xy, owner, nodes)
    lengths_m = shapely.length(streets)
    counts = np.where(lengths_m > 0, np.maximum(1, np.rint(lengths_m / piece_m)), 0).astype(np.int64)
    node_start, at_node = _incidence(edges["ends"])
    return Network(
        **edges,
        node_start=node_start,
        at_node=at_node,
        first_piece=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        piece_m=lengths_m / np.maximum(counts, 1),
    )


def _corners(streets: npt.NDArray[np.object_]) -> tuple[Floats, Integers]:
    """Return x, y of all corners and the street of each, with one wherever another street ends on a street.

    Where a corner stands already (within 5 cm), none is put in.
    """
    xy, owner = shapely.get_coordinates(streets, return_index=True)
    point, line = _touching_ends(streets)
    first = np.searchsorted(owner, np.arange(len(streets) + 1))
    sizes = np.diff(first)[line]
    # Every new corner beside every corner of its street.
    pair = np.repeat(np.arange(len(line)), sizes)
    beside = np.arange(len(pair)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + np.repeat(first[line], sizes)
    stands = np.hypot(*(xy[beside] - point[pair]).T) <= _SAME_M
    is_new = np.bincount(pair[stands], minlength=len(line)) == 0
    point, line = point[is_new], line[is_new]
    at_m = shapely.line_locate_point(streets[line], shapely.points(point))
    order = np.lexsort((np.concatenate([_along(xy, first), at_m]), np.concatenate([owner, line])))
    return np.concatenate([xy, point])[order], np.concatenate([owner, line])[order]


def _touching_ends(streets: npt.NDArray[np.object_]) -> tuple[Floats, Integers]:
    """Return the ends (x, y) that lie on another street, and that street's number."""
    ends = np.concatenate([_tip(streets, 0), _tip(streets, -1)])
    end, line = shapely.STRtree(streets).query(shapely.points(ends), predicate="dwithin", distance=_TOUCH_M)
    foreign = end % max(len(streets), 1) != line
    return ends[end[foreign]], line[foreign].astype(np.int64)


def _along(xy: Floats, first: Integers) -> Floats:
    """Return how far along its street each corner is; street `i` has the corners `first[i]` to `first[i + 1]`."""
    step_m = np.zeros(len(xy))
    step_m[1:] = np.hypot(*np.diff(xy, axis=0).T)
    along_m = np.empty(len(xy))
    for begin, end in itertools.pairwise(first.tolist()):
        # Summed street by street: from one sum of all of them the last digits would depend on the streets before.
        step_m[begin : begin + 1] = 0.0
        np.cumsum(step_m[begin:end], out=along_m[begin:end])
    return along_m


def _tip(streets: npt.NDArray[np.object_], which: int) -> Floats:
    tips: Floats = shapely.get_coordinates(shapely.get_point(streets, which))
    return tips


def _nodes(xy: Floats, owner: Integers) -> Integers:
    """Return the node number of each corner, -1 where a street only bends."""
    cells = np.rint(xy / _SAME_M).astype(np.int64)
    _, place, uses = np.unique(cells[:, 0] * 2**32 + cells[:, 1], return_inverse=True, return_counts=True)
    place = place.reshape(-1)
    is_tip = np.ones(len(owner), dtype=bool)
    if len(owner):
        is_tip[1:-1] = (owner[1:-1] != owner[:-2]) | (owner[1:-1] != owner[2:])
    is_node = np.isin(place, place[is_tip]) | (uses[place] > 1)
    numbered = np.full(len(place), -1, dtype=np.int64)
    numbered[is_node] = np.unique(place[is_node], return_inverse=True)[1].reshape(-1)
    return numbered


def _edges(xy: Floats, owner: Integers, nodes: Integers) -> dict[str, Any]:
    """Return the columns of the edges: a street cut at its nodes."""
    step_m = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T) if len(xy) else np.empty(0)
    first = np.ones(len(owner), dtype=bool)
    first[1:] = owner[1:] != owner[:-1]
    step_m[first] = 0.0
    total_m = np.cumsum(step_m)
    along_m = total_m - total_m[first][np.cumsum(first) - 1] if len(xy) else total_m
    stops = np.flatnonzero(nodes >= 0)
    start, end = stops[:-1], stops[1:]
    real = (owner[start] == owner[end]) & (along_m[end] > along_m[start])
    start, end = start[real], end[real]
    sizes = end - start + 1
    corner_start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    corners = np.repeat(start - corner_start[:-1], sizes) + np.arange(corner_start[-1])
    return {
        "ends": np.stack([nodes[start], nodes[end]], axis=1),
        "street": owner[start].astype(np.int64),
        "from_m": along_m[start],
        "length_m": along_m[end] - along_m[start],
        "corner_start": corner_start,
        "corner_x_m": xy[corners, 0],
        "corner_y_m": xy[corners, 1],
        "corner_at_m": along_m[corners] - np.repeat(along_m[start], sizes),
    }


def _incidence(ends: Integers) -> tuple[Integers, Integers]:
    """Return for each node where its edges begin in the second array; a loop stands there twice."""
    nodes = ends.ravel()
    order = np.argsort(nodes, kind="stable")
    counts = np.bincount(nodes, minlength=int(nodes.max()) + 1 if len(nodes) else 0)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), (order // 2).astype(np.int64)
