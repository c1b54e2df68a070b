"""A track on a small town of which every street is known: the matcher finds what was walked and nothing else."""

import numpy as np
import pytest
import shapely

from geo.matching.matcher import Matched, ground_of, match_tracks
from geo.matching.model import Ground
from geo.matching.network import network_of
from geo.matching.twins import streets_of

LINE = shapely.LineString
# 3 streets to the east 100 m apart, 3 to the north, crossing at their corners; and a dead end of 60 m to the south.
TOWN = [
    *(LINE([(0, y), (100, y), (200, y)]) for y in (0, 100, 200)),
    *(LINE([(x, 0), (x, 100), (x, 200)]) for x in (0, 100, 200)),
    LINE([(100, 0), (100, -60)]),
]


@pytest.fixture(scope="module")
def ground() -> Ground:
    return ground_of(network_of(TOWN))


def walk(*corners: tuple[float, float], every_m: float = 6.5, noise_m: float = 0.0) -> tuple[np.ndarray, ...]:
    """Return t_s, x_m, y_m of a walk at 1.3 m/s, a fix every 5 s."""
    line = LINE(corners)
    xy = shapely.get_coordinates(line.interpolate(np.arange(0, line.length + 0.1, every_m)))
    xy = xy + np.random.default_rng(3).normal(0, noise_m, xy.shape) if noise_m else xy
    return np.arange(len(xy)) * 5.0, xy[:, 0], xy[:, 1]


def matched(ground: Ground, *tracks: tuple[np.ndarray, ...], accuracy_m: float = 12.0) -> Matched:
    t_s, x_m, y_m = (np.concatenate(columns) for columns in zip(*tracks, strict=True))
    starts = np.concatenate([[0], np.cumsum([len(track[0]) for track in tracks])]).astype(np.int64)
    return match_tracks(
        ground, starts=starts, t_s=t_s, x_m=x_m, y_m=y_m, accuracy_m=np.full(len(t_s), accuracy_m),
        half_window_s=np.full(len(tracks), 10.0),
    )  # fmt: skip


def streets_passed(ground: Ground, found: Matched, track: int = 0) -> dict[int, float]:
    """Return the metres passed of each street, to the metre, without what is shorter than 3 m."""
    first = ground.network.first_piece
    own = found.passes.track == track
    street = np.searchsorted(first, found.passes.piece[own], side="right") - 1
    metres = np.bincount(street, weights=(found.passes.to_m - found.passes.from_m)[own], minlength=len(TOWN))
    return {int(one): float(round(metres[one])) for one in np.flatnonzero(metres > 3)}


def test_a_street_that_ends_on_another_without_a_corner_is_joined_to_it_and_a_bridge_is_not() -> None:
    joined = network_of([LINE([(0, 0), (100, 0)]), LINE([(50, 0.2), (50, 80)])])
    assert len(joined.street) == 3 and len(np.unique(joined.ends)) == 4
    bridge = network_of([LINE([(0, 0), (100, 0)]), LINE([(50, -50), (50, 50)])])
    assert len(bridge.street) == 2 and len(np.unique(bridge.ends)) == 4


def test_a_walk_round_a_block_passes_its_streets_in_their_direction(ground: Ground) -> None:
    found = matched(ground, walk((0, 0), (100, 0), (100, 100), (0, 100), (0, 20)))
    passed = streets_passed(ground, found)
    assert set(passed) == {0, 1, 3, 4}
    assert [passed[s] for s in (0, 4, 1)] == pytest.approx([100, 100, 100], abs=6)
    on_first = found.passes.piece < ground.network.first_piece[1]
    on_second = (found.passes.piece >= ground.network.first_piece[1]) & ~on_first
    on_second &= found.passes.piece < ground.network.first_piece[2]
    assert found.passes.forward[on_first].all() and not found.passes.forward[on_second].any()
    assert np.all(np.diff(found.passes.from_s) >= 0)


def test_noise_of_ten_metres_does_not_move_the_walk_to_another_street(ground: Ground) -> None:
    found = matched(ground, walk((0, 100), (200, 100), noise_m=10), accuracy_m=15)
    passed = streets_passed(ground, found)
    assert passed.pop(1) == pytest.approx(195, abs=30)
    # It begins on a crossing: the first reading (here 26 m astray) may lie on the other street, as far as 3σ.
    assert all(metres < 30 for metres in passed.values())


