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

from geo.compiled import compiled_inline
from geo.matching.ahead import look_ahead, nearest_on
from geo.matching.model import (
    ALONG,
    ANEW,
    COST,
    OFF,
    OFFSET_X,
    OFFSET_Y,
    TURNED,
    UNIT_X,
    UNIT_Y,
    VARIANCE,
    Ground,
    Model,
    Room,
    States,
    Stretch,
    allowed_m,
)  # fmt: skip
from geo.matching.network import Floats, Integers
from geo.matching.observations import ARRIVED_S, LEFT_S, X, Y
from geo.matching.states import likeliest_of, place_for, take_up
from geo.matching.ways import UNIT_X as STREET_X
from geo.matching.ways import UNIT_Y as STREET_Y


@compiled_inline
def run_viterbi(
    ground: Ground, model: Model, stretch: Stretch, room: Room, seen: Floats, states: States, path: Integers
) -> None:
    """Fill `path` with the state of each observation (OFF: off the streets); `seen` are the observations in order.

    `states` has room for each observation and gets what states there were.
    """
    old, new = room.old, room.new
    new[OFF, COST], states.off_back[0] = model.off_cost + model.switch_cost / 2, OFF
    states.first[0] = 0
    count = take_up(ground, model, stretch, room, seen[0], 0.0, OFF, states, 0, new, int(np.int64(0)))
    states.first[1] = count
    _forget(room.slot, states, 0)
    for now in range(1, len(seen)):
        old, new = new, old
        count = _step(ground, model, stretch, room, seen, states, now, old, new)
        states.first[now + 1] = states.first[now] + count
        _forget(room.slot, states, now)
    state = likeliest_of(new, count)
    for now in range(len(seen) - 1, -1, -1):
        path[now] = state
        state = states.off_back[now] if state == OFF else states.back[states.first[now] + state]
        state %= TURNED


@compiled_inline
def _forget(slot: Integers, states: States, now: int) -> None:
    for state in range(states.first[now], states.first[now + 1]):
        slot[states.edge[state]] = -1


@compiled_inline
def _step(
    ground: Ground, model: Model, stretch: Stretch, room: Room, seen: Floats, states: States, now: int,
    old: Floats, new: Floats,
) -> int:  # fmt: skip
    """Fill the states of observation `now`; return how many there are."""
    first = states.first[now]
    likeliest = likeliest_of(old, first - states.first[now - 1])
    best, off = old[likeliest, COST], old[OFF, COST]
    count, least = _walk_on(ground, model, stretch, room, seen, states, now, likeliest, old, new)
    new[OFF, COST], states.off_back[now] = off + model.off_cost, OFF
    if best + model.off_cost + model.switch_cost < new[OFF, COST]:
        new[OFF, COST], states.off_back[now] = best + model.off_cost + model.switch_cost, likeliest
    found_m = off + model.switch_cost
    if found_m < least + model.beam:
        count = take_up(ground, model, stretch, room, seen[now], found_m, OFF, states, first, new, count)
    if best + model.break_cost < least:
        broken = best + model.break_cost
        count = take_up(ground, model, stretch, room, seen[now], broken, likeliest + ANEW, states, first, new, count)
    return count


