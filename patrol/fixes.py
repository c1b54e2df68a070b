"""PURE: one position as a recorder app tells it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fix:
    """Epoch milliseconds, WGS 84 degrees; None where the app did not say."""

    t_ms: int
    lon: float
    lat: float
    accuracy_m: float
    speed_mps: float | None = None
    heading_deg: float | None = None
