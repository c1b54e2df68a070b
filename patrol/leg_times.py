"""PURE: where the usable fixes of many legs leave time: stretches of track, and gaps with what lies within reach."""

from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from patrol.cleaning import usable_fixes
from patrol.day_parts import day_parts
from patrol.effort import CRUISE_MPS, DETOUR, REACH_MAX_M
from patrol.track_blob import Tracks
from patrol.tracks import GAP_MS, SPEED_MAX_MPS

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# Every zone's offset, and every hour at which a day or a part of it begins, is a multiple of it.
_QUARTER_MS = 900_000
# A year: what lies further apart is sorted instead of looked up in a table.
_TABLE_QUARTERS = 35_000


class Fixes(NamedTuple):
    """Usable fixes in order of leg and time; `stretch` counts on at each gap and each new leg."""

    leg: Integers
    stretch: Integers
    t_ms: Integers
    x_m: Floats
    y_m: Floats
    accuracy_m: Floats


class Steps(NamedTuple):
    """The time between two fixes that follow each other without a gap: when (its middle), how long, where (middle).

    One that crosses midnight, 06:00 or 20:00 is cut there. `day` and `night` are those of `local_parts`.
    """

    leg: Integers
    stretch: Integers
    t_ms: Integers
    ms: Integers
    x_m: Floats
    y_m: Floats
    day: Integers
    night: Mask


class Gaps(NamedTuple):
    """More than 60 s without a usable fix; `ellipse` has the columns ax, ay, bx, by, reach (patrol.effort)."""

    leg: Integers
    t_ms: Integers
    ellipse: Floats


def fixes_of(tracks: Tracks, modes: Sequence[str]) -> Fixes:
    """Return the usable fixes of the tracks; leg `i` went by `modes[i]`."""
    usable = np.zeros(len(tracks.t_ms), dtype=bool)
    for i, mode in enumerate(modes):
        own = slice(tracks.starts[i], tracks.starts[i + 1])
        usable[own] = usable_fixes(
            tracks.t_ms[own], tracks.x_m[own], tracks.y_m[own], tracks.accuracy_m[own], SPEED_MAX_MPS[mode]
        )
    leg = np.repeat(np.arange(len(modes)), np.diff(tracks.starts))[usable].astype(np.int64)
    t_ms = tracks.t_ms[usable]
    x_m, y_m, accuracy_m = (column[usable] for column in (tracks.x_m, tracks.y_m, tracks.accuracy_m))
    begins = np.ones(len(leg), dtype=bool)
    begins[1:] = (np.diff(leg) != 0) | (np.diff(t_ms) > GAP_MS)
    return Fixes(leg, np.cumsum(begins) - 1, t_ms, x_m, y_m, accuracy_m)


def boxes_of(fixes: Fixes, legs: int) -> Floats:
    """Return west, south, east, north of each leg's usable fixes; NaN for a leg without any."""
    frame = pd.DataFrame({"x": fixes.x_m, "y": fixes.y_m}).groupby(fixes.leg)
    lowest, highest = frame.min().reindex(range(legs)), frame.max().reindex(range(legs))
    boxes: Floats = np.hstack([lowest.to_numpy(dtype=float), highest.to_numpy(dtype=float)])
    return boxes


def steps_of(fixes: Fixes, modes: Sequence[str], zone: str) -> Steps:
    """Return the steps between the fixes; a jump that nobody makes in the time is none."""
    speed_mps = np.array([SPEED_MAX_MPS[mode] for mode in modes])
    away_m = np.hypot(np.diff(fixes.x_m), np.diff(fixes.y_m))
    allowed_m = speed_mps[fixes.leg[:-1]] * np.diff(fixes.t_ms) / 1000 + fixes.accuracy_m[:-1] + fixes.accuracy_m[1:]
    at = np.flatnonzero((np.diff(fixes.stretch) == 0) & (away_m <= allowed_m))
    x_m, y_m = ((column[at] + column[at + 1]) / 2 for column in (fixes.x_m, fixes.y_m))
    row, from_ms, to_ms = _cut_at_parts(fixes.t_ms[at], fixes.t_ms[at + 1], zone)
    leg, stretch = fixes.leg[at][row], fixes.stretch[at][row]
    middle_ms = (from_ms + to_ms) // 2
    return Steps(leg, stretch, middle_ms, to_ms - from_ms, x_m[row], y_m[row], *local_parts(middle_ms, zone))


