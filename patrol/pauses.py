"""PURE: pauses of an outing: stretches of time in which an officer is on no outing, whatever else goes on recording."""

from collections.abc import Iterable, Sequence

from backend.common.outcomes import clock_error


def corrected_pauses(pauses: Iterable[tuple[int, int]], clock_skew_s: float) -> list[list[int]]:
    """Return pauses as the phone told them, corrected as its readings are; one that ends before it began is none."""
    shift_ms = round(clock_error(clock_skew_s).total_seconds() * 1000)
    return [[from_ms - shift_ms, to_ms - shift_ms] for from_ms, to_ms in sorted(pauses) if to_ms > from_ms]


def in_pause(t_ms: float, pauses: Sequence[Sequence[int]] | None) -> bool:
    """Return whether a time lies in a pause; its last moment belongs to what comes after it."""
    return any(from_ms <= t_ms < to_ms for from_ms, to_ms in pauses or ())
