"""PURE: the simulator behind `make accuracy`: walks on a street network of which every metre is known, and the fixes a
phone would have taken on the way.

It ships, so that anyone can repeat the figures. Errors are white or drift slowly (AR(1)); a few readings are outliers;
the walker halts, leaves the map through alleys, and the phone is silent for minutes.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.matching.network import Floats, Integers, Network


@dataclass(frozen=True)
class Conditions:
    """How a walk goes and how its phone errs. `rho` is the correlation of the errors of two fixes 5 s apart."""

    sigma_m: float = 10.0
    rho: float = 0.0
    speed_mps: float = 1.3
    every_s: float = 5.0
    outlier_share: float = 0.005
    halts_per_km: float = 0.4
    gaps_per_hour: float = 1.0
    alleys_per_km: float = 0.3


@dataclass(frozen=True)
class Way:
    """What was walked: part `i` goes along edge `edge[i]` (-1: an alley) from `begin_m[i]` to `end_m[i]` of it.

    `corner_*` are the corners of the whole way with the metres walked up to them; `part_at_m` where the parts begin,
    and the whole length at the end.
    """

    edge: Integers
    begin_m: Floats
    end_m: Floats
    part_at_m: Floats
    corner_x_m: Floats
    corner_y_m: Floats
    corner_at_m: Floats


@dataclass(frozen=True)
class Walk:
    """Fixes in order of time, and the truth: `recorded_m` are the stretches (from, to) of the way that were walked
    while the phone recorded; `halted_s` how long the walker stood.
    """

    way: Way
    t_s: Floats
    x_m: Floats
    y_m: Floats
    accuracy_m: Floats
    recorded_m: Floats
    recorded_s: float


def simulate(network: Network, conditions: Conditions, *, length_m: float, rng: np.random.Generator) -> Walk:
    """Return a walk of about `length_m`. Raises ValueError for a network without streets."""
    way = _way(network, conditions, length_m, rng)
    at_s, at_m = _clock(way, conditions, rng)
    t_s = np.arange(0.0, at_s[-1], conditions.every_s)
    silent = _silences(t_s, conditions, rng)
    kept = ~np.any((t_s[:, None] > silent[:, 0]) & (t_s[:, None] < silent[:, 1]), axis=1)
    along_m = np.interp(t_s, at_s, at_m)
    x_m, y_m = (np.interp(along_m, way.corner_at_m, axis) for axis in (way.corner_x_m, way.corner_y_m))
    errors, accuracy_m = _errors(len(t_s), conditions, rng)
    heard = np.flatnonzero(kept)
    cuts = np.flatnonzero(np.diff(t_s[heard]) > 60.0)
    ends = np.stack([heard[np.append(0, cuts + 1)], heard[np.append(cuts, len(heard) - 1)]], axis=1)
    return Walk(
        way,
        t_s[kept],
        (x_m + errors[0])[kept],
        (y_m + errors[1])[kept],
        accuracy_m[kept],
        along_m[ends],
        float(np.sum(t_s[ends[:, 1]] - t_s[ends[:, 0]])),
    )


def _way(network: Network, conditions: Conditions, length_m: float, rng: np.random.Generator) -> Way:
    if len(network.street) == 0:
        raise ValueError("there is no street to walk on")
    passes = np.zeros(len(network.street))
    edge = int(rng.choice(len(network.street), p=network.length_m / network.length_m.sum()))
    node = int(network.ends[edge, int(rng.integers(2))])
    parts: list[tuple[int, float, float]] = []
    corners: list[Floats] = []
    walked_m = 0.0
    while walked_m < length_m:
        forward = int(network.ends[edge, 0]) == node
        parts.append((edge, 0.0, network.length_m[edge]) if forward else (edge, network.length_m[edge], 0.0))
        corners.append(_corners(network, edge, forward))
        passes[edge] += 1
        walked_m += network.length_m[edge]
        node = int(network.ends[edge, 1 if forward else 0])
        if rng.random() < conditions.alleys_per_km * network.length_m[edge] / 1000:
            alley = _alley(corners[-1][-1], rng)
            parts.append((-1, 0.0, 0.0))
            corners.append(alley)
        edge = _next_edge(network, node, edge, passes, rng)
    return _assembled(parts, corners)


def _assembled(parts: list[tuple[int, float, float]], corners: list[Floats]) -> Way:
    xy = np.concatenate(corners)
    at_m = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    sizes = np.array([len(part) for part in corners])
    columns = np.array(parts)
    starts = np.append(np.cumsum(sizes) - sizes, len(xy) - 1)
    return Way(columns[:, 0].astype(np.int64), columns[:, 1], columns[:, 2], at_m[starts], xy[:, 0], xy[:, 1], at_m)


def _corners(network: Network, edge: int, forward: bool) -> Floats:
    corners = slice(int(network.corner_start[edge]), int(network.corner_start[edge + 1]))
    xy = np.stack([network.corner_x_m[corners], network.corner_y_m[corners]], axis=1)
    return xy if forward else xy[::-1]


def _alley(start: Floats, rng: np.random.Generator) -> Floats:
    """Return a way of 80 to 240 m into a yard and back to where it began, with one bend."""
    heading = rng.uniform(0, 2 * np.pi)
    bend = heading + rng.choice([-1, 1]) * np.pi / 2
    first = start + rng.uniform(30, 70) * np.array([np.cos(heading), np.sin(heading)])
    second = first + rng.uniform(10, 50) * np.array([np.cos(bend), np.sin(bend)])
    return np.stack([start, first, second, first, start])


def _next_edge(network: Network, node: int, came_by: int, passes: Floats, rng: np.random.Generator) -> int:
    """Return a street that was not walked yet, if there is one; back only from a dead end."""
    at = network.at_node[int(network.node_start[node]) : int(network.node_start[node + 1])]
    options = at[at != came_by]
    if len(options) == 0:
        return came_by
    weights = 0.05 ** passes[options]
    return int(rng.choice(options, p=weights / weights.sum()))


def _clock(way: Way, conditions: Conditions, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return times and the metres walked by then: the pace wavers, and the walker halts for one to ten minutes."""
    total_m = float(way.corner_at_m[-1])
    steps = max(2, round(total_m / 10))
    at_m = np.linspace(0, total_m, steps + 1)
    took_s = total_m / steps / (conditions.speed_mps * np.clip(rng.normal(1.0, 0.15, steps), 0.5, 1.5))
    halts = rng.random(steps) < conditions.halts_per_km * total_m / steps / 1000
    rest_s = np.where(halts, rng.uniform(60, 600, steps), 0.0)
    ends_s = np.cumsum(took_s + rest_s)
    at_s = np.stack([ends_s - rest_s, ends_s], axis=1).ravel()
    return np.concatenate([[0.0], at_s]), np.concatenate([[0.0], np.repeat(at_m[1:], 2)])


