"""SHELL: matches legs to the streets where they lie, and names what they passed as the database does."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.coverage import pieces_within_reach
from geo.matching.passes import Passes
from geo.networks import Grounds, StreetGround
from patrol.leg_matching import legs_matched
from patrol.leg_rows import Off, Reached, Ways
from patrol.leg_times import Gaps

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def legs_ways(
    grounds: Grounds, blobs: Sequence[bytes], modes: Sequence[str], boxes: Floats, gaps: Gaps
) -> tuple[Ways, Off, Reached]:
    """Return the passes and the stretches off the streets of the legs, and the pieces within reach of gaps.

    `boxes`: west, south, east, north in metres; a leg without a usable fix (NaN) has no way.
    """
    placed = np.flatnonzero(~np.isnan(boxes[:, 0]))
    ways, off, reached = [_no_ways()], [_no_off()], [np.empty((3, 0), dtype=np.int64)]
    for ground, chosen in grounds.shared_out(boxes[placed]):
        legs = placed[chosen]
        found = legs_matched(ground.ground, [blobs[i] for i in legs], [modes[i] for i in legs])
        ways.append(_ways(ground, found.passes, legs))
        off.append(_off(found.off, legs))
        reached.append(_reached(ground, gaps, legs))
    return Ways(*_joined(ways)), Off(*_joined(off)), Reached(*np.concatenate(reached, axis=1))


def _ways(ground: StreetGround, passes: Passes, legs: Integers) -> Ways:
    piece = passes.piece.astype(np.int64)
    parts = (passes.from_m.astype(np.float64), passes.to_m.astype(np.float64), passes.from_s)
    return Ways(legs[passes.track], ground.piece_id[piece], ground.area_id[piece], ground.piece_m[piece], *parts)


def _off(rows: Floats, legs: Integers) -> Off:
    track, ax_m, ay_m, bx_m, by_m, from_s, _ = rows.T
    length_m = np.hypot(bx_m - ax_m, by_m - ay_m)
    return Off(legs[track.astype(np.int64)], length_m, (ax_m + bx_m) / 2, (ay_m + by_m) / 2, from_s)


def _reached(ground: StreetGround, gaps: Gaps, legs: Integers) -> npt.NDArray[np.int64]:
    own = np.flatnonzero(np.isin(gaps.leg, legs))
    if len(own) == 0:
        return np.empty((3, 0), dtype=np.int64)
    gap, piece = pieces_within_reach(gaps.ellipse[own], ground.middles, ground.tree)
    found = np.stack([own[gap], ground.piece_id[piece], ground.area_id[piece]])
    return found[:, found[1] >= 0]


def _no_ways() -> Ways:
    whole, metres = np.empty(0, dtype=np.int64), np.empty(0)
    return Ways(whole, whole, whole, metres, metres, metres, metres)


def _no_off() -> Off:
    return Off(np.empty(0, dtype=np.int64), *(np.empty(0) for _ in range(4)))


def _joined(parts: Sequence[tuple[npt.NDArray[Any], ...]]) -> list[npt.NDArray[Any]]:
    return [np.concatenate(columns) for columns in zip(*parts, strict=True)]
