"""Kilometres, hours and reach: by township, day and part of the day."""

from datetime import date

import pandas as pd
import pytest

from patrol.day_parts import day_parts
from patrol.effort import effort, gap_reach, with_local_time

# 2026-11-20 00:00 in Asia/Shanghai.
MIDNIGHT_MS = 1_795_104_000_000
HOUR_MS = 3_600_000


def segments(*rows: tuple[int, int]) -> pd.DataFrame:
    """Return segments of 100 m and 60 s each: (epoch ms, area id)."""
    frame = pd.DataFrame(rows, columns=["t_ms", "area_id"]).assign(length_m=100.0, seconds=60.0)
    return with_local_time(frame, zone="Asia/Shanghai")


def test_night_is_from_twenty_to_six() -> None:
    assert day_parts([5, 6, 19, 20, 23, 0]).tolist() == ["night", "day", "day", "night", "night", "night"]


def test_each_instant_belongs_to_its_own_calendar_day() -> None:
    around = segments((MIDNIGHT_MS - 1, 1), (MIDNIGHT_MS, 1))
    assert around["on"].tolist() == [date(2026, 11, 19), date(2026, 11, 20)]
    assert around["part"].tolist() == ["night", "night"]


def test_a_walk_over_a_border_counts_in_both_townships() -> None:
    noon = MIDNIGHT_MS + 12 * HOUR_MS
    found = effort(segments((noon, 1), (noon + 60_000, 1), (noon + 120_000, 2)))
    # 2 × 100 m and 2 min in the first, 100 m and 1 min in the second.
    assert found[["area_id", "part", "km", "hours"]].to_numpy().tolist() == [
        [1, "day", 0.2, 0.0333],
        [2, "day", 0.1, 0.0167],
    ]


def test_outside_every_township_nothing_is_counted() -> None:
    assert effort(segments((MIDNIGHT_MS, -1))).empty


def test_no_segments_no_effort() -> None:
    empty = pd.DataFrame(columns=["t_ms", "area_id", "length_m", "seconds"], dtype=float)
    assert effort(with_local_time(empty, zone="Asia/Shanghai")).empty


def gap(seconds: int, apart_m: float, ends: int = 2) -> pd.DataFrame:
    row = {"from_ms": 0, "to_ms": 1000 * seconds, "ax_m": 0.0, "ay_m": 0.0, "bx_m": apart_m, "by_m": 0.0, "ends": ends}
    return pd.DataFrame([row])


@pytest.mark.parametrize(
    ("seconds", "apart_m", "ends", "mode", "reach_m"),
    [
        (200, 0, 2, "foot", 300),  # 200 s at 1.5 m/s: there and back
        (200, 0, 1, "foot", 600),  # one end: 300 m away and no way back
        (200, 1000, 2, "foot", 1200),  # further apart than the usual speed allows: a fifth of detour
        (3600, 0, 2, "foot", 3000),  # an hour reaches no further than the cap
        (100, 0, 2, "car", 1400),
    ],
)
def test_a_gap_reaches_as_far_as_one_goes_in_it(
    seconds: int, apart_m: float, ends: int, mode: str, reach_m: float
) -> None:
    assert gap_reach(gap(seconds, apart_m, ends), mode=mode)["reach_m"].tolist() == [reach_m]
