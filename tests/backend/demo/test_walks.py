"""The simulator walks on streets and records what a phone would have recorded."""

import numpy
import pytest
import shapely

from backend.demo.chance import stream
from backend.demo.walks import FIX_EVERY_S, fixes_on, network_of, walk

# A cross: two streets of 200 m that meet in the middle, and a lone street far away.
CROSS = [shapely.LineString([(-100, 0), (100, 0)]), shapely.LineString([(0, -100), (0, 100)])]
LONE = shapely.LineString([(900, 900), (950, 900)])


def test_streets_are_cut_at_their_crossing() -> None:
    network = network_of(CROSS)
    assert sorted(line.length for line in network.lines) == [100.0] * 4


def test_a_part_that_cannot_be_reached_is_left_out() -> None:
    assert len(network_of([*CROSS, LONE]).lines) == 4


def test_without_streets_there_is_nothing_to_walk_on() -> None:
    with pytest.raises(ValueError, match="no street"):
        walk(network_of([]), length_m=100, rng=stream(1, "w"))


def test_a_walk_stays_on_the_streets_and_is_as_long_as_asked() -> None:
    path = walk(network_of(CROSS), length_m=1000, rng=stream(1, "w"))
    assert shapely.union_all(CROSS).buffer(0.01).contains(path)
    assert 1000 <= path.length < 1100  # it ends at the first corner after 1000 m


def test_a_walk_prefers_what_it_has_not_walked() -> None:
    # Four arms of 100 m, each walked out and back: 800 m see them all.
    path = walk(network_of(CROSS), length_m=900, rng=stream(3, "w"))
    assert shapely.union_all(CROSS).difference(path.buffer(0.1)).length < 1


def test_fixes_follow_the_path_with_the_noise_of_a_phone() -> None:
    path = shapely.LineString([(0, 0), (600, 0)])
    fixes = fixes_on(path, speed_mps=1.2, rng=stream(1, "f"))
    assert len(fixes.t_s) == len(fixes.x_m) == len(fixes.y_m) == len(fixes.accuracy_m)
    # 600 m at 1.2 m/s are 500 s; the pace wavers by a tenth.
    assert fixes.t_s[-1] == pytest.approx(495, abs=5)
    off_m = numpy.abs(fixes.y_m[fixes.accuracy_m < 65])
    assert 2 < float(off_m.mean()) < 10
    assert fixes.x_m[-1] == pytest.approx(600, abs=70)


def test_a_long_walk_may_have_a_gap_of_one_to_four_minutes() -> None:
    path = shapely.LineString([(0, 0), (4000, 0)])
    longest = [float(numpy.diff(fixes_on(path, speed_mps=1.3, rng=stream(n, "g")).t_s).max()) for n in range(30)]
    assert min(longest) == FIX_EVERY_S
    assert 60 <= max(longest) <= 485  # two gaps may touch


def test_the_same_chance_walks_the_same_way() -> None:
    network = network_of(CROSS)
    first, second = (walk(network, length_m=700, rng=stream(5, "w")).wkt for _ in range(2))
    assert first == second
