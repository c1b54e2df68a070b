"""The compiled cleaning gives the verdicts of patrol.tracks."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.cleaning import usable_fixes
from patrol.tracks import SPEED_MAX_MPS, clean_fixes

# Mostly a walk, with repeated instants, stray places and claims of every accuracy.
FIXES = st.lists(
    st.tuples(st.sampled_from([0, 1, 5, 5, 5, 5, 30]), st.sampled_from([0.0, 0.0, 5.0, 40.0, 90.0, 300.0]),
              st.sampled_from([3.0, 8.0, 50.0, 50.5, np.inf, -1.0])),
    max_size=30,
)  # fmt: skip


@given(FIXES, st.sampled_from(sorted(SPEED_MAX_MPS)))
def test_both_cleanings_agree(rows: list[tuple[int, float, float]], mode: str) -> None:
    step_s, x_m, accuracy_m = (np.array([row[k] for row in rows], dtype=float) for k in range(3))
    t_ms = (np.cumsum(step_s) * 1000).astype(np.int64)
    frame = pd.DataFrame({"block": "a", "ordinal": range(len(rows)), "t_ms": t_ms, "x_m": x_m, "y_m": 0.0})
    slow = clean_fixes(frame.assign(accuracy_m=accuracy_m), mode=mode, started_ms=0, ended_ms=None)
    fast = usable_fixes(t_ms, x_m, np.zeros(len(rows)), accuracy_m, SPEED_MAX_MPS[mode])
    assert fast.tolist() == (slow["dropped"] == "").tolist()


def test_a_stray_reading_is_not_usable() -> None:
    x_m = np.array([0.0, 5, 500, 15, 20])
    usable = usable_fixes(np.arange(5) * 5000, x_m, np.zeros(5), np.full(5, 5.0), SPEED_MAX_MPS["foot"])
    assert usable.tolist() == [True, True, False, True, True]


@pytest.mark.parametrize("count", [0, 1])
def test_no_fix_and_one_fix_are_fine(count: int) -> None:
    assert usable_fixes(np.zeros(count, np.int64), np.zeros(count), np.zeros(count), np.ones(count), 8.0).all()
