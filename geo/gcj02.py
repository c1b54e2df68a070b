"""PURE: the two shifted coordinate systems of Chinese web maps, GCJ-02 and BD-09, to and from WGS 84.

Neither is a CRS that PROJ knows: both move WGS 84 by a few hundred metres, differently at every place. The formulas are
those that every open implementation shares (eviltransform, gcoord; the ellipsoid is Krassovsky 1940), published for the
way forward only; they and the answers of the maps' own services differ by up to 0.8 m. The way back is found by
iteration: the shift changes by a few metres in a kilometre, so that three steps leave less than a millimetre. Outside
China nothing is shifted, as in those implementations.
"""

from collections.abc import Callable
from typing import Any

import numpy
from numpy.typing import NDArray

Degrees = NDArray[numpy.float64]

# Krassovsky 1940.
_AXIS_M = 6_378_245.0
_ECCENTRICITY_2 = 0.006_693_421_622_965_943
_STEPS = 8
# The way back ends here: 1e-10 degrees are a hundredth of a millimetre.
_CLOSE_DEG = 1e-10
_BD_TURN = numpy.pi * 3000.0 / 180.0


def wgs84_to_gcj02(lon: Any, lat: Any) -> tuple[Degrees, Degrees]:
    """Return longitude and latitude in GCJ-02 of positions in WGS 84 (degrees, arrays of one shape)."""
    lon, lat = _arrays(lon, lat)
    shift_lon, shift_lat = _gcj02_shift(lon, lat)
    return lon + shift_lon, lat + shift_lat


def gcj02_to_bd09(lon: Any, lat: Any) -> tuple[Degrees, Degrees]:
    """Return longitude and latitude in BD-09 of positions in GCJ-02."""
    lon, lat = _arrays(lon, lat)
    radius = numpy.hypot(lon, lat) + 0.000_02 * numpy.sin(lat * _BD_TURN)
    angle = numpy.arctan2(lat, lon) + 0.000_003 * numpy.cos(lon * _BD_TURN)
    return radius * numpy.cos(angle) + 0.0065, radius * numpy.sin(angle) + 0.006


def gcj02_to_wgs84(lon: Any, lat: Any) -> tuple[Degrees, Degrees]:
    """Return longitude and latitude in WGS 84 of positions in GCJ-02."""
    return _back(wgs84_to_gcj02, *_arrays(lon, lat))


def bd09_to_wgs84(lon: Any, lat: Any) -> tuple[Degrees, Degrees]:
    """Return longitude and latitude in WGS 84 of positions in BD-09."""
    return gcj02_to_wgs84(*_back(gcj02_to_bd09, *_arrays(lon, lat)))


def _back(
    forward: Callable[[Any, Any], tuple[Degrees, Degrees]], lon: Degrees, lat: Degrees
) -> tuple[Degrees, Degrees]:
    """Return what `forward` would bring to `lon`, `lat`: a step corrects by what is still missing."""
    found_lon, found_lat = lon.copy(), lat.copy()
    for _ in range(_STEPS):
        there_lon, there_lat = forward(found_lon, found_lat)
        missing_lon, missing_lat = lon - there_lon, lat - there_lat
        found_lon, found_lat = found_lon + missing_lon, found_lat + missing_lat
        if not numpy.any(numpy.hypot(missing_lon, missing_lat) > _CLOSE_DEG):
            break
    return found_lon, found_lat


def _gcj02_shift(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    x, y = lon - 105.0, lat - 35.0
    root = numpy.sqrt(numpy.abs(x))
    both = (20.0 * numpy.sin(6.0 * x * numpy.pi) + 20.0 * numpy.sin(2.0 * x * numpy.pi)) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + both + _waves(y, 160.0, 320.0)
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + both + _waves(x, 150.0, 300.0)
    angle = numpy.radians(lat)
    magic = 1.0 - _ECCENTRICITY_2 * numpy.sin(angle) ** 2
    meridian_m = _AXIS_M * (1.0 - _ECCENTRICITY_2) / magic**1.5
    parallel_m = _AXIS_M / numpy.sqrt(magic) * numpy.cos(angle)
    inside = (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)
    shift_lon, shift_lat = numpy.degrees(east_m / parallel_m), numpy.degrees(north_m / meridian_m)
    return numpy.where(inside, shift_lon, 0.0), numpy.where(inside, shift_lat, 0.0)


def _waves(along: Degrees, long_m: float, longest_m: float) -> Degrees:
    """Return the slow waves of the shift in metres; those eastwards are shorter than those northwards."""
    first = (20.0 * numpy.sin(along * numpy.pi) + 40.0 * numpy.sin(along / 3.0 * numpy.pi)) * 2.0 / 3.0
    slow = long_m * numpy.sin(along / 12.0 * numpy.pi) + longest_m * numpy.sin(along / 30.0 * numpy.pi)
    return numpy.asarray(first + slow * 2.0 / 3.0, dtype=numpy.float64)


def _arrays(lon: Any, lat: Any) -> tuple[Degrees, Degrees]:
    return numpy.asarray(lon, dtype=numpy.float64), numpy.asarray(lat, dtype=numpy.float64)
