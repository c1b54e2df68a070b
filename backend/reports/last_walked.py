"""PURE: when each of some street pieces was last passed in a window, and which were only within reach of a gap."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
_NEVER, _UNKNOWN = -1, 0


class Walked(Protocol):
    """What outings passed, as patrol.leg_pieces reads it: days by row; row and piece of the passed; the others."""

    @property
    def days(self) -> list[date]: ...
    @property
    def passed_row(self) -> Integers: ...
    @property
    def passed(self) -> Integers: ...
    @property
    def unknown(self) -> Integers: ...


@dataclass(frozen=True)
class LastWalked:
    """Pieces that outings touched, side by side with the last day on which each was passed; None: only unknown."""

    ids: list[int]
    last_on: list[str | None]


def last_walked(pieces: Integers, walks: Iterable[Walked]) -> LastWalked:
    """Return what outings say of these pieces, whose numbers are in order; what else they passed is left out."""
    last = np.full(len(pieces), _NEVER, dtype=np.int64)
    for walked in walks:
        days = np.array([day.toordinal() for day in walked.days], dtype=np.int64)
        _raise(last, pieces, walked.passed, days[walked.passed_row])
        _raise(last, pieces, walked.unknown, np.full(len(walked.unknown), _UNKNOWN, dtype=np.int64))
    touched = np.flatnonzero(last != _NEVER)
    days, which = np.unique(last[touched], return_inverse=True)
    names = np.array([_name(day) for day in days.tolist()], dtype=object)
    return LastWalked(pieces[touched].tolist(), names[which].tolist() if len(touched) else [])


def _raise(last: Integers, pieces: Integers, ids: Integers, days: Integers) -> None:
    if not len(pieces):
        return
    at = np.minimum(np.searchsorted(pieces, ids), len(pieces) - 1)
    here = pieces[at] == ids
    np.maximum.at(last, at[here], days[here])


def _name(day: int) -> str | None:
    return None if day == _UNKNOWN else date.fromordinal(day).isoformat()
