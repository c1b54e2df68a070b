"""PURE: the street network as arrays: edges between crossings, their corners, the pieces of each street."""

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
    xy, owner = shapely.get_coordinates(_with_touching_ends(streets), return_index=True)
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


def _with_touching_ends(streets: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return the streets with a corner wherever another one ends on them without sharing a corner."""
    tips: Any = (
        shapely.points(np.concatenate([_tip(streets, 0), _tip(streets, -1)])) if len(streets) else np.empty(0, object)
    )
    tree = shapely.STRtree(streets)
    tip, street = tree.query(tips, predicate="dwithin", distance=_TOUCH_M)
    foreign = tip % max(len(streets), 1) != street
    added: dict[int, list[tuple[float, float, float]]] = {}
    for one, line in zip(tip[foreign].tolist(), street[foreign].tolist(), strict=True):
        point = tips[one]
        added.setdefault(line, []).append((streets[line].project(point), point.x, point.y))
    joined = streets.copy()
    for line, corners in added.items():
        joined[line] = _with_corners(streets[line], corners)
    return joined


def _tip(streets: npt.NDArray[np.object_], which: int) -> Floats:
    tips: Floats = shapely.get_coordinates(shapely.get_point(streets, which))
    return tips


def _with_corners(line: Any, corners: Sequence[tuple[float, float, float]]) -> Any:
    """Return the line with corners (at_m, x, y) put in; one that stands there already (within 5 cm) stays."""
    xy = shapely.get_coordinates(line)
    at_m = _along(xy)
    rows = [(float(at), *pair) for at, pair in zip(at_m, xy.tolist(), strict=True)]
    rows += [row for row in corners if np.min(np.hypot(xy[:, 0] - row[1], xy[:, 1] - row[2])) > _SAME_M]
    return shapely.LineString([(x, y) for _, x, y in sorted(rows, key=lambda row: row[0])])


def _along(xy: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])


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