def _silences(t_s: Floats, conditions: Conditions, rng: np.random.Generator) -> Floats:
    """Return when the phone recorded nothing: rows (from, to) of one to five minutes."""
    count = rng.poisson(conditions.gaps_per_hour * t_s[-1] / 3600) if len(t_s) else 0
    start_s = rng.uniform(0, t_s[-1] if len(t_s) else 1.0, count)
    return np.stack([start_s, start_s + rng.uniform(65, 300, count)], axis=1)


def _errors(count: int, conditions: Conditions, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the errors (2, count) and the accuracy the phone claims: the radius of 68 %, itself only guessed."""
    rho = conditions.rho ** (conditions.every_s / 5.0)
    pushes = rng.normal(0, conditions.sigma_m, (2, count))
    errors = pushes.copy()
    for i in range(1, count):
        errors[:, i] = rho * errors[:, i - 1] + (1 - rho**2) ** 0.5 * pushes[:, i]
    accuracy_m = 1.51 * conditions.sigma_m * np.exp(rng.normal(0, 0.2, count))
    astray = rng.random(count) < conditions.outlier_share
    heading, far_m = rng.uniform(0, 2 * np.pi, count), rng.uniform(60, 300, count)
    errors += astray * far_m * np.stack([np.cos(heading), np.sin(heading)])
    # Half of the phones that go astray know it.
    knows = astray & (rng.random(count) < 0.5)
    return errors, np.where(knows, 80.0, accuracy_m).round(1)


def covered_cells(network: Network, walk: Walk) -> npt.NDArray[np.bool_]:
    """Return which metres of the edges were walked while the phone recorded; edge `e` begins at `cell_start[e]`."""
    starts = cell_start(network)
    covered = np.zeros(int(starts[-1]), dtype=bool)
    way = walk.way
    for low_m, high_m in walk.recorded_m:
        first = max(int(np.searchsorted(way.part_at_m, low_m, side="right")) - 1, 0)
        last = min(int(np.searchsorted(way.part_at_m, high_m, side="left")), len(way.edge))
        for part in range(first, last):
            if way.edge[part] < 0:
                continue
            into = max(low_m - way.part_at_m[part], 0.0)
            out = min(high_m, way.part_at_m[part + 1]) - way.part_at_m[part]
            sign = 1 if way.end_m[part] >= way.begin_m[part] else -1
            mark(covered, starts, int(way.edge[part]), way.begin_m[part] + sign * into, way.begin_m[part] + sign * out)
    return covered


def cell_start(network: Network) -> Integers:
    """Return where the metres of each edge begin when all are laid end to end."""
    cells = np.ceil(network.length_m).astype(np.int64)
    return np.concatenate([[0], np.cumsum(cells)]).astype(np.int64)


def mark(covered: npt.NDArray[np.bool_], starts: Integers, edge: int, one_m: float, other_m: float) -> None:
    """Mark the metres of an edge whose middle lies between the two places."""
    low, high = min(one_m, other_m), max(one_m, other_m)
    first, last = int(np.ceil(low - 0.5)), int(np.ceil(high - 0.5))
    covered[starts[edge] + max(first, 0) : min(starts[edge] + last, starts[edge + 1])] = True
