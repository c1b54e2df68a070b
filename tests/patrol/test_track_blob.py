"""A leg's fixes as one blob: what comes out is what went in, to the centimetre; damage is noticed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.track_blob import Tracks, decode_tracks, encode_track

PLACES_M = st.floats(-2e7, 2e7)
INSTANTS_MS = st.integers(-(2**61), 2**61)
ANY_FIXES = st.lists(st.tuples(INSTANTS_MS, PLACES_M, PLACES_M, st.floats(0, 127, allow_subnormal=False)), max_size=40)
# Around every border of the short record: ±327.67 m and 65.535 s.
STEPS = st.tuples(
    st.integers(-65_540, 65_540), *[st.sampled_from([0.0, 7.0, -9.5, 327.67, 327.68, -327.67, -327.68])] * 2
)


def encoded(rows: list[tuple[int, float, float, float]]) -> bytes:
    t_ms, x_m, y_m, accuracy_m = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [], [])
    return encode_track(np.array(t_ms, dtype=np.int64), np.array(x_m), np.array(y_m), np.array(accuracy_m))


def walk(count: int, every_ms: int = 5000) -> list[tuple[int, float, float, float]]:
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 10, (count, 2))
    start_ms = 1_795_000_000_000
    return [
        (start_ms + i * every_ms, 500_000 + 7 * i + noise[i, 0], 3_000_000 + noise[i, 1], 8.5) for i in range(count)
    ]


def assert_same(found: Tracks, rows: list[tuple[int, float, float, float]]) -> None:
    assert found.t_ms.tolist() == [row[0] for row in rows]
    for column, place in ((found.x_m, 1), (found.y_m, 2)):
        np.testing.assert_allclose(column, [row[place] for row in rows], rtol=0, atol=0.0051)


@given(ANY_FIXES)
def test_any_fixes_come_back_to_the_centimetre(rows: list[tuple[int, float, float, float]]) -> None:
    assert_same(decode_tracks([encoded(rows)]), rows)


@given(st.lists(STEPS, max_size=40))
def test_steps_at_the_border_of_the_short_record_come_back(steps: list[tuple[int, float, float]]) -> None:
    sums = np.cumsum(np.array(steps).reshape(-1, 3), axis=0)
    rows = [(1_795_000_000_000 + int(t), x, y, 5.0) for t, x, y in sums]
    assert_same(decode_tracks([encoded(rows)]), rows)


@given(st.floats(0, 127, allow_subnormal=False))
def test_an_accuracy_is_rounded_up_to_half_a_metre(accuracy_m: float) -> None:
    found = decode_tracks([encoded([(0, 0.0, 0.0, accuracy_m)])]).accuracy_m[0]
    assert accuracy_m <= found <= accuracy_m + 0.5


@pytest.mark.parametrize("accuracy_m", [float("nan"), float("inf"), -1.0, 127.1, 5000.0])
def test_an_accuracy_that_says_nothing_is_infinite(accuracy_m: float) -> None:
    assert decode_tracks([encoded([(0, 0.0, 0.0, accuracy_m)])]).accuracy_m[0] == np.inf


def test_a_walk_takes_no_more_than_eight_bytes_a_fix() -> None:
    assert len(encoded(walk(700))) / 700 < 7.1


def test_a_silence_costs_an_escape_and_no_more() -> None:
    rows = walk(100)
    late = [*rows, (rows[-1][0] + 3_600_000, *rows[-1][1:])]
    assert len(encoded(late)) - len(encoded(rows)) == 19


def test_several_legs_are_read_at_once_and_stay_apart() -> None:
    legs = [walk(3), [], walk(5, every_ms=1000)]
    found = decode_tracks([encoded(rows) for rows in legs])
    assert found.starts.tolist() == [0, 3, 3, 8]
    assert_same(found, [row for rows in legs for row in rows])


def test_no_legs_are_no_fixes() -> None:
    found = decode_tracks([])
    assert found.starts.tolist() == [0] and len(found.t_ms) == 0


def test_a_blob_that_is_cut_off_or_goes_on_is_refused() -> None:
    whole = encoded(walk(20))
    for damaged in (whole[:-1], whole + b"\0", whole[:9], whole[:3], b"", b"\2" + whole[1:], b"\1\xff\xff\xff\xff"):
        with pytest.raises(ValueError, match="track blob"):
            decode_tracks([encoded(walk(2)), damaged])


def test_a_place_that_is_not_on_earth_is_refused() -> None:
    for x_m in (float("nan"), float("inf"), 3e7):
        with pytest.raises(ValueError, match="position"):
            encoded([(0, x_m, 0.0, 5.0)])
