"""PURE: the likeliest states of one moment: one a directed edge, the dearest given up if there are too many."""

import numpy as np

from geo.compiled import compiled_inline, compiled_leaf
from geo.matching.grid import REACH_M, candidates_near
from geo.matching.model import (
    ALONG,
    COST,
    OFF,
    OFFSET_X,
    OFFSET_Y,
    STATES,
    UNIT_X,
    UNIT_Y,
    VARIANCE,
    Ground,
    Model,
    Room,
    States,
    Stretch,
)  # fmt: skip
from geo.matching.network import Floats, Integers
from geo.matching.observations import X, Y


@compiled_inline
def place_for(slot: Integers, edge: Integers, first: int, new: Floats, count: int, way: int, cost: float) -> int:
    """Return the row, counted from `first`, for a state: that of its edge if that was dearer, a free one, the dearest
    of all; else -1.
    """
    place = slot[way]
    if place >= 0:
        return int(place) if cost < new[place, COST] else -1
    place = count
    if count == STATES:
        place = 0
        for state in range(1, count):
            if new[state, COST] > new[place, COST]:
                place = state
        if new[place, COST] <= cost:
            return -1
        slot[edge[first + place]] = -1
    slot[way] = place
    return int(place)


@compiled_leaf
def take_up(
    ground: Ground, model: Model, stretch: Stretch, room: Room, seen: Floats, cost: float, came_from: int,
    states: States, first: int, new: Floats, count: int,
) -> int:  # fmt: skip
    """Add the states on streets near an observation of which nothing was known before; return how many there are."""
    shape, cell_start, cell_segments, segment_edge, bounds = ground.grid
    variance, near = stretch.sigma_m * stretch.sigma_m, room.near
    reach_m = min(max(model.reach_sigmas * stretch.sigma_m, model.reach_least_m), REACH_M)
    found = candidates_near(
        shape, cell_start, cell_segments, segment_edge, bounds, seen[X], seen[Y], reach_m, room.near_edge, near
    )
    for number in range(2 * found):
        one, direction = number >> 1, number & 1
        line, total = room.near_edge[one], cost + near[one, 3] / (2 * variance)
        place = place_for(room.slot, states.edge, first, new, count, 2 * line + direction, total)
        if place < 0:
            continue
        count = max(count, place + 1)
        at_m = ground.network.length_m[line] - near[one, 0] if direction == 1 else near[one, 0]
        states.edge[first + place], states.along_m[first + place] = 2 * line + direction, at_m
        states.back[first + place] = came_from
        row = new[place]
        row[COST], row[ALONG], row[OFFSET_X], row[OFFSET_Y] = total, at_m, near[one, 1], near[one, 2]
        # The street runs at right angles to the offset.
        away_m = np.sqrt(near[one, 3]) + 1e-9
        row[VARIANCE], row[UNIT_X], row[UNIT_Y] = variance, near[one, 2] / away_m, -near[one, 1] / away_m
    return count


@compiled_leaf
def likeliest_of(states: Floats, count: int) -> int:
    """Return the number of the likeliest state."""
    best = OFF
    for state in range(count):
        if states[state, COST] < states[best, COST]:
            best = state
    return best
