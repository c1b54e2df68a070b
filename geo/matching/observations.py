"""PURE: from fixes to what the model sees: smoothed places, one about every σ (14 m at least), a halt as one.

Readings that follow each other within seconds err alike and say little more than one of them; Newson and Krumm leave
out what lies within 2σ of the place before. Fewer steps of the model are also where most of the speed comes from.
"""

import numpy as np

from geo.compiled import compiled_leaf
from geo.matching.network import Floats, Integers

SPACING_LEAST_M = 14.0
# Who stands unnoticed (the readings wander too far for a halt) is seen at least so often: errors fade meanwhile.
MOST_S = 20.0
# Who comes back by this much has turned round in between: the furthest place is seen, or a dead end would be lost.
TURN_LEAST_M, TURN_SIGMAS = 5.0, 0.6
# Who gets less than 20 m away in 40 s (0.5 m/s) stands still, and wanders only in the readings.
HALT_WINDOW_S = 20.0
HALT_M = 20.0
HALT_S = 45.0

# Columns of an observation.
X, Y, ARRIVED_S, LEFT_S, SPEED = 0, 1, 2, 3, 4
OBSERVED = 5
# Speed is that of the beeline over so many seconds either side: readings a few seconds apart say little of it.
SPEED_WINDOW_S = 30.0
SPEED_LEAST_S = 10.0


@compiled_leaf
def observe(
    t_s: Floats, x_m: Floats, y_m: Floats, half_window_s: float, sigma_m: float,
    smooth: Floats, halts: Integers, room: Floats,
) -> int:  # fmt: skip
    """Fill `room` (x, y, arrived, left, speed) with the observations of fixes without a gap; return how many.

    `smooth` and `halts` are scratch, as long as the fixes or longer.
    """
    _smoothed(t_s, x_m, y_m, half_window_s, smooth)
    _halts(t_s, smooth, halts)
    count, i, last = 0, 0, len(t_s) - 1
    while i <= last:
        end = halts[i]
        x, y = smooth[i, 0], smooth[i, 1]
        if end > i:
            x, y = _mean(x_m[i : end + 1]), _mean(y_m[i : end + 1])
        room[count, X], room[count, Y], room[count, ARRIVED_S], room[count, LEFT_S] = x, y, t_s[i], t_s[end]
        count += 1
        if end == last:
            break
        i = _next(smooth[: last + 1], halts, x, y, end + 1, sigma_m, t_s, t_s[end] + MOST_S)
    _speeds(room, count)
    return count


@compiled_leaf
def _speeds(room: Floats, count: int) -> None:
    """Fill how fast the beeline from 30 s before each observation to 30 s after it was gone."""
    low, high = 0, 0
    for i in range(count):
        while room[low, LEFT_S] < room[i, ARRIVED_S] - SPEED_WINDOW_S:
            low += 1
        while high < count - 1 and room[high, ARRIVED_S] < room[i, ARRIVED_S] + SPEED_WINDOW_S:
            high += 1
        dx, dy = room[high, X] - room[low, X], room[high, Y] - room[low, Y]
        room[i, SPEED] = np.sqrt(dx * dx + dy * dy) / max(room[high, ARRIVED_S] - room[low, LEFT_S], SPEED_LEAST_S)


@compiled_leaf
def _next(
    smooth: Floats, halts: Integers, x_m: float, y_m: float, first: int, sigma_m: float, t_s: Floats, until_s: float
) -> int:
    """Return the next fix to look at: the first far enough away, the furthest before the track turns back, a halt."""
    spacing_m = max(SPACING_LEAST_M, sigma_m)
    turn_m = max(TURN_LEAST_M, TURN_SIGMAS * sigma_m)
    furthest, most_m = first, 0.0
    for i in range(first, len(smooth)):
        away_m = np.hypot(smooth[i, 0] - x_m, smooth[i, 1] - y_m)
        if away_m >= spacing_m or halts[i] > i or t_s[i] >= until_s:
            return i
        if away_m > most_m:
            furthest, most_m = i, away_m
        elif most_m - away_m > turn_m:
            return furthest
    return len(smooth) - 1


@compiled_leaf
def _mean(values: Floats) -> float:
    total = 0.0
    for value in values:
        total += value
    return total / len(values)


@compiled_leaf
def _smoothed(t_s: Floats, x_m: Floats, y_m: Floats, half_window_s: float, smooth: Floats) -> None:
    """Fill the mean of the places within the window; at the ends the window shrinks evenly, so nothing is pulled in."""
    low, high, sum_x, sum_y = 0, 0, 0.0, 0.0
    first_s, last_s = t_s[0], t_s[-1]
    for i in range(len(t_s)):
        half_s = min(half_window_s, t_s[i] - first_s, last_s - t_s[i]) + 1e-6
        while high < len(t_s) and t_s[high] <= t_s[i] + half_s:
            sum_x += x_m[high]
            sum_y += y_m[high]
            high += 1
        while t_s[high - 1] > t_s[i] + half_s:
            high -= 1
            sum_x -= x_m[high]
            sum_y -= y_m[high]
        while t_s[low] < t_s[i] - half_s:
            sum_x -= x_m[low]
            sum_y -= y_m[low]
            low += 1
        smooth[i, 0], smooth[i, 1] = sum_x / (high - low), sum_y / (high - low)


@compiled_leaf
def _near(smooth: Floats, one: int, other: int) -> bool:
    return bool(np.hypot(smooth[one, 0] - smooth[other, 0], smooth[one, 1] - smooth[other, 1]) < HALT_M)


@compiled_leaf
def _halts(t_s: Floats, smooth: Floats, halts: Integers) -> None:
    """Fill for each fix the last one of the halt that begins with it, else itself."""
    low, high, begun = 0, 0, -1
    last = len(t_s) - 1
    for i in range(len(t_s)):
        halts[i] = i
        while t_s[low] < t_s[i] - HALT_WINDOW_S:
            low += 1
        while high < last and t_s[high] < t_s[i] + HALT_WINDOW_S:
            high += 1
        full = t_s[high] - t_s[low] >= 1.5 * HALT_WINDOW_S
        # The middle too: who turns round in a dead end also stands where he stood 40 s ago.
        still = full and _near(smooth, low, high) and _near(smooth, low, i) and _near(smooth, i, high)
        if still and begun < 0:
            begun = i
        if begun >= 0 and (not still or i == last):
            end = i if still else i - 1
            if t_s[end] - t_s[begun] >= HALT_S:
                halts[begun] = end
            begun = -1
