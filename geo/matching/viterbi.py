"""PURE: the most likely streets of a track: a hidden Markov model after Newson and Krumm (2009), with Viterbi.

A state is a place on one of the nearest edges, or "off the streets". Two things differ from the paper:

- A phone errs now much as it erred a moment ago. The emission is therefore that of an AR(1) process: what counts is by
  how much the offset from the street *changed* more than it should, not the offset itself over and over again. With
  correlation 0 this is the paper's Gaussian.
- A state "off the streets" takes the alleys and yards that no map has, which would otherwise be forced onto a street.
"""

from typing import NamedTuple

import numpy as np

from geo.compiled import compiled_part
from geo.matching.distances import Distances, way_m
from geo.matching.grid import CANDIDATES, REACH_M, Grid, candidates_near
from geo.matching.network import Floats, Integers, Network
from geo.matching.observations import ARRIVED_S, LEFT_S, X, Y

OFF = CANDIDATES
STATES = CANDIDATES + 1
# Columns of a place, as candidates_near fills them.
ALONG, OFFSET_X, OFFSET_Y = 0, 1, 2


class Ground(NamedTuple):
    """A network with what the model looks up in it."""

    network: Network
    grid: Grid
    distances: Distances


class Model(NamedTuple):
    """The numbers of the model; how they were found is in docs/matching.md. Costs are negative log-likelihoods."""

    # Seconds after which an error of a phone has faded to a third.
    memory_s: float = 14.0
    # The mean of |way − beeline| between observations, as a share of σ.
    beta_sigmas: float = 0.8
    # A candidate lies within so many σ, and never further than the grid reaches.
    reach_sigmas: float = 3.2
    reach_least_m: float = 35.0
    # An observation off the streets; leaving or finding them again.
    off_cost: float = 2.5
    switch_cost: float = 3.5
    # A way longer than the table or out of all proportion: the track is taken up anew.
    break_cost: float = 12.0
    # A state so much less likely than the best is given up.
    beam: float = 16.0


@compiled_part
def run_viterbi(
    ground: Ground, model: Model, seen: Floats, sigma_m: float, edge: Integers, place: Floats, path: Integers
) -> None:
    """Fill `path` with the state of each observation (OFF: off the streets); `seen` are the observations in order.

    `edge` and `place` have CANDIDATES columns and get the candidates of each observation.
    """
    shape, cell_start, cell_segments, segment_edge, bounds = ground.grid
    ends, length_m = ground.network.ends, ground.network.length_m
    row_start, entries = ground.distances.start, ground.distances.entries
    n = len(seen)
    count, cost, back = np.empty(n, np.int64), np.empty((n, STATES)), np.empty((n, STATES), np.int64)
    reach_m = min(max(model.reach_sigmas * sigma_m, model.reach_least_m), REACH_M)
    for now in range(n):
        x_m, y_m = seen[now, X], seen[now, Y]
        count[now] = candidates_near(
            shape, cell_start, cell_segments, segment_edge, bounds, x_m, y_m, reach_m, edge[now], place[now]
        )
        if now == 0:
            _begin(model, sigma_m, place[0, : count[0]], cost[0], back[0])
            continue
        likeliest = _best(cost[now - 1], count[now - 1])
        _step(model, sigma_m, place[now, : count[now]], cost[now - 1], likeliest, cost[now], back[now])
        old, new = slice(0, count[now - 1]), slice(0, count[now])
        limit = cost[now - 1, likeliest] + model.beam
        _from_streets(
            ends, length_m, row_start, entries, model, sigma_m, seen[now - 1], seen[now], limit,
            edge[now - 1, old], place[now - 1], cost[now - 1], edge[now, new], place[now], cost[now], back[now],
        )  # fmt: skip
    state = _best(cost[n - 1], count[n - 1])
    for now in range(n - 1, -1, -1):
        path[now] = state
        state = back[now, state]


@compiled_part
def _fresh(place: Floats, state: int, sigma_m: float) -> float:
    """Return the cost of an offset of which nothing was known before."""
    return float((place[state, OFFSET_X] ** 2 + place[state, OFFSET_Y] ** 2) / (2 * sigma_m * sigma_m))


