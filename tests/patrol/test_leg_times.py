"""Steps and gaps of many legs: by day and part of the day, and how far a gap reaches."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from patrol.day_parts import day_parts
from patrol.leg_times import Fixes, gaps_of, local_parts, steps_of

ZONE = "Asia/Shanghai"
# 2026-11-20 00:00 in Asia/Shanghai.
MIDNIGHT_MS = 1_795_104_000_000
HOUR_MS = 3_600_000
NOON_MS = MIDNIGHT_MS + 12 * HOUR_MS


def fixes(*rows: tuple[int, int, float], gap_ms: int = 60_000) -> Fixes:
    """Return usable fixes on the x axis: (leg, epoch ms, x)."""
    leg, t_ms = (np.array([row[i] for row in rows], dtype=np.int64) for i in range(2))
    breaks = [a[0] != b[0] or b[1] - a[1] > gap_ms for a, b in pairwise(rows)]
    stretch = np.cumsum([True, *breaks]) - 1 if rows else np.empty(0, np.int64)
    x_m = np.array([row[2] for row in rows], dtype=float)
    return Fixes(leg, stretch, t_ms, x_m, np.zeros(len(rows)), np.full(len(rows), 5.0))


def test_night_is_from_twenty_to_six() -> None:
    assert day_parts([5, 6, 19, 20, 23, 0]).tolist() == ["night", "day", "day", "night", "night", "night"]


def test_each_instant_belongs_to_its_own_calendar_day() -> None:
    day, night = local_parts(np.array([MIDNIGHT_MS - 1, MIDNIGHT_MS, NOON_MS]), ZONE)
    assert [date(1970, 1, 1) + timedelta(days=one) for one in day.tolist()] == [
        date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 20),
    ]  # fmt: skip
    assert night.tolist() == [True, True, False]


def test_a_step_over_midnight_is_cut_there_and_one_over_a_full_hour_is_not() -> None:
    steps = steps_of(fixes((0, MIDNIGHT_MS - 20_000, 0), (0, MIDNIGHT_MS + 10_000, 30)), ["foot"], ZONE)
    assert steps.ms.tolist() == [20_000, 10_000]
    assert local_parts(steps.t_ms, ZONE)[0].tolist() == [20_776, 20_777]
    assert steps_of(fixes((0, NOON_MS - 20_000, 0), (0, NOON_MS + 10_000, 30)), ["foot"], ZONE).ms.tolist() == [30_000]


def test_the_time_of_a_gap_between_two_legs_and_of_a_jump_is_nobodys() -> None:
    rows = [(0, 0, 0), (0, 60_000, 50), (0, 120_001, 90), (1, 130_000, 90), (1, 131_000, 190), (1, 132_000, 191)]
    steps = steps_of(fixes(*[(leg, NOON_MS + t, x) for leg, t, x in rows]), ["foot", "foot"], ZONE)
    assert list(zip(steps.leg.tolist(), steps.ms.tolist(), strict=True)) == [(0, 60_000), (1, 1_000)]


@pytest.mark.parametrize(
    ("seconds", "apart_m", "mode", "reach_m"),
    [
        (200, 0, "foot", 300),  # 200 s at 1.5 m/s: there and back
        (200, 1000, "foot", 1200),  # further apart than the usual speed allows: a fifth of detour
        (3600, 0, "foot", 3000),  # an hour reaches no further than the cap
        (100, 0, "car", 1400),
    ],
)
def test_a_gap_reaches_as_far_as_one_goes_in_it(seconds: int, apart_m: float, mode: str, reach_m: float) -> None:
    end_ms = NOON_MS + 1000 * seconds
    gaps = gaps_of(fixes((0, NOON_MS, 0), (0, end_ms, apart_m)), [mode], [NOON_MS], [end_ms])
    assert gaps.ellipse.tolist() == [[0, 0, apart_m, 0, reach_m]]


def test_before_the_first_and_after_the_last_fix_the_way_need_not_come_back() -> None:
    rows = [(0, NOON_MS + 200_000, 10.0), (0, NOON_MS + 210_000, 20.0), (1, NOON_MS, 0.0)]
    gaps = gaps_of(fixes(*rows), ["foot", "foot"], [NOON_MS, NOON_MS], [NOON_MS + 310_000, None])
    # 200 s and 100 s at 1.5 m/s, twice as far; the second leg goes on.
    assert gaps.ellipse[:, [0, 4]].tolist() == [[10, 600], [20, 300]]
    assert gaps.t_ms.tolist() == [NOON_MS + 100_000, NOON_MS + 260_000]


def test_without_fixes_there_is_neither_step_nor_gap() -> None:
    assert len(steps_of(fixes(), ["foot"], ZONE).leg) == 0
    assert len(gaps_of(fixes(), ["foot"], [0], [10**6]).leg) == 0
