"""PURE: which readings of a leg make its track, in order of time. The others stay in their blocks, with a reason.

Phone and recorder at once would give a track that jumps between two errors: of each minute one source is taken. The
sources of a leg are ranked by in how many minutes they have an accurate reading, then by how many readings (most first,
at last by name), and a minute is taken from the first of them that has one in it. The order of arrival of the blocks
says nothing.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from patrol.track_blob import Tracks, encode_track
from patrol.tracks import ACCURACY_MAX_M

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_MINUTE_MS = 60_000
# Room for every instant of a block: the year 2500.
_AGES_MS = 2**44
# What a track blob can hold; no projected CRS has a place beyond.
_FURTHEST_M = 2.1e7


class Readings(NamedTuple):
    """Readings of one leg, block by block in the order of the blocks' ids, as they stand in each.

    `block` counts from 0; `source` numbers the sources in the order of their names.
    """

    block: Integers
    source: Integers
    t_ms: Integers
    x_m: Floats
    y_m: Floats
    accuracy_m: Floats


def leg_blob(readings: Readings, *, started_ms: int, ended_ms: int | None) -> bytes:
    """Return the track blob of a leg: without what lies outside of it, went back in time, or is of another source."""
    t_ms = readings.t_ms
    last_ms = np.iinfo(np.int64).max if ended_ms is None else ended_ms
    kept = (t_ms >= started_ms) & (t_ms <= last_ms) & ~_went_back(readings.block, t_ms) & _is_place(readings)
    if kept.any() and np.ptp(readings.source[kept]) > 0:
        kept[kept] = _of_one_source(readings.source[kept], t_ms[kept], readings.accuracy_m[kept])
    order = np.flatnonzero(kept)[np.argsort(t_ms[kept], kind="stable")]
    return encode_track(t_ms[order], readings.x_m[order], readings.y_m[order], readings.accuracy_m[order])


def _is_place(readings: Readings) -> Mask:
    inside: Mask = (np.abs(readings.x_m) <= _FURTHEST_M) & (np.abs(readings.y_m) <= _FURTHEST_M)
    return inside


def _went_back(block: Integers, t_ms: Integers) -> Mask:
    """Return the readings whose time lies before that of an earlier one of the same block: the clock was set back."""
    latest: Integers = np.maximum.accumulate(block * _AGES_MS + t_ms)
    went_back: Mask = block * _AGES_MS + t_ms < latest
    return went_back


def _of_one_source(source: Integers, t_ms: Integers, accuracy_m: Floats) -> Mask:
    minutes, minute = np.unique(t_ms // _MINUTE_MS, return_inverse=True)
    accurate = accuracy_m <= ACCURACY_MAX_M
    heard = np.zeros((int(source.max()) + 1, len(minutes)), dtype=bool)
    heard[source[accurate], minute[accurate]] = True
    readings = np.bincount(source[accurate], minlength=len(heard))
    ranked = np.lexsort((-readings, -heard.sum(axis=1)))
    taken = ranked[np.argmax(heard[ranked], axis=0)]
    mine: Mask = source == taken[minute]
    return mine


def merged(kept: Tracks, late: Readings) -> Readings:
    """Return what still came in after the raw blocks were dropped, together with the track that stands for them.

    What is already in the track (it was derived since) is not taken twice.
    """
    there = set(zip(kept.t_ms.tolist(), _cm(kept.x_m), _cm(kept.y_m), strict=True))
    again = zip(late.t_ms.tolist(), _cm(late.x_m), _cm(late.y_m), strict=True)
    new = np.array([one not in there for one in again], dtype=bool)
    # Both count as one source: which one the track was taken from is no longer known.
    zeros = np.zeros(len(kept.t_ms) + int(new.sum()), dtype=np.int64)
    block = zeros.copy()
    block[len(kept.t_ms) :] = late.block[new] + 1
    own = (kept.t_ms, kept.x_m, kept.y_m, kept.accuracy_m)
    added = (column[new] for column in late[2:])
    return Readings(block, zeros, *(np.concatenate(pair) for pair in zip(own, added, strict=True)))


def _cm(metres: Floats) -> list[int]:
    cm: list[int] = np.rint(metres * 100).astype(np.int64).tolist()
    return cm