@compiled_part
def _begin(model: Model, sigma_m: float, place: Floats, cost: Floats, back: Integers) -> None:
    for state in range(len(place)):
        cost[state], back[state] = _fresh(place, state, sigma_m), state
    cost[OFF], back[OFF] = model.off_cost + model.switch_cost / 2, OFF


@compiled_part
def _best(cost: Floats, count: int) -> int:
    best = OFF
    for state in range(count):
        if cost[state] < cost[best]:
            best = state
    return best


@compiled_part
def _step(
    model: Model, sigma_m: float, place: Floats, before: Floats, likeliest: int, cost: Floats, back: Integers
) -> None:
    """Fill the costs of being off the streets, of finding them again, and of taking the track up anew."""
    least, off = before[likeliest], before[OFF]
    for state in range(len(place)):
        fresh = _fresh(place, state, sigma_m)
        cost[state], back[state] = off + model.switch_cost + fresh, OFF
        if least + model.break_cost + fresh < cost[state]:
            cost[state], back[state] = least + model.break_cost + fresh, likeliest
    cost[OFF], back[OFF] = off + model.off_cost, OFF
    if least + model.off_cost + model.switch_cost < cost[OFF]:
        cost[OFF], back[OFF] = least + model.off_cost + model.switch_cost, likeliest


@compiled_part
def _from_streets(
    ends: Integers, length_m: Floats, row_start: Integers, entries: Integers, model: Model, sigma_m: float,
    then: Floats, now: Floats, limit: float,
    old_edge: Integers, old: Floats, so_far: Floats, new_edge: Integers, new: Floats, cost: Floats, back: Integers,
) -> None:  # fmt: skip
    """Lower the cost of each state to that of the best way along the streets."""
    keep = np.exp(-(now[ARRIVED_S] - then[LEFT_S]) / model.memory_s)
    weight = 1 / (2 * sigma_m * sigma_m * (1 - keep * keep + 1e-3))
    dx, dy = now[X] - then[X], now[Y] - then[Y]
    beeline_m = np.sqrt(dx * dx + dy * dy)
    beta_m = model.beta_sigmas * sigma_m
    for before in range(len(old_edge)):
        if so_far[before] > limit:
            continue
        old_x, old_y = old[before, OFFSET_X], old[before, OFFSET_Y]
        for state in range(len(new_edge)):
            new_x, new_y = new[state, OFFSET_X], new[state, OFFSET_Y]
            ex, ey = new_x - keep * old_x, new_y - keep * old_y
            total = so_far[before] + weight * (ex * ex + ey * ey)
            # No way is shorter than the beeline between the places: most pairs end here, without a look at the table.
            px, py = dx - new_x + old_x, dy - new_y + old_y
            if total + max(0.0, np.sqrt(px * px + py * py) - beeline_m) / beta_m >= cost[state]:
                continue
            way, _ = way_between(
                ends, length_m, row_start, entries, old_edge[before], old[before, ALONG],
                new_edge[state], new[state, ALONG],
            )  # fmt: skip
            total += abs(way - beeline_m) / beta_m
            if total < cost[state]:
                cost[state], back[state] = total, before


@compiled_part
def way_between(
    ends: Integers, length_m: Floats, row_start: Integers, entries: Integers,
    one: int, at_m: float, other: int, to_m: float,
) -> tuple[float, int]:  # fmt: skip
    """Return the length of the shortest way between two places on edges, and how it leaves and arrives.

    -1: along the one edge they share; else 2 × (leaves by its end: 1) + (arrives from the other's end: 1).
    """
    best, how = np.inf, -1
    if one == other:
        best = abs(to_m - at_m)
    for leave in range(2):
        out_m = at_m if leave == 0 else length_m[one] - at_m
        for arrive in range(2):
            in_m = to_m if arrive == 0 else length_m[other] - to_m
            if out_m + in_m >= best:
                continue
            a, b = ends[one, leave], ends[other, arrive]
            total = out_m + in_m
            if a != b:
                total += way_m(row_start, entries, a, b)
            if total < best:
                best, how = total, 2 * leave + arrive
    return best, how
