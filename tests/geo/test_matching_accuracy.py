"""The matcher is held against walks of which every metre is known, and goes through real tracks of strangers."""

import re
from pathlib import Path

import geopandas
import numpy as np
import pyproj
import pytest
import shapely

from geo.matching.matcher import Matched, ground_of
from geo.matching.model import Ground
from geo.matching.network import network_of
from geo.simulator import Conditions, covered_cells, simulate
from patrol.gpx import read_gpx
from patrol.leg_matching import legs_matched
from patrol.track_blob import encode_track
from tests.bench.accuracy import Tally, blob_of, matched_cells
from tests.bench.street_networks import STREETS, helsinki_lines

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
SEEDS = range(300, 304)
# The least F1, and by how much covered length may be astray; these walks gave .966, .944, .893 and 0.0, 0.5, 0.7 %.
BOUNDS = {
    "white errors of 10 m": (Conditions(), 0.95, 0.02),
    "errors of 10 m that last": (Conditions(rho=0.9), 0.925, 0.025),
    "errors of 20 m that last": (Conditions(sigma_m=20, rho=0.9), 0.87, 0.04),
}
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the shared data of the project is not here")


@pytest.fixture(scope="module")
def streets() -> Ground:
    return ground_of(network_of(helsinki_lines(ranks_up_to=STREETS)))


@pytest.mark.parametrize("what", BOUNDS)
def test_of_streets_walked_nearly_all_are_found_and_hardly_any_other(streets: Ground, what: str) -> None:
    conditions, least_f1, most_astray = BOUNDS[what]
    walks = [simulate(streets.network, conditions, length_m=5000, rng=np.random.default_rng(seed)) for seed in SEEDS]
    found = legs_matched(streets, [blob_of(walk) for walk in walks], ["foot"] * len(walks))
    tally = Tally()
    for number, walk in enumerate(walks):
        tally.add(covered_cells(streets.network, walk), matched_cells(streets.network, found, number))
    assert tally.f1() >= least_f1
    assert abs(tally.excess()) <= most_astray


@needs_data
def test_a_real_track_in_a_town_is_found_on_its_streets_and_grows_no_longer() -> None:
    frame = geopandas.read_file(DATA / "osm" / "andorra_streets.geojson", bbox=(1.52, 42.61, 1.55, 42.64))
    text = (DATA / "tracks" / "andorra_for_map_matching.gpx").read_text()
    points = shapely.points(_places(text))
    x_m, y_m = pyproj.Transformer.from_crs(4326, 25831, always_xy=True).transform(*shapely.get_coordinates(points).T)
    # The file has no times: a point every 10 s.
    blob = encode_track(np.arange(len(x_m)) * 10_000, x_m, y_m, np.full(len(x_m), 10.0))
    found = legs_matched(ground_of(network_of(list(frame.to_crs(25831).geometry))), [blob], ["bicycle"])
    walked_m = np.hypot(np.diff(x_m), np.diff(y_m)).sum()
    assert 0.65 * walked_m < matched_m(found) < 1.05 * walked_m
    assert off_s(found) <= 60


@needs_data
def test_a_real_walk_keeps_to_the_path_it_was_made_on_and_not_to_the_one_beside_it() -> None:
    # No map of the place is at hand: the street is the walk itself without its wiggles, and one runs 45 m beside it.
    t_ms, x_m, y_m = _timed("korita-zbevnica")
    way = shapely.simplify(shapely.linestrings(x_m, y_m), 10.0)
    ground = ground_of(network_of([way, *shapely.get_parts(shapely.offset_curve(way, 45.0))]))
    found = legs_matched(ground, [encode_track(t_ms, x_m, y_m, np.full(len(x_m), 10.0))], ["foot"])
    heard = np.diff(t_ms) <= 60_000
    walked_m = np.hypot(np.diff(x_m), np.diff(y_m))[heard].sum()
    assert matched_m(found) == pytest.approx(walked_m, rel=0.05)
    # It crosses the street beside it where the walk bends back: that may take some metres.
    beside = found.passes.piece >= ground.network.first_piece[1]
    assert (found.passes.to_m - found.passes.from_m)[beside].sum() < 0.02 * walked_m


def matched_m(found: Matched) -> float:
    """Return the metres gone along streets."""
    on = found.spans[:, 0] >= 0
    return float(np.abs(found.spans[on, 2] - found.spans[on, 1]).sum())


def off_s(found: Matched) -> float:
    """Return the seconds off the streets."""
    off = found.spans[:, 0] < 0
    return float((found.spans[off, 4] - found.spans[off, 3]).sum())


def _places(text: str) -> list[tuple[float, float]]:
    return [(float(lon), float(lat)) for lat, lon in re.findall(r'<trkpt lat="([^"]+)" lon="([^"]+)"', text)]


def _timed(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    fixes = read_gpx((DATA / "tracks" / "gpxpy_test_files" / f"{name}.gpx").read_bytes()).fixes
    x_m, y_m = pyproj.Transformer.from_crs(4326, 32633, always_xy=True).transform(
        [fix.lon for fix in fixes], [fix.lat for fix in fixes]
    )
    return np.array([fix.t_ms for fix in fixes]), np.array(x_m), np.array(y_m)
