"""The shifted systems of Chinese web maps: there within a metre of what the maps say, and back to the millimetre."""

import json
from pathlib import Path
from typing import Any

import numpy
import pytest
from pyproj import Geod

from geo.gcj02 import bd09_to_wgs84, gcj02_to_bd09, gcj02_to_wgs84, wgs84_to_gcj02

# Not ours to ship: read from where it lies, left out where it is not there.
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "crs" / "gcj02_bd09_vectors.json"
EARTH = Geod(ellps="WGS84")
# Yichun, Beijing, Kashgar, Sanya, Mohe.
LON = numpy.array([114.386, 116.391, 75.989, 109.508, 122.53])
LAT = numpy.array([27.804, 39.907, 39.470, 18.255, 52.97])


def away_m(lon: Any, lat: Any, other_lon: Any, other_lat: Any) -> Any:
    return EARTH.inv(lon, lat, other_lon, other_lat)[2]


@pytest.mark.skipif(not SHARED.exists(), reason="the test vectors lie beside the repository, not in it")
def test_seven_cities_come_out_within_a_metre_of_what_the_maps_say() -> None:
    for city in json.loads(SHARED.read_text(encoding="utf-8")):
        at = city["coords"]
        for change, source, target in (
            (wgs84_to_gcj02, "WGS84", "GCJ02"),
            (gcj02_to_wgs84, "GCJ02", "WGS84"),
            (gcj02_to_bd09, "GCJ02", "BD09"),
            (bd09_to_wgs84, "BD09", "WGS84"),
        ):
            lon, lat = change(*at[source])
            assert away_m(float(lon), float(lat), *at[target]) < 1.0, (city["attrs"]["name"], source, target)


def test_the_shift_is_hundreds_of_metres() -> None:
    moved_m = away_m(LON, LAT, *wgs84_to_gcj02(LON, LAT))
    assert (moved_m > 100).all()
    assert (moved_m < 1000).all()


def test_there_and_back_again_is_the_same_place() -> None:
    shifted = wgs84_to_gcj02(LON, LAT)
    assert away_m(LON, LAT, *gcj02_to_wgs84(*shifted)).max() < 0.001
    assert away_m(LON, LAT, *bd09_to_wgs84(*gcj02_to_bd09(*shifted))).max() < 0.001


def test_helsinki_is_not_shifted() -> None:
    lon, lat = gcj02_to_wgs84([24.94], [60.17])
    assert (lon[0], lat[0]) == (24.94, 60.17)
