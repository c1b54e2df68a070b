"""SHELL: the cells in which there were outings, and in whose township one lies that has neither door nor street."""

from collections.abc import Iterable

import geopandas
import numpy as np
import shapely

from backend.reports.windows import Window
from geo.cells import cell_bounds
from geo.crs import WGS84_EPSG
from geo.models import Area
from geo.selectors import deployment
from patrol.models import LegCell


def cells_patrolled(window: Window) -> set[int]:
    """Return the cells in which any outing spent time in the window."""
    rows = LegCell.objects.filter(on__range=(window.first, window.last))
    return set(rows.order_by().values_list("cell", flat=True).distinct())


def own_cells_among(cells: Iterable[int], own: Iterable[int]) -> dict[int, int]:
    """Return those of the cells whose middle lies in one of the townships `own`, with that township."""
    ids = np.array(sorted(cells), dtype=np.int64)
    if len(ids) == 0:
        return {}
    bounds = cell_bounds(ids)
    middles = geopandas.GeoSeries.from_xy(
        (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2, crs=deployment().metric_epsg
    ).to_crs(epsg=WGS84_EPSG)
    rows = list(Area.objects.filter(pk__in=list(own)).order_by("code").values_list("pk", "boundary"))
    tree = shapely.STRtree([shapely.from_wkb(bytes(boundary.wkb)) for _, boundary in rows])
    found, holders = tree.query(middles.to_numpy(), predicate="intersects")
    # Backwards, so that on a border the township with the lower code stays.
    return {int(ids[at]): rows[holder][0] for at, holder in sorted(zip(found, holders, strict=True), reverse=True)}
