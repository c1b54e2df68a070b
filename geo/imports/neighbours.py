"""PURE: how areas of one level lie beside each other: where they overlap, and where nobody's ground is between them."""

import geopandas
import pandas
import shapely

from geo.imports.report import RowCode, RowProblem

# Equal-area everywhere: the size of an overlap needs no deployment.
_EQUAL_AREA = 6933
# Below this it is the rounding of coordinates: a border of 10 km drawn twice differs by 1 cm.
_SLIVER_M2 = 100.0


def neighbour_remarks(new: geopandas.GeoDataFrame, stored: geopandas.GeoDataFrame) -> list[RowProblem]:
    """Return remarks on the rows of `new` (`row`, `code`): overlaps with each other and with `stored`, and holes.

    Remarks, because a lake may belong to nobody and maps are drawn by hand: the areas come in.
    """
    if new.empty:
        return []
    both = pandas.concat([new[["row", "code", "geometry"]], stored.assign(row=0)[["row", "code", "geometry"]]])
    flat = geopandas.GeoDataFrame(both, geometry="geometry", crs=new.crs).to_crs(epsg=_EQUAL_AREA)
    flat = flat.reset_index(drop=True)
    return [*_overlaps(flat), *_holes(flat)]


def _overlaps(areas: geopandas.GeoDataFrame) -> list[RowProblem]:
    shapes = areas.geometry.to_numpy()
    left, right = areas.sindex.query(areas.geometry, predicate="intersects")
    pairs = (left < right) & (areas["row"].to_numpy()[left] > 0)
    left, right = left[pairs], right[pairs]
    shared_m2 = shapely.area(shapely.intersection(shapes[left], shapes[right]))
    return [
        _remark(areas, int(one), "overlap", f"{m2:.0f} m² also belong to {areas['code'].iloc[other]}")
        for one, other, m2 in zip(left, right, shared_m2, strict=True)
        if m2 > _SLIVER_M2
    ]


def _holes(areas: geopandas.GeoDataFrame) -> list[RowProblem]:
    whole = shapely.get_parts(shapely.union_all(areas.geometry.to_numpy()))
    rings = [ring for part in whole for ring in shapely.get_rings(part)[1:]]
    holes = [hole for hole in shapely.polygons(rings) if shapely.area(hole) > _SLIVER_M2] if rings else []
    remarks = []
    for hole in holes:
        beside = sorted(int(place) for place in areas.sindex.query(hole.buffer(1.0), predicate="intersects"))
        new = [place for place in beside if areas["row"].iloc[place] > 0]
        if len(beside) > 1 and new:
            codes = ", ".join(str(areas["code"].iloc[place]) for place in beside[:6])
            remarks.append(_remark(areas, new[0], "hole", f"{hole.area:.0f} m² between {codes} belong to nobody"))
    return remarks


def _remark(areas: geopandas.GeoDataFrame, place: int, said: RowCode, detail: str) -> RowProblem:
    return RowProblem(int(areas["row"].iloc[place]), str(areas["code"].iloc[place]), said, detail, refused=False)
