"""From raw fixes to a track: every dropped fix has its reason, and silence is a gap."""

from itertools import permutations

import pandas as pd
import pytest

from patrol.tracks import clean_fixes, track_gaps, track_segments

START_MS = 1_000_000_000


def fixes(*rows: tuple[float, float], block: str = "a", accuracy_m: float = 5.0) -> pd.DataFrame:
    """Return fixes of one block: (seconds after the start, metres east), all on one line."""
    return pd.DataFrame(
        {
            "block": block,
            "ordinal": range(len(rows)),
            "t_ms": [START_MS + int(1000 * seconds) for seconds, _ in rows],
            "x_m": [float(x_m) for _, x_m in rows],
            "y_m": 0.0,
            "accuracy_m": accuracy_m,
        }
    )


def clean(rows: pd.DataFrame, *, mode: str = "foot", seconds: float | None = 3600) -> pd.DataFrame:
    ended_ms = None if seconds is None else START_MS + int(1000 * seconds)
    return clean_fixes(rows, mode=mode, started_ms=START_MS, ended_ms=ended_ms)


def reasons(rows: pd.DataFrame, **options: object) -> list[str]:
    return clean(rows, **options)["dropped"].tolist()  # type: ignore[arg-type]


def walk(seconds: int, every_s: int = 5) -> pd.DataFrame:
    """Return a walk of 1 m/s."""
    return fixes(*((t, t) for t in range(0, seconds + 1, every_s)))


def test_a_plain_walk_keeps_every_fix() -> None:
    assert set(reasons(walk(60))) == {""}


def test_nothing_is_deleted() -> None:
    noisy = pd.concat([walk(60), fixes((3, 5000), (4000, 0), block="b"), fixes((7, 7), block="c", accuracy_m=90)])
    assert len(clean(noisy)) == len(noisy)


def test_an_inaccurate_fix_is_dropped() -> None:
    assert reasons(fixes((0, 0), accuracy_m=50)) == [""]
    assert reasons(fixes((0, 0), accuracy_m=50.1)) == ["inaccurate"]
    assert reasons(fixes((0, 0), accuracy_m=float("nan"))) == ["inaccurate"]


def test_what_lies_outside_the_outing_is_dropped() -> None:
    assert reasons(fixes((-1, 0), (0, 0), (10, 10), (11, 11)), seconds=10) == [
        "outside_outing",
        "",
        "",
        "outside_outing",
    ]
    assert reasons(fixes((0, 0), (99_999, 0)), seconds=None) == ["", ""]


def test_the_same_instant_twice_counts_once() -> None:
    assert reasons(pd.concat([fixes((0, 0), (5, 5)), fixes((5, 6), block="b")])) == ["", "", "duplicate"]


def test_a_clock_that_was_set_back_within_a_block_is_out_of_order() -> None:
    # Recorded in this order: 0, 10, 5, 15 seconds. The third lies before the second.
    cleaned = clean(fixes((0, 0), (10, 10), (5, 5), (15, 15)))
    assert dict(zip(cleaned["ordinal"], cleaned["dropped"], strict=True)) == {0: "", 1: "", 2: "out_of_order", 3: ""}


def test_a_single_stray_fix_is_a_speed_jump() -> None:
    # 500 m away within 5 s on foot.
    assert reasons(fixes((0, 0), (5, 5), (10, 500), (15, 15), (20, 20))) == ["", "", "speed_jump", "", ""]


def test_a_stray_first_fix_does_not_drop_the_walk_after_it() -> None:
    assert reasons(fixes((0, 900), (5, 5), (10, 10), (15, 15), (20, 20))) == ["speed_jump", "", "", "", ""]


def test_a_stray_last_fix_is_dropped() -> None:
    assert reasons(fixes((0, 0), (5, 5), (10, 10), (15, 900))) == ["", "", "", "speed_jump"]


def test_what_a_car_can_do_is_no_jump_for_a_car() -> None:
    rows = fixes((0, 0), (5, 200), (10, 400), (15, 600))  # 40 m/s
    assert set(reasons(rows, mode="car")) == {""}
    assert "speed_jump" in reasons(rows, mode="foot")


def test_the_order_in_which_blocks_arrive_does_not_matter() -> None:
    blocks = [fixes((0, 0), (5, 5)), fixes((10, 10), (12, 800), block="b"), fixes((15, 15), (5, 5), block="c")]
    results = {clean(pd.concat(order)).to_csv(index=False) for order in permutations(blocks)}
    assert len(results) == 1


def test_segments_measure_the_walk() -> None:
    segments = track_segments(clean(walk(60)), mode="foot")
    assert segments["length_m"].sum() == pytest.approx(60)
    assert segments["seconds"].sum() == pytest.approx(60)


def test_a_silence_of_sixty_seconds_is_no_gap_and_a_longer_one_is() -> None:
    for silence, expected in ((60, 0), (61, 1)):
        cleaned = clean(fixes((0, 0), (silence, silence)), seconds=silence)
        assert len(track_gaps(cleaned, started_ms=START_MS, ended_ms=START_MS + 1000 * silence)) == expected
        assert len(track_segments(cleaned, mode="foot")) == 1 - expected


def test_time_in_a_gap_is_not_patrolled_time() -> None:
    # 60 s walked, 5 minutes nothing, 60 s walked: two minutes, 120 m.
    cleaned = clean(pd.concat([walk(60), walk(60).assign(block="b", t_ms=lambda f: f["t_ms"] + 360_000)]))
    segments = track_segments(cleaned, mode="foot")
    assert (segments["seconds"].sum(), segments["length_m"].sum()) == (120, 120)


def test_a_dropped_fix_does_not_bridge_a_gap() -> None:
    rows = pd.concat([fixes((0, 0), (100, 100)), fixes((50, 50), block="b", accuracy_m=80)])
    cleaned = clean(rows, seconds=100)
    assert len(track_gaps(cleaned, started_ms=START_MS, ended_ms=START_MS + 100_000)) == 1


def test_before_the_first_and_after_the_last_fix_only_one_end_is_known() -> None:
    cleaned = clean(fixes((100, 7), (105, 12)), seconds=300)
    gaps = track_gaps(cleaned, started_ms=START_MS, ended_ms=START_MS + 300_000)
    assert gaps[["ax_m", "bx_m", "ends"]].to_numpy().tolist() == [[7, 7, 1], [12, 12, 1]]


def test_without_a_usable_fix_there_is_neither_track_nor_gap() -> None:
    cleaned = clean(fixes((0, 0), accuracy_m=999))
    assert track_segments(cleaned, mode="foot").empty
    assert track_gaps(cleaned, started_ms=START_MS, ended_ms=START_MS + 3_600_000).empty
    assert clean(fixes()).empty
