"""PURE: from the states of a track to the way it took: spans of edges with direction and time."""

import numpy as np

from geo.compiled import compiled_part
from geo.matching.distances import way_m
from geo.matching.network import Floats, Integers
from geo.matching.observations import ARRIVED_S, LEFT_S, X, Y
from geo.matching.viterbi import ALONG, OFF, way_between

# Columns of a span: edge (-1: off the streets), metres along the edge where it begins and ends, and when.
EDGE, BEGIN, END, FROM_S, TO_S = 0, 1, 2, 3, 4


@compiled_part
def route(
    ends: Integers, length_m: Floats, node_start: Integers, at_node: Integers, row_start: Integers, entries: Integers,
    seen: Floats, edge: Integers, place: Floats, path: Integers, spans: Floats,
) -> int:  # fmt: skip
    """Fill `spans` with those of a track, as far as there is room; return how many there are.

    A span off the streets has the metres of its beeline as END. Where the track was taken up anew, there is none.
    """
    used = int(np.int64(0))
    for now in range(len(seen)):
        state = path[now]
        if seen[now, LEFT_S] > seen[now, ARRIVED_S]:
            where, at_m = (int(np.int64(-1)), 0.0) if state == OFF else (edge[now, state], place[now, state, ALONG])
            used = _put(spans, used, where, at_m, at_m, seen[now, ARRIVED_S], seen[now, LEFT_S])
        if now + 1 == len(seen):
            break
        next_state, from_s, to_s = path[now + 1], seen[now, LEFT_S], seen[now + 1, ARRIVED_S]
        if state == OFF or next_state == OFF:
            away_m = np.hypot(seen[now + 1, X] - seen[now, X], seen[now + 1, Y] - seen[now, Y])
            used = _put(spans, used, int(np.int64(-1)), 0.0, away_m, from_s, to_s)
        else:
            used = _way(
                ends, length_m, node_start, at_node, row_start, entries, edge[now, state], place[now, state, ALONG],
                edge[now + 1, next_state], place[now + 1, next_state, ALONG], from_s, to_s, spans, used,
            )  # fmt: skip
    return used


@compiled_part
def _put(spans: Floats, used: int, edge: int, begin: float, end: float, from_s: float, to_s: float) -> int:
    if used < len(spans):
        row = spans[used]
        row[EDGE], row[BEGIN], row[END], row[FROM_S], row[TO_S] = edge, begin, end, from_s, to_s
    return used + 1


@compiled_part
def _way(
    ends: Integers, length_m: Floats, node_start: Integers, at_node: Integers, row_start: Integers, entries: Integers,
    one: int, at_m: float, other: int, to_m: float, from_s: float, to_s: float, spans: Floats, used: int,
) -> int:  # fmt: skip
    """Append the shortest way between two places; the time passes evenly along it."""
    way, how = way_between(ends, length_m, row_start, entries, one, at_m, other, to_m)
    if way == np.inf:
        return used
    if how < 0:
        return _put(spans, used, one, at_m, to_m, from_s, to_s)
    pace = (to_s - from_s) / way if way > 0 else 0.0
    out, into = how // 2, how % 2
    corner_m = length_m[one] if out == 1 else 0.0
    clock = from_s + pace * abs(corner_m - at_m)
    used = _put(spans, used, one, at_m, corner_m, from_s, clock)
    node, goal = ends[one, out], ends[other, into]
    while node != goal:
        edge = _next_edge(ends, length_m, node_start, at_node, row_start, entries, node, goal)
        begin = 0.0 if ends[edge, 0] == node else length_m[edge]
        later = clock + pace * length_m[edge]
        used = _put(spans, used, edge, begin, length_m[edge] - begin, clock, later)
        clock, node = later, ends[edge, 0] + ends[edge, 1] - node
    return _put(spans, used, other, length_m[other] if into == 1 else 0.0, to_m, clock, to_s)


@compiled_part
def _next_edge(
    ends: Integers, length_m: Floats, node_start: Integers, at_node: Integers, row_start: Integers, entries: Integers,
    node: int, goal: int,
) -> int:  # fmt: skip
    """Return the edge of the shortest way from a node to another that the table holds."""
    best, chosen = np.inf, -1
    for place in range(node_start[node], node_start[node + 1]):
        edge = at_node[place]
        beyond = ends[edge, 0] + ends[edge, 1] - node
        # A loop leads nowhere.
        if beyond == node:
            continue
        total = length_m[edge]
        if beyond != goal:
            total += way_m(row_start, entries, beyond, goal)
        if total < best:
            best, chosen = total, edge
    return chosen
