"""PURE: matches many tracks at once: fixes in, passes of street pieces and time off the streets out."""

from typing import NamedTuple

import numpy as np

from geo.compiled import compiled, compiled_part
from geo.matching.grid import grid_of
from geo.matching.model import OFF, Ground, Model, Room, States, Stretch, room_of, states_of
from geo.matching.network import Floats, Integers, Network
from geo.matching.noise import noise_of
from geo.matching.observations import ARRIVED_S, LEFT_S, X, Y, observe
from geo.matching.passes import Passes, passes_of
from geo.matching.routes import route
from geo.matching.turns import joined, without_false_turns
from geo.matching.viterbi import run_viterbi
from geo.matching.ways import ways_of

# No usable fix for so long is a gap (2-records): nothing in it counts as covered.
GAP_S = 60.0
FALSE_TURN_M = 16.0
# Places are averaged over about 13 m of way at the usual speed (patrol.leg_matching).
WINDOW_M = 13.0
SPAN_COLUMNS, OFF_COLUMNS = 5, 7

MODEL = Model()


class Matched(NamedTuple):
    """What tracks did. `spans` are those of geo.matching.routes, of track `i` `span_start[i]:span_start[i + 1]`.

    `off` has a row for each stretch off the streets: track, x, y at its beginning, x, y at its end, from_s, to_s.
    """

    passes: Passes
    spans: Floats
    span_start: Integers
    off: Floats


def ground_of(network: Network) -> Ground:
    """Return a network with its grid: made once, used for every track."""
    return Ground(network, grid_of(network), ways_of(network))


def match_tracks(
    ground: Ground,
    *,
    starts: Integers,
    t_s: Floats,
    x_m: Floats,
    y_m: Floats,
    accuracy_m: Floats,
    half_window_s: Floats,
    model: Model = MODEL,
) -> Matched:
    """Return what tracks did: track `i` has the cleaned fixes `starts[i]:starts[i + 1]`, in order of time.

    `half_window_s`, one a track: over how many seconds either side places are averaged (patrol.leg_matching says).
    """
    if len(ground.network.street) == 0:
        starts = np.zeros_like(starts)
    spans, span_start, off = _match(ground, model, starts, t_s, x_m, y_m, accuracy_m, half_window_s)
    return Matched(passes_of(ground.network, spans, span_start), spans, span_start, off)


@compiled
def _match(
    ground: Ground,
    model: Model,
    starts: Integers,
    t_s: Floats,
    x_m: Floats,
    y_m: Floats,
    accuracy_m: Floats,
    half_window_s: Floats,
) -> tuple[Floats, Integers, Floats]:
    spans, off = np.empty((1024, SPAN_COLUMNS)), np.empty((64, OFF_COLUMNS))
    longest = int(np.int64(0))
    for track in range(len(starts) - 1):
        longest = max(longest, starts[track + 1] - starts[track])
    room, states = room_of(ground.ways, longest), states_of(longest)
    span_start = np.zeros(len(starts), np.int64)
    used, off_used = int(np.int64(0)), int(np.int64(0))
    for track in range(len(starts) - 1):
        begun, last = starts[track], starts[track + 1]
        for i in range(begun + 1, last + 1):
            if i < last and t_s[i] - t_s[i - 1] <= GAP_S:
                continue
            seconds, x, y = t_s[begun:i], x_m[begun:i], y_m[begun:i]
            sigma_m, memory_s, window_s = noise_of(seconds, x, y, accuracy_m[begun:i], half_window_s[track])
            stretch = Stretch(sigma_m, memory_s, WINDOW_M / half_window_s[track])
            seen = room.seen[: observe(seconds, x, y, window_s, sigma_m, room.smooth, room.halts, room.seen)]
            path = room.path[: len(seen)]
            run_viterbi(ground, model, stretch, room, seen, states, path)
            spans, used = _append_way(ground, model, stretch, room, seen, states, path, spans, used)
            off, off_used = _append_off(track, seen, path, off, off_used)
            begun = i
        span_start[track + 1] = used
    return spans[:used], span_start, off[:off_used]


@compiled_part
def _append_way(
    ground: Ground, model: Model, stretch: Stretch, room: Room, seen: Floats, states: States, path: Integers,
    spans: Floats, used: int,
) -> tuple[Floats, int]:  # fmt: skip
    """Append the spans of a stretch of track without a gap; return the (perhaps larger) array and how many it holds."""
    while True:
        count = route(ground, model, stretch, room, seen, states, path, spans[used:])
        if used + count <= len(spans):
            break
        spans = _larger(spans, used)
    count = joined(spans[used : used + count])
    return spans, used + without_false_turns(spans[used : used + count], FALSE_TURN_M)


@compiled_part
def _append_off(track: int, seen: Floats, path: Integers, off: Floats, used: int) -> tuple[Floats, int]:
    for now in range(len(seen) - 1):
        if path[now] != OFF and path[now + 1] != OFF:
            continue
        if used == len(off):
            off = _larger(off, used)
        row, there = off[used], seen[now + 1]
        row[0], row[1], row[2], row[3], row[4] = track, seen[now, X], seen[now, Y], there[X], there[Y]
        row[5], row[6] = seen[now, LEFT_S], there[ARRIVED_S]
        used += 1
    return off, used


@compiled_part
def _larger(rows: Floats, used: int) -> Floats:
    larger = np.empty((2 * len(rows), rows.shape[1]))
    # Written out: numba compiles a slice's assignment with its error texts, which takes seconds.
    for row in range(used):
        for column in range(rows.shape[1]):
            larger[row, column] = rows[row, column]
    return larger
