"""PURE: from the states of a track to the way it took: spans of edges with direction and time."""

import numpy as np

from geo.compiled import compiled_leaf
from geo.matching.ahead import look_ahead
from geo.matching.model import ANEW, OFF, TURNED, Ground, Model, Room, States, Stretch, allowed_m
from geo.matching.network import Floats, Integers
from geo.matching.observations import ARRIVED_S, LEFT_S, X, Y
from geo.matching.ways import Ways

# Columns of a span: edge (-1: off the streets), metres along the edge where it begins and ends, and when.
EDGE, BEGIN, END, FROM_S, TO_S = 0, 1, 2, 3, 4


@compiled_leaf
def route(
    ground: Ground, model: Model, stretch: Stretch, room: Room, seen: Floats, states: States, path: Integers,
    spans: Floats,
) -> int:  # fmt: skip
    """Fill `spans` with those of a track, as far as there is room; return how many there are.

    A span off the streets has the metres of its beeline as END. Where the track was taken up anew, there is none.
    """
    used, nowhere = int(np.int64(0)), int(np.int64(-1))
    for now in range(len(seen)):
        state = path[now]
        if seen[now, LEFT_S] > seen[now, ARRIVED_S]:
            line, at_m = nowhere, 0.0
            if state != OFF:
                here = states.first[now] + state
                line = states.edge[here] >> 1
                at_m = _on_street(ground.ways.length_m, states.edge[here], states.along_m[here])
            used = _put(spans, used, line, at_m, at_m, seen[now, ARRIVED_S], seen[now, LEFT_S])
        if now + 1 == len(seen):
            break
        there, from_s, to_s = path[now + 1], seen[now, LEFT_S], seen[now + 1, ARRIVED_S]
        if state == OFF or there == OFF:
            away_m = np.hypot(seen[now + 1, X] - seen[now, X], seen[now + 1, Y] - seen[now, Y])
            used = _put(spans, used, nowhere, 0.0, away_m, from_s, to_s)
            continue
        here, next_one = states.first[now] + state, states.first[now + 1] + there
        if states.back[next_one] < ANEW:
            reach_m = allowed_m(model, stretch.pace_mps, seen[now], seen[now + 1]) + model.spare_m
            used = _way(
                ground.ways, room, reach_m, states.back[next_one] >= TURNED, states.edge[here], states.along_m[here],
                states.edge[next_one], states.along_m[next_one], from_s, to_s, spans, used,
            )  # fmt: skip
    return used


@compiled_leaf
def _on_street(length_m: Floats, way: int, at_m: float) -> float:
    """Return where a place on a directed edge lies along its street."""
    return float(length_m[way] - at_m) if way & 1 == 1 else at_m


@compiled_leaf
def _put(spans: Floats, used: int, line: int, begin: float, end: float, from_s: float, to_s: float) -> int:
    if used < len(spans):
        row = spans[used]
        row[EDGE], row[BEGIN], row[END], row[FROM_S], row[TO_S] = line, begin, end, from_s, to_s
    return used + 1


@compiled_leaf
def _way(
    ways: Ways, room: Room, reach_m: float, turned: bool, begin: int, at_m: float, goal: int, to_m: float,
    from_s: float, to_s: float, spans: Floats, used: int,
) -> int:  # fmt: skip
    """Append the way between two places; the time passes evenly along it."""
    length_m = ways.length_m
    if turned:
        begin, at_m = begin ^ 1, length_m[begin] - at_m
    last = 0
    if begin != goal or to_m < at_m:
        many = look_ahead(
            length_m, ways.end_m, ways.onward_start, ways.onward, begin, at_m, reach_m, 0.0, 0.0, np.inf,
            room.ahead, room.away_m, room.came_by,
        )  # fmt: skip
        last = _last(room, many, goal)
    else:
        room.ahead[0], room.away_m[0], room.came_by[0] = begin, -at_m, -1
    hops, one = 0, last
    while one >= 0:
        hops, one = hops + 1, room.came_by[one]
    whole_m = room.away_m[last] + to_m
    pace = (to_s - from_s) / whole_m if whole_m > 0 else 0.0
    # The chain is followed from its end to its beginning.
    one = last
    for hop in range(hops - 1, -1, -1):
        way = room.ahead[one]
        a, b = at_m if hop == 0 else 0.0, to_m if hop == hops - 1 else length_m[way]
        clock, later = from_s + pace * (room.away_m[one] + a), from_s + pace * (room.away_m[one] + b)
        _put(spans, used + hop, way >> 1, _on_street(length_m, way, a), _on_street(length_m, way, b), clock, later)
        one = room.came_by[one]
    return used + hops


@compiled_leaf
def _last(room: Room, many: int, goal: int) -> int:
    """Return the number of the shortest way to an edge among those ahead; -1 if it is not there."""
    last = -1
    for one in range(1, many):
        if room.ahead[one] == goal and (last < 0 or room.away_m[one] < room.away_m[last]):
            last = one
    return last
