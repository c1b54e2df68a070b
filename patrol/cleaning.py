"""PURE: the cleaning of patrol.tracks, compiled, for the readings of one leg in order of time."""

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled, compiled_part
from patrol.tracks import ACCURACY_MAX_M, AGREEING_FIXES

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@compiled
def usable_fixes(t_ms: Integers, x_m: Floats, y_m: Floats, accuracy_m: Floats, speed_max_mps: float) -> Mask:
    """Return which fixes are usable: accurate, one an instant, within reach of the track.

    The same verdicts as `patrol.tracks.clean_fixes` on one block in order of time that lies within its outing.
    """
    usable = np.zeros(len(t_ms), np.bool_)
    track, doubted = np.empty(len(t_ms), np.int64), np.empty(AGREEING_FIXES, np.int64)
    on_track, in_doubt, heard_ms, anything = 0, 0, np.int64(0), False
    for i in range(len(t_ms)):
        if not 0 <= accuracy_m[i] <= ACCURACY_MAX_M or (anything and t_ms[i] == heard_ms):
            continue
        heard_ms, anything = t_ms[i], True
        if on_track == 0 or _reachable(t_ms, x_m, y_m, accuracy_m, track[on_track - 1], i, speed_max_mps):
            track[on_track] = i
            on_track, in_doubt = on_track + 1, 0
            continue
        if in_doubt > 0 and not _reachable(t_ms, x_m, y_m, accuracy_m, doubted[in_doubt - 1], i, speed_max_mps):
            in_doubt = 0
        doubted[in_doubt] = i
        in_doubt += 1
        if in_doubt == AGREEING_FIXES:
            # A track that stood on fewer readings than these was the stray one.
            if on_track >= AGREEING_FIXES:
                _accept(usable, track[:on_track])
            for one in range(AGREEING_FIXES):
                track[one] = doubted[one]
            on_track, in_doubt = AGREEING_FIXES, 0
    _accept(usable, track[:on_track])
    return usable


@compiled_part
def _accept(usable: Mask, fixes: Integers) -> None:
    for i in fixes:
        usable[i] = True


@compiled_part
def _reachable(
    t_ms: Integers, x_m: Floats, y_m: Floats, accuracy_m: Floats, one: int, other: int, speed_max_mps: float
) -> bool:
    dx, dy = x_m[one] - x_m[other], y_m[one] - y_m[other]
    allowed_m = speed_max_mps * (t_ms[other] / 1000 - t_ms[one] / 1000) + accuracy_m[one] + accuracy_m[other]
    return bool((dx**2 + dy**2) ** 0.5 <= allowed_m)