@compiled_inline
def _walk_on(  # noqa: C901, PLR0912, PLR0915 - as its docstring says
    ground: Ground, model: Model, stretch: Stretch, room: Room, seen: Floats, states: States, now: int,
    likeliest: int, old: Floats, new: Floats,
) -> tuple[int, float]:  # fmt: skip
    """Fill the states that the old ones can reach along the streets; return how many there are, and the least cost.

    One long function: handing the many numbers on would cost more than the work.
    """
    length_m, end_m, onward_start, onward, segment_start, segments = ground.ways
    slot, ahead, away_m, came_by = room.slot, room.ahead, room.away_m, room.came_by
    edge, along_m, back = states.edge, states.along_m, states.back
    was, at = states.first[now - 1], states.first[now]
    free_m = allowed_m(model, stretch.pace_mps, seen[now - 1], seen[now])
    reach_m, aside_m = free_m + model.spare_m, model.aside_sigmas * stretch.sigma_m
    keep = np.exp(-(seen[now, ARRIVED_S] - seen[now - 1, LEFT_S]) / stretch.memory_s)
    widest = stretch.sigma_m * stretch.sigma_m
    variance = widest * (1 - keep * keep + model.floor)
    half, dear = 0.5 / variance, 1 / model.beta_m
    limit = old[likeliest, COST] + model.beam
    count, least = int(np.int64(0)), np.inf
    for number in range(-1, at - was):
        # The best first: what it leads to rules out most of the rest.
        state = likeliest if number < 0 else number
        if state == OFF or number == likeliest or old[state, COST] > limit:
            continue
        # Where the reading would lie had the phone erred as it did before.
        x_m, y_m = seen[now, X] - keep * old[state, OFFSET_X], seen[now, Y] - keep * old[state, OFFSET_Y]
        # Along the street the offset was not known: what is missing that way costs less.
        unknown, ux, uy = keep * keep * old[state, VARIANCE], old[state, UNIT_X], old[state, UNIT_Y]
        share = unknown / (variance + unknown)
        for turned in range(2):
            cost, begin, at_m = old[state, COST], edge[was + state], old[state, ALONG]
            if turned == 1:
                cost, begin, at_m = cost + model.turn_cost, begin ^ 1, length_m[begin] - at_m
            if cost > limit or cost > least + model.beam:
                break
            many = look_ahead(
                length_m, end_m, onward_start, onward, begin, at_m, reach_m, x_m, y_m, aside_m, ahead, away_m, came_by
            )
            for one in range(many):
                way, out_m = ahead[one], away_m[one]
                first, last = segment_start[way], segment_start[way + 1]
                low_m = -out_m if out_m < 0.0 else 0.0
                high_m = length_m[way] if length_m[way] < reach_m - out_m else reach_m - out_m
                squared, place_m, on_x, on_y, which = nearest_on(segments, first, last, low_m, high_m, x_m, y_m)
                # What it costs at least: it may all lie along the street.
                if cost + (1 - share) * squared * half > least + model.beam:
                    continue
                haste_m = out_m + place_m - free_m
                if haste_m > 0:
                    # As far back as a metre of haste costs more than a metre that the reading lies ahead.
                    cosine = ux * segments[which, STREET_X] + uy * segments[which, STREET_Y]
                    back_m = (variance + unknown * cosine * cosine) * dear
                    high_m = place_m - (back_m if back_m < haste_m else haste_m)
                    high_m = high_m if high_m > low_m else low_m
                    squared, place_m, on_x, on_y, which = nearest_on(segments, first, last, low_m, high_m, x_m, y_m)
                    haste_m = out_m + place_m - free_m
                beside_m = (x_m - on_x) * ux + (y_m - on_y) * uy
                total = cost + (squared - share * beside_m * beside_m) * half
                if haste_m > 0:
                    total += haste_m * dear
                if not total <= least + model.beam:
                    continue
                place = place_for(slot, edge, at, new, count, way, total)
                if place < 0:
                    continue
                if total < least:
                    least = total
                if place == count:
                    count += 1
                edge[at + place], along_m[at + place], back[at + place] = way, place_m, state + turned * TURNED
                unit_x, unit_y = segments[which, STREET_X], segments[which, STREET_Y]
                cosine = ux * unit_x + uy * unit_y
                left = variance + unknown * cosine * cosine
                new[place, COST], new[place, ALONG], new[place, OFFSET_X] = total, place_m, seen[now, X] - on_x
                new[place, OFFSET_Y], new[place, VARIANCE] = seen[now, Y] - on_y, left if left < widest else widest
                new[place, UNIT_X], new[place, UNIT_Y] = unit_x, unit_y
    return count, least
