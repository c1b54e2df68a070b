"""PURE: the most likely streets of a track: a hidden Markov model after Newson and Krumm (2009), with Viterbi.

A state is an edge, the direction in which it is walked, and how far; or "off the streets". What differs from the paper:

- A phone errs now much as it erred a moment ago (AR(1)): what counts is by how much the offset from the street changed
  more than it should. How fast errors fade is measured on the track itself (geo.matching.noise).
- The place along the street is not the nearest one each time: it goes on from the place before by as much as the track
  did, and never back. What the error along the street was shows at the next corner, so its variance is carried on.
- Who walks on is not charged for it up to the usual pace; a turn on the spot is charged, but not in a dead end.
- A state "off the streets" takes the alleys and yards that no map has, which would otherwise be forced onto a street.
"""

import numpy as np

from geo.compiled import compiled_leaf, compiled_part
from geo.matching.ahead import look_ahead, nearest_on
from geo.matching.model import ANEW, OFF, STATES, TURNED, Ground, Model, Room, States, Stretch, allowed_m
from geo.matching.network import Floats, Integers
from geo.matching.observations import ARRIVED_S, LEFT_S, X, Y
from geo.matching.states import (
    ALONG,
    COLUMNS,
    COST,
    OFFSET_X,
    OFFSET_Y,
    UNIT_X,
    UNIT_Y,
    VARIANCE,
    likeliest_of,
    place_for,
    take_up,
)  # fmt: skip


@compiled_part
def run_viterbi(
    ground: Ground, model: Model, stretch: Stretch, room: Room, seen: Floats, states: States, path: Integers
) -> None:
    """Fill `path` with the state of each observation (OFF: off the streets); `seen` are the observations in order.

    `states` has a row for each observation and gets what states there were.
    """
    n = len(seen)
    old, new = np.empty((STATES + 1, COLUMNS)), np.empty((STATES + 1, COLUMNS))
    new[OFF, COST], states.back[0, OFF] = model.off_cost + model.switch_cost / 2, OFF
    count = take_up(
        ground, model, stretch, room, seen[0], 0.0, OFF,
        states.edge[0], states.along_m[0], states.back[0], new, int(np.int64(0)),
    )  # fmt: skip
    _forget(room.slot, states.edge[0], count)
    for now in range(1, n):
        old, new = new, old
        count = _step(
            ground, model, stretch, room, seen[now - 1], seen[now], states.edge[now - 1], old, count,
            states.edge[now], states.along_m[now], states.back[now], new,
        )  # fmt: skip
        _forget(room.slot, states.edge[now], count)
    state = likeliest_of(new, count)
    for now in range(n - 1, -1, -1):
        path[now] = state
        state = states.back[now, state] % TURNED


@compiled_leaf
def _forget(slot: Integers, edge: Integers, count: int) -> None:
    for state in range(count):
        slot[edge[state]] = -1


@compiled_leaf
def _step(
    ground: Ground, model: Model, stretch: Stretch, room: Room, then: Floats, now: Floats,
    old_edge: Integers, old: Floats, old_count: int, edge: Integers, along_m: Floats, back: Integers, new: Floats,
) -> int:  # fmt: skip
    """Fill the states of an observation; return how many there are."""
    likeliest = likeliest_of(old, old_count)
    best, off = old[likeliest, COST], old[OFF, COST]
    count = _walk_on(
        ground, model, stretch, room, then, now, best, likeliest, old_edge, old, old_count, edge, along_m, back, new
    )
    new[OFF, COST], back[OFF] = off + model.off_cost, OFF
    if best + model.off_cost + model.switch_cost < new[OFF, COST]:
        new[OFF, COST], back[OFF] = best + model.off_cost + model.switch_cost, likeliest
    least = np.inf
    for state in range(count):
        least = min(least, new[state, COST])
    if off + model.switch_cost < least + model.beam:
        count = take_up(
            ground, model, stretch, room, now, off + model.switch_cost, OFF, edge, along_m, back, new, count
        )
    if best + model.break_cost < least:
        count = take_up(
            ground,
            model,
            stretch,
            room,
            now,
            best + model.break_cost,
            likeliest + ANEW,
            edge,
            along_m,
            back,
            new,
            count,
        )
    return count


