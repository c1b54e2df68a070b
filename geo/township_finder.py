"""SHELL: which township holds each of very many points: kept by the process until boundaries change.

Most squares of 500 m lie in one township whole: their points need no geometry. Only those in a square that a border
crosses are looked up one by one.
"""

from dataclasses import dataclass

import geopandas
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from django.contrib.gis.db.models.functions import AsWKB

from geo.cells import cell_bounds, cell_of_points
from geo.coverage import OUTSIDE, areas_of_points
from geo.projected import projected
from geo.selectors import areas_current

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_CROSSED = -2
_State = tuple[int, str, str, int]


@dataclass
class TownshipFinder:
    """The townships in force in the metric CRS (`area_id`, `code`), and what is known of the squares asked for."""

    townships: geopandas.GeoDataFrame
    squares: "pd.Series[int]"

    def areas_of(self, x_m: Floats, y_m: Floats) -> Integers:
        """Return the `area_id` of the township of each point, -1 outside all; the lower code wins on a border."""
        codes, cells = pd.factorize(cell_of_points(x_m, y_m))
        areas: Integers = self._squares(np.asarray(cells, dtype=np.int64))[np.asarray(codes)].astype(np.int64)
        crossed = np.flatnonzero(areas == _CROSSED)
        areas[crossed] = areas_of_points(x_m[crossed], y_m[crossed], self.townships)
        return areas

    def _squares(self, cells: Integers) -> Integers:
        new = cells[~np.isin(cells, self.squares.index)]
        if len(new):
            self.squares = pd.concat([self.squares, pd.Series(self._look_at(new), index=new)])
        found: Integers = np.asarray(self.squares.reindex(cells), dtype=np.int64)
        return found

    def _look_at(self, cells: Integers) -> Integers:
        """Return the township of each square, -1 when none touches it, -2 when its points must be looked up."""
        boxes = shapely.box(*cell_bounds(cells).T)
        touched = self.townships.sindex.query(boxes, predicate="intersects")[0]
        count = np.bincount(touched, minlength=len(cells))
        areas = np.where(count == 0, OUTSIDE, _CROSSED)
        inside, holder = self.townships.sindex.query(boxes, predicate="within")
        whole = count[inside] == 1
        areas[inside[whole]] = self.townships["area_id"].to_numpy(dtype=np.int64)[holder[whole]]
        return areas.astype(np.int64)


_kept: list[tuple[_State, TownshipFinder]] = []


def township_finder(*, stamp: int, area_list: str, area_edition: str, metric_epsg: int) -> TownshipFinder:
    """Return the finder of the townships in force; `stamp` names the state of their boundaries."""
    state = (stamp, area_list, area_edition, metric_epsg)
    if not _kept or _kept[0][0] != state:
        _kept[:] = [(state, TownshipFinder(_townships(metric_epsg), pd.Series(dtype="int64")))]
    return _kept[0][1]


def _townships(metric_epsg: int) -> geopandas.GeoDataFrame:
    rows = list(areas_current().order_by("code").annotate(wkb=AsWKB("boundary")).values_list("pk", "code", "wkb"))
    shapes = projected(shapely.from_wkb([bytes(row[2]) for row in rows]), metric_epsg)
    columns = {"area_id": [row[0] for row in rows], "code": [row[1] for row in rows]}
    return geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=f"EPSG:{metric_epsg}")
