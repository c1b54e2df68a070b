"""PURE: day and night. One definition for outings, visits and disputes alike."""

from typing import Any

import numpy as np
import numpy.typing as npt

# 2-records.md "Figures". A night belongs to the calendar day of each instant: Monday 23:00 counts for Monday, the
# Tuesday 01:00 that follows it for Tuesday, so that days can be added up without an hour counted twice.
NIGHT_FROM_HOUR = 20
NIGHT_UNTIL_HOUR = 6


def day_parts(local_hours: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return "night" where a local hour of the day (0–23) lies in 20:00–06:00, else "day"; shape as given."""
    hours = np.asarray(local_hours, dtype=np.int64)
    return np.where((hours >= NIGHT_FROM_HOUR) | (hours < NIGHT_UNTIL_HOUR), "night", "day")
