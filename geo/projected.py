"""PURE: many bare geometries from WGS 84 into the metric CRS, without a frame around them."""

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geo.crs import WGS84_EPSG

Geometries = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]


def projected(shapes: Geometries, metric_epsg: int) -> Geometries:
    """Return the geometries in the metric CRS; the same digits as geo.crs.metric gives."""
    if len(shapes) == 0:
        return shapes
    to_metric = pyproj.Transformer.from_crs(WGS84_EPSG, metric_epsg, always_xy=True)

    def metres(places: Floats) -> Floats:
        return np.column_stack(to_metric.transform(places[:, 0], places[:, 1]))

    moved: Geometries = shapely.transform(shapes, metres)
    return moved
