"""PURE: takes the false turns out of a way: some metres into a side street, or back, and straight out again.

A reading that falls beyond the corner makes the model enter the side street and come back; nobody walked there. A way
that goes back on itself for longer was walked there and back, and stays.
"""

import numpy as np

from geo.compiled import compiled_leaf
from geo.matching.network import Floats
from geo.matching.routes import BEGIN, EDGE, END, FROM_S, TO_S

_SAME_M = 1e-6


@compiled_leaf
def joined(spans: Floats) -> int:
    """Join, in place, the spans that go on where the one before ended; return how many are left.

    A span that goes nowhere gives its time to the one before it.
    """
    count = 0
    for i in range(len(spans)):
        if count > 0 and _goes_on(spans[count - 1], spans[i]):
            _extend(spans[count - 1], spans[i])
        else:
            _move(spans, i, count)
            count += 1
    return count


@compiled_leaf
def _move(spans: Floats, i: int, to: int) -> None:
    for column in range(5):
        spans[to, column] = spans[i, column]


@compiled_leaf
def _extend(one: Floats, other: Floats) -> None:
    if one[EDGE] < 0:
        one[END] += other[END]
    elif one[EDGE] == other[EDGE]:
        one[END] = other[END]
    one[TO_S] = other[TO_S]


@compiled_leaf
def _goes_on(one: Floats, other: Floats) -> bool:
    if other[FROM_S] > one[TO_S] + 1e-3:
        return False
    if one[EDGE] != other[EDGE]:
        return bool(other[EDGE] >= 0 and one[EDGE] >= 0 and abs(other[END] - other[BEGIN]) < _SAME_M)
    if one[EDGE] < 0:
        return True
    same_way = (one[END] - one[BEGIN]) * (other[END] - other[BEGIN]) >= 0
    return bool(same_way and abs(one[END] - other[BEGIN]) < _SAME_M)


@compiled_leaf
def without_false_turns(spans: Floats, limit_m: float) -> int:
    """Take, in place, the false turns of less than `limit_m` out of joined spans; return how many spans are left."""
    count, i = int(np.int64(0)), int(np.int64(0))
    while i < len(spans):
        back_m = _retraced(spans, count, i, limit_m)
        if _SAME_M < back_m < limit_m:
            count, i = _cut(spans, count, i, back_m)
        elif count > 0 and _goes_on(spans[count - 1], spans[i]):
            _extend(spans[count - 1], spans[i])
            i += 1
        else:
            _move(spans, i, count)
            count, i = count + 1, i + 1
    return count


@compiled_leaf
def _retraced(spans: Floats, count: int, i: int, limit_m: float) -> float:
    """Return for how many metres span `i` and those after it go back the way of the first `count`, up to the limit."""
    back, total_m = count - 1, 0.0
    while back >= 0 and i < len(spans) and total_m < limit_m:
        one, other = spans[back], spans[i]
        if one[EDGE] < 0 or one[EDGE] != other[EDGE] or (abs(one[END] - other[BEGIN]) > _SAME_M and total_m == 0):
            break
        there_m, here_m = one[END] - one[BEGIN], other[END] - other[BEGIN]
        if there_m * here_m >= 0 or (total_m == 0 and other[FROM_S] > one[TO_S] + 1e-3):
            break
        total_m += min(abs(there_m), abs(here_m))
        if abs(there_m + here_m) > _SAME_M:
            break
        back, i = back - 1, i + 1
    return total_m


@compiled_leaf
def _cut(spans: Floats, count: int, i: int, cut_m: float) -> tuple[int, int]:
    """Take `cut_m` off the end of the first `count` spans and off the beginning of those from `i`."""
    from_s = spans[count - 1, FROM_S]
    left_m = cut_m
    while count > 0 and left_m > _SAME_M:
        last = spans[count - 1]
        from_s = last[FROM_S]
        length_m = abs(last[END] - last[BEGIN])
        if length_m <= left_m + _SAME_M:
            count, left_m = count - 1, left_m - length_m
        else:
            last[END] += left_m if last[END] < last[BEGIN] else -left_m
            last[TO_S] -= (last[TO_S] - last[FROM_S]) * left_m / length_m
            from_s, left_m = last[TO_S], 0.0
    left_m = cut_m
    while i < len(spans) and left_m > _SAME_M:
        length_m = abs(spans[i, END] - spans[i, BEGIN])
        if length_m <= left_m + _SAME_M:
            i, left_m = i + 1, left_m - length_m
        else:
            spans[i, BEGIN] += -left_m if spans[i, END] < spans[i, BEGIN] else left_m
            left_m = 0.0
    if i < len(spans):
        spans[i, FROM_S] = from_s
    elif count > 0:
        spans[count - 1, TO_S] = spans[i - 1, TO_S]
    return count, i
