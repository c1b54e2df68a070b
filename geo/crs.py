"""PURE: between WGS 84 and the deployment's metric CRS. Lengths and distances are only ever taken in the metric one."""

from functools import lru_cache

import geopandas
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

WGS84_EPSG = 4326


def crs_named(name: str | int) -> CRS:
    """Return the CRS of an EPSG code or a name such as `EPSG:4490`; raises ValueError for one PROJ does not know."""
    try:
        return CRS.from_user_input(name)
    except CRSError as error:
        raise ValueError(f"the CRS {name!r} is not known") from error


def metric(frame: geopandas.GeoDataFrame, metric_epsg: int) -> geopandas.GeoDataFrame:
    """Return the frame in the metric CRS; its own CRS must be set."""
    return frame.to_crs(epsg=metric_epsg)


def wgs84(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Return the frame in WGS 84 degrees, longitude first; its own CRS must be set."""
    return frame.to_crs(epsg=WGS84_EPSG)


@lru_cache(maxsize=8)
def _to_metric(metric_epsg: int) -> Transformer:
    return Transformer.from_crs(WGS84_EPSG, metric_epsg, always_xy=True)


def metric_point(lon: float, lat: float, metric_epsg: int) -> tuple[float, float]:
    """Return easting, northing in metres of one WGS 84 position; infinite where the projection has no answer."""
    x_m, y_m = _to_metric(metric_epsg).transform(lon, lat)
    return float(x_m), float(y_m)


def distance_m(a: tuple[float, float], b: tuple[float, float], metric_epsg: int) -> float:
    """Return the metres between two WGS 84 positions (lon, lat), in the plane of the metric CRS."""
    ax_m, ay_m = metric_point(*a, metric_epsg)
    bx_m, by_m = metric_point(*b, metric_epsg)
    return float(((ax_m - bx_m) ** 2 + (ay_m - by_m) ** 2) ** 0.5)