def _cut_at_parts(from_ms: Integers, to_ms: Integers, zone: str) -> tuple[Integers, Integers, Integers]:
    """Return row, from, to of the steps, those across a quarter of an hour that begins a part of the day in two."""
    border_ms = (from_ms // _QUARTER_MS + 1) * _QUARTER_MS
    across = np.flatnonzero(border_ms < to_ms)
    before, after = (local_parts(times, zone) for times in (from_ms[across], to_ms[across]))
    cut = across[(before[0] != after[0]) | (before[1] != after[1])]
    row = np.concatenate([np.arange(len(from_ms)), cut])
    begun, ended = np.concatenate([from_ms, border_ms[cut]]), np.concatenate([to_ms, to_ms[cut]])
    ended[cut] = border_ms[cut]
    order = np.argsort(row, kind="stable")
    return row[order], begun[order], ended[order]


def gaps_of(fixes: Fixes, modes: Sequence[str], started_ms: Sequence[int], ended_ms: Sequence[int | None]) -> Gaps:
    """Return the gaps of the legs, those before their first and after their last fix included, and their reach.

    With one known end the officer need not have come back to it: the way there may take the whole time, and a way
    "there and back" is twice as long. A leg without a usable fix has no place to speak of and no gap.
    """
    begins = np.flatnonzero(np.diff(fixes.leg, prepend=-1) != 0)
    lasts = np.flatnonzero(np.diff(fixes.leg, append=-1) != 0)
    inner = np.flatnonzero((np.diff(fixes.leg) == 0) & (np.diff(fixes.t_ms) > GAP_MS))
    has_ended = np.array([ended is not None for ended in ended_ms], dtype=bool)[fixes.leg[lasts]]
    lasts = lasts[has_ended]
    a, b = np.concatenate([begins, inner, lasts]), np.concatenate([begins, inner + 1, lasts])
    from_ms, to_ms = fixes.t_ms[a].copy(), fixes.t_ms[b].copy()
    from_ms[: len(begins)] = np.array(started_ms, dtype=np.int64)[fixes.leg[begins]]
    if len(lasts):
        to_ms[-len(lasts) :] = np.array([ended or 0 for ended in ended_ms], dtype=np.int64)[fixes.leg[lasts]]
    one_end = a == b
    long = to_ms - from_ms > GAP_MS
    return _gaps(fixes, modes, *(column[long] for column in (a, b, from_ms, to_ms, one_end)))


def _gaps(
    fixes: Fixes, modes: Sequence[str], a: Integers, b: Integers, from_ms: Integers, to_ms: Integers,
    one_end: Mask,
) -> Gaps:  # fmt: skip
    leg = fixes.leg[a]
    cruise_mps = np.array([CRUISE_MPS[mode] for mode in modes])[leg]
    way_m = np.minimum(cruise_mps * (to_ms - from_ms) / 1000 * np.where(one_end, 2, 1), REACH_MAX_M)
    ends = np.stack([fixes.x_m[a], fixes.y_m[a], fixes.x_m[b], fixes.y_m[b]], axis=1)
    apart_m = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    ellipse = np.column_stack([ends, np.maximum(way_m, apart_m * DETOUR)])
    return Gaps(leg, (from_ms + to_ms) // 2, ellipse)


def local_parts(t_ms: Integers, zone: str) -> tuple[Integers, Mask]:
    """Return the day (days since 1970) in the city's zone and whether it was night (20:00–06:00) then."""
    quarter = t_ms // _QUARTER_MS
    first = int(quarter.min()) if len(quarter) else 0
    span = int(quarter.max()) - first + 1 if len(quarter) else 0
    if span > _TABLE_QUARTERS:
        quarters, row = np.unique(quarter, return_inverse=True)
    else:
        quarters, row = np.arange(first, first + span), quarter - first
    utc = pd.to_datetime(quarters * _QUARTER_MS, unit="ms", utc=True)
    local = utc.tz_convert(ZoneInfo(zone)).tz_localize(None)
    day = local.to_numpy().astype("datetime64[D]").astype(np.int64)
    night: Mask = day_parts(local.hour.to_numpy()) == "night"
    return day[row], night[row]