@compiled_leaf
def _walk_on(  # noqa: PLR0915 - as its docstring says
    ground: Ground, model: Model, stretch: Stretch, room: Room, then: Floats, now: Floats, best: float, likeliest: int,
    old_edge: Integers, old: Floats, old_count: int, edge: Integers, along_m: Floats, back: Integers, new: Floats,
) -> int:  # fmt: skip
    """Fill the states that the old ones can reach along the streets; return how many there are.

    One long function: handing on the many arrays, and counting references to them, would cost more than the work.
    """
    ends, node_start, at_node, node_xy_m = (
        ground.network.ends, ground.network.node_start, ground.network.at_node, ground.node_xy_m,
    )  # fmt: skip
    length_m, corner_start, bounds = ground.network.length_m, ground.network.corner_start, ground.grid.bounds
    slot, ahead, away_m, came_by, found = room.slot, room.ahead, room.away_m, room.came_by, room.found
    free_m = allowed_m(model, stretch.pace_mps, then, now)
    reach_m, aside_m = free_m + model.spare_m, model.aside_sigmas * stretch.sigma_m
    keep = np.exp(-(now[ARRIVED_S] - then[LEFT_S]) / stretch.memory_s)
    widest = stretch.sigma_m * stretch.sigma_m
    variance = widest * (1 - keep * keep + model.floor)
    count, least, limit = int(np.int64(0)), np.inf, best + model.beam
    for number in range(-1, old_count):
        # The best first: what it leads to rules out most of the rest.
        state = likeliest if number < 0 else number
        if state == OFF or number == likeliest or old[state, COST] > limit:
            continue
        # Where the reading would lie had the phone erred as it did before.
        x_m, y_m = now[X] - keep * old[state, OFFSET_X], now[Y] - keep * old[state, OFFSET_Y]
        # Along the street the offset was not known: what is missing that way costs less.
        unknown, ux, uy = keep * keep * old[state, VARIANCE], old[state, UNIT_X], old[state, UNIT_Y]
        for turned in range(2):
            cost, begin, at_m = old[state, COST], old_edge[state], old[state, ALONG]
            if turned == 1:
                cost, begin, at_m = cost + model.turn_cost, begin ^ 1, length_m[begin >> 1] - at_m
            if cost > min(limit, least + model.beam):
                break
            many = look_ahead(
                ends, length_m, node_start, at_node, node_xy_m, begin, at_m, reach_m, x_m, y_m, aside_m,
                ahead, away_m, came_by,
            )  # fmt: skip
            for one in range(many):
                way, out_m = ahead[one], away_m[one]
                place_m, squared = _arrive(
                    bounds, corner_start, length_m, way, out_m, free_m, reach_m, x_m, y_m,
                    variance, unknown, ux, uy, model.beta_m, found,
                )  # fmt: skip
                beside_m = (x_m - found[1]) * ux + (y_m - found[2]) * uy
                total = cost + (squared - unknown / (variance + unknown) * beside_m * beside_m) / (2 * variance)
                total += max(0.0, out_m + place_m - free_m) / model.beta_m
                if total > least + model.beam:
                    continue
                place = place_for(slot, edge, new, count, way, total)
                if place < 0:
                    continue
                least, count = min(least, total), max(count, place + 1)
                edge[place], along_m[place], back[place] = way, place_m, state + turned * TURNED
                row, cosine = new[place], ux * found[3] + uy * found[4]
                row[COST], row[ALONG], row[OFFSET_X] = total, place_m, now[X] - found[1]
                row[OFFSET_Y], row[VARIANCE] = now[Y] - found[2], min(variance + unknown * cosine * cosine, widest)
                row[UNIT_X], row[UNIT_Y] = found[3], found[4]
    return count


@compiled_leaf
def _arrive(
    bounds: Floats, corner_start: Integers, length_m: Floats, way: int, out_m: float, free_m: float, reach_m: float,
    x_m: float, y_m: float, variance: float, unknown: float, ux: float, uy: float, beta_m: float, found: Floats,
) -> tuple[float, float]:  # fmt: skip
    """Fill `found` with the place on an edge ahead, which begins `out_m` away; return how far along it is, and the
    squared distance from (x, y).
    """
    line = way >> 1
    whole_m, first, last = length_m[line], corner_start[line] - line, corner_start[line + 1] - line - 1
    low_m, high_m = max(0.0, -out_m), min(whole_m, reach_m - out_m)
    if way & 1 == 1:
        low_m, high_m = whole_m - high_m, whole_m - low_m
    squared = nearest_on(bounds, first, last, low_m, high_m, x_m, y_m, found)
    place_m = whole_m - found[0] if way & 1 == 1 else found[0]
    if out_m + place_m > free_m:
        # As far back as a metre of haste costs more than a metre that the reading lies ahead.
        cosine = ux * found[3] + uy * found[4]
        back_m = min(out_m + place_m - free_m, (variance + unknown * cosine * cosine) / beta_m)
        if way & 1 == 1:
            low_m = min(high_m, found[0] + back_m)
        else:
            high_m = max(low_m, found[0] - back_m)
        squared = nearest_on(bounds, first, last, low_m, high_m, x_m, y_m, found)
        place_m = whole_m - found[0] if way & 1 == 1 else found[0]
    return place_m, squared
