"""PURE: kilometres and hours of a leg by township, day and part of the day; gaps are not counted.

The length is that of the cleaned fixes, GPS noise included; issue 5 replaces it by the length matched to streets.
"""

import pandas as pd

from patrol.day_parts import day_parts

KEYS = ["area_id", "on", "part"]
# How fast an officer usually moves: within a gap nobody is assumed to have gone further.
CRUISE_MPS = {"foot": 1.5, "bicycle": 4.5, "ebike": 7.0, "motorcycle": 11.0, "car": 14.0}
# A phone dead for an hour says nothing about the whole county: a gap reaches at most this far there and back.
REACH_MAX_M = 3000.0
# Streets are not straight: two ends further apart than the usual speed allows were still walked somehow.
DETOUR = 1.2


def with_local_time(rows: pd.DataFrame, *, zone: str) -> pd.DataFrame:
    """Return the rows with `on` (date) and `part` (day or night) of their `t_ms` in the city's zone."""
    local = pd.to_datetime(rows["t_ms"].astype("int64"), unit="ms", utc=True).dt.tz_convert(zone)
    return rows.assign(on=local.dt.date, part=day_parts(local.dt.hour.to_numpy()))


def effort(segments: pd.DataFrame) -> pd.DataFrame:
    """Return area_id, on, part, km, hours of segments with area_id (negative: outside every township, not counted)."""
    inside = segments[segments["area_id"] >= 0].sort_values("t_ms", kind="stable")
    summed = inside.groupby(KEYS, as_index=False)[["length_m", "seconds"]].sum()
    km, hours = (summed["length_m"] / 1000).round(3), (summed["seconds"] / 3600).round(4)
    return summed[KEYS].assign(km=km, hours=hours)


def gap_reach(gaps: pd.DataFrame, *, mode: str) -> pd.DataFrame:
    """Return the gaps with `t_ms` (middle) and `reach_m`: the longest way from a over any place to b.

    With one known end the officer need not have come back to it: the way there may take the whole time, and a way
    "there and back" is twice as long.
    """
    seconds = (gaps["to_ms"] - gaps["from_ms"]) / 1000
    way_m = CRUISE_MPS[mode] * seconds * (3 - gaps["ends"])
    apart_m = ((gaps["ax_m"] - gaps["bx_m"]) ** 2 + (gaps["ay_m"] - gaps["by_m"]) ** 2) ** 0.5
    reach_m = pd.concat([way_m.clip(upper=REACH_MAX_M), apart_m * DETOUR], axis=1).max(axis=1)
    return gaps.assign(t_ms=((gaps["from_ms"] + gaps["to_ms"]) // 2).astype("int64"), reach_m=reach_m)
