"""PURE: the whole chain for many legs: their blobs are read, cleaned and matched to the streets."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from geo.matching.matcher import Matched, match_tracks
from geo.matching.model import Ground
from patrol.cleaning import usable_fixes
from patrol.effort import CRUISE_MPS
from patrol.track_blob import decode_tracks
from patrol.tracks import SPEED_MAX_MPS

# Places are averaged over about 13 m of way at the usual speed; a car's fixes then stay as they are.
SMOOTHED_WAY_M = 13.0

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def legs_matched(ground: Ground, blobs: Sequence[bytes], modes: Sequence[str]) -> Matched:
    """Return what the legs did; leg `i` has `blobs[i]` and `modes[i]`. The seconds are those since 1970, UTC.

    Raises ValueError for a damaged blob. Some thousand legs a call keep memory small and the overhead unseen.
    """
    tracks = decode_tracks(blobs)
    fastest_mps = np.array([SPEED_MAX_MPS[mode] for mode in modes], dtype=np.float64)
    starts, kept = _cleaned(tracks.starts, tracks.t_ms, tracks.x_m, tracks.y_m, tracks.accuracy_m, fastest_mps)
    return match_tracks(
        ground,
        starts=starts,
        t_s=tracks.t_ms[kept] / 1000,
        x_m=tracks.x_m[kept],
        y_m=tracks.y_m[kept],
        accuracy_m=tracks.accuracy_m[kept],
        half_window_s=np.array([SMOOTHED_WAY_M / CRUISE_MPS[mode] for mode in modes], dtype=np.float64),
    )


@compiled
def _cleaned(
    starts: Integers, t_ms: Integers, x_m: Floats, y_m: Floats, accuracy_m: Floats, fastest_mps: Floats
) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Return where each leg's usable fixes begin among all usable ones, and which are usable."""
    kept = np.empty(len(t_ms), np.bool_)
    cleaned = np.zeros(len(starts), np.int64)
    for leg in range(len(starts) - 1):
        first, last = starts[leg], starts[leg + 1]
        usable = usable_fixes(
            t_ms[first:last], x_m[first:last], y_m[first:last], accuracy_m[first:last], fastest_mps[leg]
        )
        count = 0
        for i in range(last - first):
            kept[first + i] = usable[i]
            count += usable[i]
        cleaned[leg + 1] = cleaned[leg] + count
    return cleaned, kept
