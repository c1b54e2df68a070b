"""PURE: how a phone erred on a stretch of track: by how much it says, and how fast its errors fade."""

import numpy as np

from geo.compiled import compiled_leaf, compiled_part
from geo.matching.network import Floats

# The reported accuracy is the radius that holds 68 % of the readings: 1.51 standard deviations of one axis.
SIGMAS_OF_ACCURACY = 1.51
SIGMA_LEAST_M, SIGMA_MOST_M = 8.0, 30.0
# Readings further apart than this say nothing about it.
APART_S = 15.0
RHO_MOST = 0.95
# Too few readings to tell: a phone in a pocket.
RHO_UNKNOWN, APART_UNKNOWN_S, FEWEST = 0.7, 5.0, 8
# Errors that last longer than this do not become smaller by averaging, and the corners would become rounder.
RHO_AVERAGED = 0.8
# Averaged places next to each other share readings, for about half of the window.
SHARED_OF_WINDOW = 0.5
SIGMA_AVERAGED_LEAST_M, MEMORY_LEAST_S = 3.0, 0.5


@compiled_part
def noise_of(
    t_s: Floats, x_m: Floats, y_m: Floats, accuracy_m: Floats, half_window_s: float
) -> tuple[float, float, float]:
    """Return σ of the averaged places, the seconds after which their errors fade to a third, and over how many seconds
    either side to average: the more, up to `half_window_s`, the faster errors fade.
    """
    sigma_m = claimed_sigma(accuracy_m)
    rho, apart_s = fading(t_s, x_m, y_m, sigma_m)
    window_s = half_window_s * max(0.0, 1 - rho / RHO_AVERAGED)
    averaged = 1 + 2 * int(window_s / apart_s)
    spread = 1.0
    for lag in range(1, averaged):
        spread += 2 * (1 - lag / averaged) * rho**lag
    memory_s = max(-apart_s / np.log(max(rho, 1e-3)), SHARED_OF_WINDOW * window_s, MEMORY_LEAST_S)
    return max(sigma_m * np.sqrt(spread / averaged), SIGMA_AVERAGED_LEAST_M), memory_s, window_s


@compiled_part
def claimed_sigma(accuracy_m: Floats) -> float:
    """Return the standard deviation of one axis that the phone claims."""
    total = 0.0
    for one in accuracy_m:
        total += one
    return min(max(total / len(accuracy_m) / SIGMAS_OF_ACCURACY, SIGMA_LEAST_M), SIGMA_MOST_M)


@compiled_leaf
def fading(t_s: Floats, x_m: Floats, y_m: Floats, sigma_m: float) -> tuple[float, float]:
    """Return the correlation of the errors of two readings that follow each other, and how many seconds apart they are.

    Of three readings in a row the middle one lies beside the middle of the others by the second difference of the
    errors (who walks hardly changes his pace so fast): its variance is σ² (6 − 8ρ + 2ρ²) on each axis.
    """
    total, count, apart_s = 0.0, 0, 0.0
    most = 60 * sigma_m * sigma_m
    for i in range(1, len(t_s) - 1):
        before_s, after_s = t_s[i] - t_s[i - 1], t_s[i + 1] - t_s[i]
        if before_s + after_s > 2 * APART_S or abs(before_s - after_s) > 0.5 * before_s:
            continue
        dx, dy = x_m[i - 1] - 2 * x_m[i] + x_m[i + 1], y_m[i - 1] - 2 * y_m[i] + y_m[i + 1]
        total += min(dx * dx + dy * dy, most)
        apart_s += before_s
        count += 1
    if count < FEWEST:
        return RHO_UNKNOWN, APART_UNKNOWN_S
    rho = 2 - np.sqrt(1 + total / (4 * count * sigma_m * sigma_m))
    return min(max(rho, 0.0), RHO_MOST), apart_s / count
