"""PURE: from the spans of edges to the pieces of streets passed: where within the piece, in which direction, when."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled, compiled_leaf
from geo.matching.network import Floats, Integers, Network
from geo.matching.routes import BEGIN, EDGE, END, FROM_S, TO_S


class Passes(NamedTuple):
    """One row for each time a track went along a piece without turning: columns of equal length.

    `from_m`..`to_m` is the part of the piece along its street; `forward` whether it went that way; seconds are those of
    the tracks' clock.
    """

    track: npt.NDArray[np.int32]
    piece: npt.NDArray[np.int32]
    from_m: npt.NDArray[np.float32]
    to_m: npt.NDArray[np.float32]
    from_s: Floats
    to_s: Floats
    forward: npt.NDArray[np.bool_]


def passes_of(network: Network, spans: Floats, span_start: Integers) -> Passes:
    """Return the passes of tracks whose spans are `spans[span_start[i]:span_start[i + 1]]`, in order of time."""
    room = _room(network, spans)
    rows = Passes(
        np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.float32), np.empty(room, np.float32),
        np.empty(room), np.empty(room), np.empty(room, np.bool_),
    )  # fmt: skip
    used = _fill(network, spans, span_start, rows)
    columns: list[Any] = [column[:used] for column in rows]
    return Passes(*columns)


@compiled
def _room(network: Network, spans: Floats) -> int:
    """Return the most pieces that the spans can touch."""
    room = 0
    for row in spans:
        if row[EDGE] >= 0:
            room += int(abs(row[END] - row[BEGIN]) / network.piece_m[network.street[int(row[EDGE])]]) + 2
    return room


@compiled
def _fill(network: Network, spans: Floats, span_start: Integers, rows: Passes) -> int:
    used = int(np.int64(0))
    for track in range(len(span_start) - 1):
        first = used
        for span in range(span_start[track], span_start[track + 1]):
            if spans[span, EDGE] >= 0:
                used = _cut(network, spans[span], track, rows, first, used)
    return used


@compiled_leaf
def _cut(network: Network, span: Floats, track: int, rows: Passes, first: int, used: int) -> int:
    """Append the pieces of one span in the order in which they were passed."""
    edge = int(span[EDGE])
    street = network.street[edge]
    begin, end = network.from_m[edge] + span[BEGIN], network.from_m[edge] + span[END]
    piece_m, base = network.piece_m[street], network.first_piece[street]
    last = network.first_piece[street + 1] - base - 1
    forward = end > begin
    pace = (span[TO_S] - span[FROM_S]) / abs(end - begin) if end != begin else 0.0
    low, high = min(begin, end), max(begin, end)
    lowest = min(max(int(low / piece_m + 1e-9), 0), last)
    highest = min(max(int(np.ceil(high / piece_m - 1e-9)) - 1, lowest), last)
    for step in range(highest - lowest + 1):
        piece = lowest + step if forward else highest - step
        a, b = max(low, piece * piece_m), min(high, (piece + 1) * piece_m)
        out, into = (b, a) if forward else (a, b)
        from_s, to_s = span[FROM_S] + pace * abs(into - begin), span[FROM_S] + pace * abs(out - begin)
        if highest == lowest:
            to_s = span[TO_S]
        a, b = a - piece * piece_m, b - piece * piece_m
        used = _put(rows, first, used, track, base + piece, a, b, from_s, to_s, forward)
    return used


@compiled_leaf
def _put(
    rows: Passes, first: int, used: int, track: int, piece: int, a: float, b: float, from_s: float, to_s: float,
    forward: bool,
) -> int:  # fmt: skip
    """Append a pass, or lengthen the one before if it was of the same piece and went on without a turn."""
    before = used - 1
    if used > first and rows.piece[before] == piece and rows.forward[before] == forward:
        meets = rows.to_m[before] - a if forward else rows.from_m[before] - b
        if abs(meets) < 0.01 and from_s <= rows.to_s[before] + 1e-3:
            rows.from_m[before], rows.to_m[before] = min(rows.from_m[before], a), max(rows.to_m[before], b)
            rows.to_s[before] = to_s
            return used
    rows.track[used], rows.piece[used], rows.from_m[used], rows.to_m[used] = track, piece, a, b
    rows.from_s[used], rows.to_s[used], rows.forward[used] = from_s, to_s, forward
    return used + 1
