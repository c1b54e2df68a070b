"""PURE: from the passes of many legs and the time they took to rows: pieces, townships, squares of 500 m.

A leg's rows follow from that leg alone: in whatever batch it is derived, the same rows come out, to the last bit.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

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


class Reached(NamedTuple):
    """Pieces within reach of gaps, one row each: piece and township as the database names them."""

    gap: Integers
    piece: Integers
    area: Integers


class Rows(NamedTuple):
    """Rows of one table as columns; `day` counts from 1970, `leg` is the place in the batch."""

    leg: Integers
    day: Integers
    night: Mask
    key: Integers
    values: tuple[npt.NDArray[Any], ...]


class Key(NamedTuple):
    """What rows are added up by: `key` is a township, a square or a piece."""

    leg: Integers
    day: Integers
    night: Mask
    key: Integers


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
    hours = steps.ms / 3_600_000
    key = Key(steps.leg, steps.day, steps.night, taken.area)
    time = _summed(key, {"hours": hours, "hours_off": np.where(taken.way < 0, hours, 0.0)})
    leg, from_s = np.concatenate([ways.leg, off.leg]), np.concatenate([ways.from_s, off.from_s])
    key = Key(leg, *local_parts(_ms(from_s), zone), np.concatenate([ways.area, areas_of(off.x_m, off.y_m)]))
    km_off = np.concatenate([np.zeros(len(ways.leg)), off.length_m / 1000])
    km = np.concatenate([np.abs(ways.to_m - ways.from_m) / 1000, off.length_m / 1000])
    way = _summed(key, {"km": km, "km_off": km_off})
    rows = time.merge(way, how="outer", on=list(Key._fields)).fillna(0.0)
    rows = rows[rows["key"] >= 0].sort_values(list(Key._fields), ignore_index=True)
    places = {"km": 3, "hours": 4, "km_off": 3, "hours_off": 4}
    return _rows(rows, [rows[name].round(digits).to_numpy() for name, digits in places.items()])


def cell_rows(steps: Steps) -> Rows:
    """Return the whole seconds in each square of 500 m, by day and part."""
    key = Key(steps.leg, steps.day, steps.night, cell_of_points(steps.x_m, steps.y_m))
    summed = _summed(key, {"ms": steps.ms})
    return _rows(summed, [(summed["ms"].to_numpy().astype(np.int64) + 500) // 1000])


def piece_rows(steps: Steps, taken: Taken, ways: Ways, gaps: Gaps, reached: Reached, zone: str) -> Rows:
    """Return township, state (1 passed, 0 unknown), seconds and passes of pieces by day and part.

    In order of leg, day, part, township and piece. A piece is passed when the union of a leg's parts of it, in one day
    and part, is at least 60 % of it. What the leg passed is not unknown.
    """
    passed = _passed(ways, np.flatnonzero(ways.piece >= 0), _seconds(steps, taken, len(ways.leg)), zone)
    near = Key(gaps.leg[reached.gap], *local_parts(gaps.t_ms[reached.gap], zone), reached.piece)
    unknown = pd.DataFrame(near._asdict()).assign(area=reached.area, state=0, seconds=0, passes=0).drop_duplicates()
    # Few pieces are both: only among those of the gaps need the passed ones be looked for.
    both = unknown[list(Key._fields)].merge(passed[list(Key._fields)], how="left", indicator=True)["_merge"] == "both"
    rows = pd.concat([passed, unknown[~both.to_numpy()]], ignore_index=True)
    rows = rows.sort_values(["leg", "day", "night", "area", "key"], ignore_index=True)
    return _rows(rows, [rows[name].to_numpy(dtype=np.int64) for name in ("area", "state", "seconds", "passes")])


def _passed(ways: Ways, counted: Integers, seconds: Floats, zone: str) -> pd.DataFrame:
    from_m, to_m, piece_m = ways.from_m[counted], ways.to_m[counted], ways.piece_m[counted]
    day, night = local_parts(_ms(ways.from_s[counted]), zone)
    key = Key(ways.leg[counted], day, night, ways.piece[counted])
    group, firsts = _grouped(key)
    whole = to_m - from_m >= PASSED_SHARE * piece_m - _SHORT_M
    covered_m = covered_lengths(group, from_m, to_m)
    enough = covered_m >= PASSED_SHARE * piece_m[firsts] - _SHORT_M
    spent_s = np.rint(np.bincount(group, weights=seconds[counted], minlength=len(firsts))).astype(np.int64)
    passes = np.clip(np.bincount(group, weights=whole, minlength=len(firsts)).astype(np.int64), 1, 32_767)
    columns = {name: column[firsts[enough]] for name, column in key._asdict().items()}
    columns["area"] = ways.area[counted][firsts[enough]]
    return pd.DataFrame(columns | {"state": 1, "seconds": spent_s[enough], "passes": passes[enough]})


def _seconds(steps: Steps, taken: Taken, ways: int) -> Floats:
    on = taken.way >= 0
    return np.bincount(taken.way[on], weights=steps.ms[on] / 1000, minlength=ways).astype(np.float64)


def _ms(at_s: Floats) -> Integers:
    return np.rint(at_s * 1000).astype(np.int64)


def _grouped(key: Key) -> tuple[Integers, Integers]:
    """Return the group of each row, and the first row of each group. Hashed: sorting a million rows costs ten times."""
    thing = pd.factorize(key.key)[0].astype(np.int64)
    first_day = int(key.day.min()) if len(key.day) else 0
    days = int(key.day.max()) - first_day + 1 if len(key.day) else 1
    things = int(thing.max()) + 1 if len(thing) else 1
    packed = ((key.leg * days + key.day - first_day) * 2 + key.night) * things + thing
    group = pd.factorize(packed)[0].astype(np.int64)
    firsts = np.flatnonzero(np.diff(np.maximum.accumulate(group), prepend=-1) > 0)
    return group, firsts.astype(np.int64)


def _summed(key: Key, values: Mapping[str, npt.NDArray[Any]]) -> pd.DataFrame:
    """Return one row a group with the sums, each added up in the order of the rows."""
    group, firsts = _grouped(key)
    columns = {name: column[firsts] for name, column in key._asdict().items()}
    sums = {name: np.bincount(group, weights=column, minlength=len(firsts)) for name, column in values.items()}
    return pd.DataFrame(columns | sums)


def _rows(frame: pd.DataFrame, values: list[npt.NDArray[Any]]) -> Rows:
    leg, day, key = (frame[name].to_numpy(dtype=np.int64) for name in ("leg", "day", "key"))
    return Rows(leg, day, frame["night"].to_numpy(dtype=bool), key, tuple(values))
