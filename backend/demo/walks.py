"""PURE: the walk simulator: routes on a street network, and the fixes a phone would have taken on the way.

The walked line is known, so that coverage computed from the fixes can be held against the truth.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Floats = NDArray[numpy.float64]
FIX_EVERY_S = 5.0
WHITE_M = 4.0
DRIFT_M = 4.0
DRIFT_RHO = 0.9
OUTLIER_SHARE = 0.004
GAP_SHARE = 0.12


@dataclass(frozen=True)
class Network:
    """Street segments between crossings, in a metric CRS: `lines[i]` joins node `ends[i, 0]` to `ends[i, 1]`."""

    lines: tuple[shapely.LineString, ...]
    ends: NDArray[numpy.int64]
    at_node: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Fixes:
    """What the phone recorded: seconds since the start, easting, northing and claimed accuracy in metres."""

    t_s: Floats
    x_m: Floats
    y_m: Floats
    accuracy_m: Floats


def network_of(streets: Sequence[BaseGeometry]) -> Network:
    """Return the part of the largest connected network of the streets that people walk, cut at every crossing: the two
    thirds nearest its middle. The far rest is what a lead has to find on the map. No streets: an empty network.

    Streets that cross without meeting (a bridge) are joined: good enough to walk on, not to navigate by.
    """
    together = shapely.union_all(numpy.array(list(streets), dtype=object))
    lines = [line for line in shapely.get_parts(together) if isinstance(line, shapely.LineString) and line.length > 0]
    keys: dict[tuple[int, int], int] = {}
    ends = numpy.array(
        [[keys.setdefault(_key(line.coords[end]), len(keys)) for end in (0, -1)] for line in lines], dtype=numpy.int64
    ).reshape(-1, 2)
    kept = _near_the_middle(lines, _largest(ends, len(keys)))
    at_node: list[list[int]] = [[] for _ in keys]
    for number, edge in enumerate(kept):
        for node in {int(ends[edge, 0]), int(ends[edge, 1])}:
            at_node[node].append(number)
    return Network(tuple(lines[edge] for edge in kept), ends[kept], tuple(tuple(edges) for edges in at_node))


def _near_the_middle(lines: Sequence[shapely.LineString], edges: list[int]) -> list[int]:
    """Return the two thirds of the edges whose middles lie nearest the middle of all."""
    if not edges:
        return []
    middles = shapely.get_coordinates([lines[edge].interpolate(0.5, normalized=True) for edge in edges])
    away_m = numpy.hypot(*(middles - middles.mean(axis=0)).T)
    return [edge for edge, is_near in zip(edges, away_m <= numpy.quantile(away_m, 2 / 3), strict=True) if is_near]


def _key(position: tuple[float, ...]) -> tuple[int, int]:
    return round(position[0] * 10), round(position[1] * 10)


def _largest(ends: NDArray[numpy.int64], node_count: int) -> list[int]:
    """Return the edges of the largest connected part."""
    root = list(range(node_count))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for a, b in ends.tolist():
        root[find(a)] = find(b)
    parts = [find(a) for a in ends[:, 0].tolist()]
    return [edge for edge, part in enumerate(parts) if part == max(set(parts), key=parts.count)] if parts else []


def walk(network: Network, *, length_m: float, rng: numpy.random.Generator) -> shapely.LineString:
    """Return a walk of about `length_m` along the network that prefers streets it has not walked yet and turns round
    only in dead ends. Raises ValueError for an empty network.
    """
    if not network.lines:
        raise ValueError("there is no street to walk on")
    edge = int(rng.integers(len(network.lines)))
    node = int(network.ends[edge, 0])
    passes = numpy.zeros(len(network.lines))
    path: list[tuple[float, ...]] = []
    walked_m = 0.0
    while walked_m < length_m:
        line = network.lines[edge]
        forward = int(network.ends[edge, 0]) == node
        path += list(line.coords) if forward else list(line.coords)[::-1]
        passes[edge] += 1
        walked_m += line.length
        node = int(network.ends[edge, 1 if forward else 0])
        edge = _next_edge(network, node, edge, passes, rng)
    return shapely.LineString(path)


def _next_edge(network: Network, node: int, came_by: int, passes: Floats, rng: numpy.random.Generator) -> int:
    options = [edge for edge in network.at_node[node] if edge != came_by] or [came_by]
    weights = [0.05 ** passes[edge] for edge in options]
    # Drawn by hand: Generator.choice costs fifty times as much for three options, and a walk has hundreds of corners.
    left = rng.random() * sum(weights)
    for edge, weight in zip(options, weights, strict=True):
        left -= weight
        if left < 0:
            return edge
    return options[-1]


def fixes_on(path: shapely.LineString, *, speed_mps: float, rng: numpy.random.Generator) -> Fixes:
    """Return the fixes of a phone carried along `path`: one every 5 s, white and slowly drifting noise, a few outliers,
    and now and then a gap of one to two minutes and a half in which nothing was recorded: seldom enough that a month
    of them does not leave every street within somebody's reach, and so unknown.
    """
    t_s = numpy.arange(0.0, path.length / speed_mps, FIX_EVERY_S)
    # People do not walk like clocks: the pace wavers by a tenth around its mean.
    pace = numpy.clip(rng.normal(1.0, 0.1, len(t_s)), 0.6, 1.4)
    x_m, y_m = _points_along(path, numpy.cumsum(pace) * FIX_EVERY_S * speed_mps)
    noise_x, noise_y = _noise(len(t_s), rng), _noise(len(t_s), rng)
    outlier = rng.random(len(t_s)) < OUTLIER_SHARE
    noise_x[outlier] += rng.normal(0, 120, int(outlier.sum()))
    accuracy_m = numpy.where(outlier, 65.0, numpy.clip(rng.gamma(4.0, 2.2, len(t_s)), 3.0, 45.0))
    kept = _outside_gaps(t_s, rng)
    return Fixes(
        t_s[kept],
        (x_m + noise_x)[kept],
        (y_m + noise_y)[kept],
        accuracy_m.round(1)[kept],
    )


def _points_along(path: shapely.LineString, along_m: Floats) -> tuple[Floats, Floats]:
    """Return the positions at these metres along the path; beyond its end, the end."""
    corners = shapely.get_coordinates(path)
    at_m = numpy.concatenate([[0.0], numpy.cumsum(numpy.hypot(*numpy.diff(corners, axis=0).T))])
    return numpy.interp(along_m, at_m, corners[:, 0]), numpy.interp(along_m, at_m, corners[:, 1])


def _noise(count: int, rng: numpy.random.Generator) -> Floats:
    """Return white noise plus an AR(1) drift, metres: GPS errs today where it erred a moment ago."""
    drift = numpy.zeros(count)
    pushes = rng.normal(0, DRIFT_M * (1 - DRIFT_RHO**2) ** 0.5, count)
    for i in range(1, count):
        drift[i] = DRIFT_RHO * drift[i - 1] + pushes[i]
    return drift + rng.normal(0, WHITE_M, count)


def _outside_gaps(t_s: Floats, rng: numpy.random.Generator) -> NDArray[numpy.bool_]:
    kept = numpy.ones(len(t_s), dtype=bool)
    if rng.random() < GAP_SHARE and len(t_s) > 200:
        start_s = float(rng.uniform(120, t_s[-1] - 300))
        kept &= (t_s < start_s) | (t_s > start_s + float(rng.uniform(60, 150)))
    return kept
