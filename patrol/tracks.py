"""PURE: from raw fixes to a track: every dropped fix has a reason, every minute without a usable fix is a gap.

Nothing is deleted: cleaning marks. Positions are metres in the deployment's CRS, times epoch milliseconds.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

ACCURACY_MAX_M = 50.0
GAP_MS = 60_000
# Faster than this nobody goes by this means, police included: what seems faster is a reading gone astray.
SPEED_MAX_MPS = {"foot": 8.0, "bicycle": 15.0, "ebike": 20.0, "motorcycle": 45.0, "car": 55.0}
# So many readings that agree with each other are believed against the track before them.
AGREEING_FIXES = 3

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]


def clean_fixes(fixes: pd.DataFrame, *, mode: str, started_ms: int, ended_ms: int | None) -> pd.DataFrame:
    """Return the fixes in order of time with a column `dropped`: "" for a usable fix, else why it is not.

    `fixes`: block, ordinal (place within the block), t_ms, x_m, y_m, accuracy_m. The order of the rows does not matter,
    so that blocks may arrive in any order. Reasons: outside_outing, inaccurate, out_of_order, duplicate, speed_jump.
    """
    ordered = fixes.sort_values(["t_ms", "block", "ordinal"], ignore_index=True)
    dropped = pd.Series("", index=ordered.index, dtype=object)
    last_ms = np.inf if ended_ms is None else ended_ms
    at_ms, accuracy_m = ordered["t_ms"], ordered["accuracy_m"]
    dropped[(at_ms < started_ms) | (at_ms > last_ms)] = "outside_outing"
    dropped[(dropped == "") & ~accuracy_m.between(0, ACCURACY_MAX_M)] = "inaccurate"
    dropped[(dropped == "") & _went_back(ordered)] = "out_of_order"
    usable = ordered.index[dropped == ""]
    dropped[usable[ordered.loc[usable].duplicated("t_ms")]] = "duplicate"
    usable = ordered.index[dropped == ""]
    dropped[usable[_jumps(ordered.loc[usable], SPEED_MAX_MPS[mode])]] = "speed_jump"
    return ordered.assign(dropped=dropped)


def track_segments(cleaned: pd.DataFrame, *, mode: str) -> pd.DataFrame:
    """Return one row for each two usable fixes that follow each other without a gap or a jump between them.

    Columns: t_ms (middle), x0_m, y0_m, x1_m, y1_m, length_m, seconds.
    """
    now, then = _pairs(cleaned)
    length_m = np.hypot(then["x_m"] - now["x_m"], then["y_m"] - now["y_m"])
    duration_ms = then["t_ms"] - now["t_ms"]
    allowed_m = SPEED_MAX_MPS[mode] * duration_ms / 1000 + now["accuracy_m"] + then["accuracy_m"]
    kept = (duration_ms <= GAP_MS) & (length_m <= allowed_m)
    columns = {
        "t_ms": now["t_ms"] + duration_ms // 2,
        "x0_m": now["x_m"],
        "y0_m": now["y_m"],
        "x1_m": then["x_m"],
        "y1_m": then["y_m"],
        "length_m": length_m,
        "seconds": duration_ms / 1000,
    }
    return pd.DataFrame(columns)[kept].reset_index(drop=True)


def track_gaps(cleaned: pd.DataFrame, *, started_ms: int, ended_ms: int | None) -> pd.DataFrame:
    """Return the times of more than 60 s without a usable fix: from_ms, to_ms, ax_m, ay_m, bx_m, by_m, ends.

    Before the first and after the last fix only one end of the gap is known (`ends` = 1, a = b). Without any usable
    fix there is no place to speak of: no row.
    """
    usable = cleaned[cleaned["dropped"] == ""]
    if usable.empty:
        return pd.DataFrame(columns=["from_ms", "to_ms", "ax_m", "ay_m", "bx_m", "by_m", "ends"], dtype=float)
    now, then = _pairs(cleaned)
    first, last = usable.iloc[0], usable.iloc[-1]
    rows = [_gap(started_ms, first["t_ms"], first, first, 1)]
    for index in np.flatnonzero((then["t_ms"] - now["t_ms"]) > GAP_MS):
        a, b = now.iloc[index], then.iloc[index]
        rows.append(_gap(a["t_ms"], b["t_ms"], a, b, 2))
    rows.append(_gap(last["t_ms"], last["t_ms"] if ended_ms is None else ended_ms, last, last, 1))
    gaps = pd.DataFrame(rows)
    return gaps[gaps["to_ms"] - gaps["from_ms"] > GAP_MS].reset_index(drop=True)


def _gap(from_ms: float, to_ms: float, a: "pd.Series[Any]", b: "pd.Series[Any]", ends: int) -> dict[str, float]:
    places = {"ax_m": a["x_m"], "ay_m": a["y_m"], "bx_m": b["x_m"], "by_m": b["y_m"]}
    return {"from_ms": int(from_ms), "to_ms": int(to_ms), **places, "ends": ends}


def _pairs(cleaned: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    usable = cleaned[cleaned["dropped"] == ""]
    return usable.iloc[:-1].reset_index(drop=True), usable.iloc[1:].reset_index(drop=True)


def _went_back(ordered: pd.DataFrame) -> Mask:
    """Return the fixes whose time lies before that of an earlier one of the same block: the clock was set back."""
    in_block = ordered.sort_values(["block", "ordinal"])
    latest_ms = in_block.groupby("block")["t_ms"].cummax()
    return (in_block["t_ms"] < latest_ms).reindex(ordered.index).to_numpy(dtype=bool)


def _jumps(fixes: pd.DataFrame, speed_max_mps: float) -> Mask:
    """Return which fixes lie too far from the track to be reached in time.

    A single stray reading is one that its successor does not confirm. Three that confirm each other are the track from
    then on; what stood before them on fewer readings was the stray one.
    """
    t_s, x_m, y_m, accuracy_m = (fixes[name].to_numpy(dtype=float) for name in ("t_ms", "x_m", "y_m", "accuracy_m"))
    t_s = t_s / 1000

    def reachable(a: int, b: int) -> bool:
        distance_m = ((x_m[a] - x_m[b]) ** 2 + (y_m[a] - y_m[b]) ** 2) ** 0.5
        return bool(distance_m <= speed_max_mps * (t_s[b] - t_s[a]) + accuracy_m[a] + accuracy_m[b])

    astray = np.zeros(len(fixes), dtype=bool)
    track: list[int] = []
    doubted: list[int] = []
    for index in range(len(fixes)):
        if not track or reachable(track[-1], index):
            astray[doubted] = True
            track.append(index)
            doubted = []
            continue
        if doubted and not reachable(doubted[-1], index):
            astray[doubted] = True
            doubted = []
        doubted.append(index)
        if len(doubted) == AGREEING_FIXES:
            astray[track if len(track) < AGREEING_FIXES else []] = True
            track, doubted = doubted, []
    astray[doubted] = True
    return astray
