"""SHELL: the shapes of places as GeoJSON text in WGS 84, for looking at and not for deciding."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.contrib.gis.db.models import LineStringField, MultiPolygonField
from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import Func, Model, QuerySet, Value
from pyproj import Transformer

from backend.reports.levels import Level, beat_number
from geo.cells import cell_bounds
from geo.crs import WGS84_EPSG
from geo.models import Area, Beat, Street
from geo.selectors import deployment

# About 50 m: half a pixel where a whole county fills the screen; streets and beats are looked at from nearer.
_AREA_DEG, _NEAR_DEG = 0.0005, 0.00005


def shapes_of(level: Level, keys: Sequence[Any]) -> dict[int, str]:
    """Return the shape of each place by its number."""
    if level.name == "cells":
        return _cells(keys)
    if level.name == "streets":
        return _thinned(Street.objects.filter(pk__in=keys), "line", _NEAR_DEG)
    if level.name == "beats":
        found = _thinned(Beat.objects.filter(pk__in=keys), "boundary", _NEAR_DEG)
        return {beat_number(pk): shape for pk, shape in found.items()}
    return _thinned(Area.objects.filter(pk__in=keys), "boundary", _AREA_DEG)


def _thinned(rows: QuerySet[Any, Model], column: str, tolerance_deg: float) -> dict[Any, str]:
    is_line = column == "line"
    thin = Func(
        column,
        Value(tolerance_deg),
        function="ST_SimplifyPreserveTopology",
        template="%(function)s(%(expressions)s)" if is_line else "ST_Multi(%(function)s(%(expressions)s))",
        output_field=LineStringField(srid=WGS84_EPSG) if is_line else MultiPolygonField(srid=WGS84_EPSG),
    )
    return dict(rows.annotate(thin=AsGeoJSON(thin, precision=5)).values_list("pk", "thin"))


def _cells(keys: Sequence[int]) -> dict[int, str]:
    if not keys:
        return {}
    bounds = cell_bounds(list(keys))
    x_m, y_m = bounds[:, [0, 2, 2, 0, 0]], bounds[:, [1, 1, 3, 3, 1]]
    lon, lat = Transformer.from_crs(deployment().metric_epsg, WGS84_EPSG, always_xy=True).transform(x_m, y_m)
    corners = np.stack([lon, lat], axis=-1).round(6).tolist()
    return {
        int(key): json.dumps({"type": "Polygon", "coordinates": [ring]})
        for key, ring in zip(keys, corners, strict=True)
    }