def test_a_dead_end_walked_to_its_end_and_back_is_passed_twice(ground: Ground) -> None:
    found = matched(ground, walk((40, 0), (100, 0), (100, -60), (100, 0), (160, 0)))
    assert streets_passed(ground, found)[6] == pytest.approx(120, abs=24)


def test_a_reading_that_falls_beyond_the_corner_enters_no_side_street(ground: Ground) -> None:
    t_s, x_m, y_m = walk((0, 0), (200, 0))
    y_m[14:17] -= 12  # around x = 97: as if the dead end had been entered
    assert set(streets_passed(ground, matched(ground, (t_s, x_m, y_m)))) == {0}


def test_who_turns_round_in_the_middle_of_a_street_passed_what_he_walked_and_no_more(ground: Ground) -> None:
    found = matched(ground, walk((0, 100), (160, 100), (20, 100)))
    passed = streets_passed(ground, found)
    assert passed.pop(1) == pytest.approx(300, abs=24)
    assert all(metres < 20 for metres in passed.values())


def test_errors_that_last_move_the_walk_to_no_other_street(ground: Ground) -> None:
    t_s, x_m, y_m = walk((0, 100), (100, 100), (100, 0), (200, 0))
    # 14 m astray all the way, along one street and beside the next: only the corners show it.
    found = matched(ground, (t_s, x_m + 10, y_m + 10), accuracy_m=15)
    passed = streets_passed(ground, found)
    assert [passed[street] for street in (1, 4, 0)] == pytest.approx([100, 100, 95], abs=20)
    assert sum(passed.values()) == pytest.approx(295, abs=25)


def test_nothing_is_covered_within_a_gap(ground: Ground) -> None:
    t_s, x_m, y_m = walk((0, 100), (200, 100))
    heard = (x_m < 60) | (x_m > 150)
    found = matched(ground, (t_s[heard] * 1.0, x_m[heard], y_m[heard]))
    # Heard at 0 to 58.5 m and, after 75 s of silence, at 156 to 195 m: 97.5 m.
    assert streets_passed(ground, found)[1] == pytest.approx(97.5, abs=3)


def test_a_yard_that_no_map_has_is_time_off_the_streets(ground: Ground) -> None:
    found = matched(ground, walk((200, 100), (330, 100), (330, 180), (330, 100), (200, 100)))
    assert found.off[:, 6].max() > found.off[:, 5].min()
    off_s = (found.off[:, 6] - found.off[:, 5]).sum()
    # 420 m at 1.3 m/s are 320 s, of which some 40 m at either end still look like the street.
    assert 200 < off_s < 325
    assert sum(streets_passed(ground, found).values()) < 60


def test_tracks_in_one_call_do_not_touch_each_other(ground: Ground) -> None:
    tracks = [walk((0, 0), (200, 0)), walk((0, 200), (200, 200), noise_m=5), walk((200, 0), (200, 200))]
    together = matched(ground, *tracks)
    for number, track in enumerate(tracks):
        assert streets_passed(ground, together, number) == streets_passed(ground, matched(ground, track))


def test_the_same_fixes_give_the_same_bytes(ground: Ground) -> None:
    once, again = (matched(ground, walk((0, 0), (100, 0), (100, 190), noise_m=8)) for _ in range(2))
    assert [column.tobytes() for column in once.passes] == [column.tobytes() for column in again.passes]


def test_a_track_far_from_every_street_and_one_of_a_single_fix_pass_nothing(ground: Ground) -> None:
    far = walk((5000, 5000), (5200, 5000))
    one = tuple(column[:1] for column in walk((0, 0), (100, 0)))
    found = matched(ground, far, one)
    assert streets_passed(ground, found, 0) == {} and streets_passed(ground, found, 1) == {}
    assert (found.off[:, 6] - found.off[:, 5]).sum() == pytest.approx(far[0][-1])


def test_without_streets_or_fixes_there_is_nothing(ground: Ground) -> None:
    assert len(matched(ground_of(network_of([])), walk((0, 0), (100, 0))).passes.piece) == 0
    nothing = tuple(column[:0] for column in walk((0, 0), (100, 0)))
    assert len(matched(ground, nothing).passes.piece) == 0


def test_a_pavement_is_a_lane_of_its_street_and_a_path_of_its_own_is_not() -> None:
    lines = [LINE([(0, 0), (200, 0)]), LINE([(0, 8), (200, 8)]), LINE([(0, 40), (200, 40)]), LINE([(100, 0), (100, 8)])]
    assert streets_of(lines, [0, 5, 5, 5]).tolist() == [True, False, True, False]
