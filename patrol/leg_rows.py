"""PURE: from the passes of many legs and the time they took to rows: pieces, townships, squares of 500 m.

A leg's rows follow from that leg alone: in whatever batch it is derived, the same rows come out, to the last bit.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.cells import cell_of_points
from geo.coverage import PASSED_SHARE, covered_lengths
from patrol.leg_times import Fixes, Gaps, Steps, local_parts

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
AreasOf = Callable[[Floats, Floats], Integers]

_AGES_MS = 2**44
# A millimetre less than the share: the last bit of a sum decides nothing.
_SHORT_M = 0.001


class Ways(NamedTuple):
    """Passes of pieces, one row each: piece and township as the database names them (-1: none), metres and seconds."""

    leg: Integers
    piece: Integers
    area: Integers
    piece_m: Floats
    from_m: Floats
    to_m: Floats
    from_s: Floats


class Off(NamedTuple):
    """Stretches off the streets: how long, where (middle), since when."""

    leg: Integers
    length_m: Floats
    x_m: Floats
    y_m: Floats
    from_s: Floats


class Rows(NamedTuple):
    """Rows of one table as columns; `day` counts from 1970, `leg` is the place in the batch."""

    leg: Integers
    day: Integers
    night: Mask
    key: Integers
    values: tuple[npt.NDArray[np.generic], ...]


class Taken(NamedTuple):
    """What each step was taken on: its pass, -1 off the streets; and its township."""

    way: Integers
    area: Integers


def steps_taken(steps: Steps, fixes: Fixes, ways: Ways, off: Off, areas_of: AreasOf) -> Taken:
    """Return what the officer did at each step: what began last before its middle, within the same stretch of track.

    A stretch begins with what comes first in it. Where matching says nothing (a halt without a way), it was off.
    """
    began = np.concatenate([_stretch_key(fixes, ways.leg, ways.from_s), _stretch_key(fixes, off.leg, off.from_s)])
    order = np.argsort(began, kind="stable")
    began, what = began[order], np.where(order < len(ways.leg), order, -1)
    way = np.full(len(steps.leg), -1, dtype=np.int64)
    if len(began):
        before = np.searchsorted(began, steps.stretch * _AGES_MS + steps.t_ms, side="right") - 1
        other = (before < 0) | (began[before] // _AGES_MS != steps.stretch)
        place = np.minimum(before + other, len(began) - 1)
        way = np.where(began[place] // _AGES_MS == steps.stretch, what[place], -1)
    area = ways.area[way] if len(ways.area) else np.full(len(way), -1, dtype=np.int64)
    unplaced = np.flatnonzero((way < 0) | (area < 0))
    area[unplaced] = areas_of(steps.x_m[unplaced], steps.y_m[unplaced])
    return Taken(way, area)


def _stretch_key(fixes: Fixes, leg: Integers, from_s: Floats) -> Integers:
    t_ms = np.rint(from_s * 1000).astype(np.int64)
    place = np.searchsorted(fixes.leg * _AGES_MS + fixes.t_ms, leg * _AGES_MS + t_ms, side="right") - 1
    return fixes.stretch[place] * _AGES_MS + t_ms


def township_rows(steps: Steps, taken: Taken, ways: Ways, off: Off, areas_of: AreasOf, zone: str) -> Rows:
    """Return km, hours, km off and hours off the streets by township, day and part; what lies outside all is left."""
    off_area = areas_of(off.x_m, off.y_m)
    hours, km = steps.ms / 3_600_000, np.abs(ways.to_m - ways.from_m) / 1000
    is_off = taken.way < 0
    frame = pd.DataFrame(
        {
            "leg": np.concatenate([steps.leg, ways.leg, off.leg]),
            "t_ms": np.concatenate([steps.t_ms, _ms(ways.from_s), _ms(off.from_s)]),
            "key": np.concatenate([taken.area, ways.area, off_area]),
            "km": np.concatenate([np.zeros(len(hours)), km, off.length_m / 1000]),
            "hours": np.concatenate([hours, np.zeros(len(km) + len(off.leg))]),
            "km_off": np.concatenate([np.zeros(len(hours) + len(km)), off.length_m / 1000]),
            "hours_off": np.concatenate([np.where(is_off, hours, 0.0), np.zeros(len(km) + len(off.leg))]),
        }
    )
    summed = _summed(frame[frame["key"] >= 0], zone, ["km", "hours", "km_off", "hours_off"])
    places = {"km": 3, "hours": 4, "km_off": 3, "hours_off": 4}
    return _rows(summed, [summed[name].round(digits).to_numpy() for name, digits in places.items()])


def cell_rows(steps: Steps, zone: str) -> Rows:
    """Return the whole seconds in each square of 500 m, by day and part."""
    frame = pd.DataFrame({"leg": steps.leg, "t_ms": steps.t_ms, "key": cell_of_points(steps.x_m, steps.y_m)})
    summed = _summed(frame.assign(ms=steps.ms), zone, ["ms"])
    return _rows(summed, [((summed["ms"].to_numpy(dtype=np.int64) + 500) // 1000)])


def piece_rows(
    steps: Steps, taken: Taken, ways: Ways, gaps: Gaps, reached: tuple[Integers, Integers], zone: str
) -> Rows:
    """Return state (1 passed, 0 unknown), seconds and passes of pieces by day and part.

    `reached`: pairs (gap, piece). A piece is passed when the union of a leg's parts of it, in one day and part, is at
    least 60 % of it. What the leg passed is not unknown.
    """
    counted = np.flatnonzero(ways.piece >= 0)
    passed = _passed(ways, counted, _seconds(steps, taken, len(ways.leg)), zone)
    gap, piece = reached
    unknown = pd.DataFrame({"leg": gaps.leg[gap], "t_ms": gaps.t_ms[gap], "key": piece})
    unknown = _with_parts(unknown, zone).assign(state=0, seconds=0, passes=0)
    frame = pd.concat([passed, unknown[passed.columns]], ignore_index=True)
    once = frame.drop_duplicates(["leg", "key", "day", "night"], keep="first")
    once = once.sort_values(["leg", "day", "night", "key"], ignore_index=True)
    return _rows(once, [once[name].to_numpy(dtype=np.int64) for name in ("state", "seconds", "passes")])


def _passed(ways: Ways, counted: Integers, seconds: Floats, zone: str) -> pd.DataFrame:
    frame = pd.DataFrame({"leg": ways.leg[counted], "t_ms": _ms(ways.from_s[counted]), "key": ways.piece[counted]})
    frame = _with_parts(frame, zone)
    length_m = ways.piece_m[counted]
    whole = ways.to_m[counted] - ways.from_m[counted] >= PASSED_SHARE * length_m - _SHORT_M
    frame = frame.assign(seconds=seconds[counted], passes=whole.astype(np.int64), piece_m=length_m)
    keys = ["leg", "day", "night", "key"]
    group = frame.groupby(keys).ngroup().to_numpy().astype(np.int64)
    covered_m = covered_lengths(group, ways.from_m[counted], ways.to_m[counted])
    summed = frame.groupby(keys, as_index=False).agg({"seconds": "sum", "passes": "sum", "piece_m": "first"})
    summed = summed[covered_m >= PASSED_SHARE * summed["piece_m"].to_numpy() - _SHORT_M]
    passes = np.clip(summed["passes"], 1, 32_767)
    return summed[keys].assign(state=1, seconds=summed["seconds"].round().astype("int64"), passes=passes)


def _seconds(steps: Steps, taken: Taken, ways: int) -> Floats:
    on = taken.way >= 0
    return np.bincount(taken.way[on], weights=steps.ms[on] / 1000, minlength=ways).astype(np.float64)


def _ms(at_s: Floats) -> Integers:
    return np.rint(at_s * 1000).astype(np.int64)


def _with_parts(frame: pd.DataFrame, zone: str) -> pd.DataFrame:
    day, night = local_parts(frame["t_ms"].to_numpy(dtype=np.int64), zone)
    return frame.drop(columns="t_ms").assign(day=day, night=night)


def _summed(frame: pd.DataFrame, zone: str, names: list[str]) -> pd.DataFrame:
    return _with_parts(frame, zone).groupby(["leg", "day", "night", "key"], as_index=False)[names].sum()


def _rows(frame: pd.DataFrame, values: list[npt.NDArray[np.generic]]) -> Rows:
    leg, day, key = (frame[name].to_numpy(dtype=np.int64) for name in ("leg", "day", "key"))
    return Rows(leg, day, frame["night"].to_numpy(dtype=bool), key, tuple(values))
