"""PURE: which township and which beat a point lies in, found once, by geometry, when it is registered."""

import geopandas
import numpy
import pandas
import shapely

BORDER_M = 200.0


def place_points(
    points: geopandas.GeoSeries, townships: geopandas.GeoDataFrame, beats: geopandas.GeoDataFrame
) -> pandas.DataFrame:
    """Return for each point `area_id`, `beat_id`, `beat_unit_id` (None where there is none) and `border_uncertain`.

    All three lie in one metric CRS. `townships` has `area_id` and `code`: on a shared border the lower code wins.
    `beats` has `beat_id`, `unit_id`, `area_id`, `name`; only a beat of the point's own township is taken.
    The index is that of `points`.
    """
    frame = geopandas.GeoDataFrame(geometry=points)
    in_township = _first(frame, townships.sort_values("code")[["area_id", "geometry"]])
    placed = in_township.to_frame("area_id")
    placed["border_uncertain"] = near_border(points, placed["area_id"], townships)
    ordered = beats.sort_values(["unit_id", "name"], key=lambda column: column.astype(str))
    found = _first(frame, ordered.assign(row=range(len(ordered)))[["row", "geometry"]])
    area_of, beat_of, unit_of = (list(ordered[name]) for name in ("area_id", "beat_id", "unit_id"))
    rows = [
        row if row is not None and area_of[row] == area else None
        for row, area in zip(found, placed["area_id"], strict=True)
    ]
    for name, of in (("beat_id", beat_of), ("beat_unit_id", unit_of)):
        values = [None if row is None else of[row] for row in rows]
        placed[name] = pandas.Series(values, index=points.index, dtype=object)
    return placed


def _first(points: geopandas.GeoDataFrame, polygons: geopandas.GeoDataFrame) -> pandas.Series:
    """Return the value of the first polygon, in the order given, that holds each point; None outside all."""
    column = next(name for name in polygons.columns if name != "geometry")
    found, holders = polygons.sindex.query(points.geometry, predicate="intersects")
    best = pandas.Series(holders, index=found).groupby(level=0).min()
    values = numpy.full(len(points), None, dtype=object)
    values[best.index.to_numpy()] = polygons[column].to_numpy(dtype=object)[best.to_numpy()]
    return pandas.Series(values, index=points.index, dtype=object)


def near_border(
    points: geopandas.GeoSeries, area_ids: pandas.Series, townships: geopandas.GeoDataFrame
) -> pandas.Series:
    """Return whether each point lies within 200 m of the border of its own township; False outside all townships."""
    borders = dict(zip(townships["area_id"], shapely.boundary(list(townships.geometry)), strict=True))
    near = pandas.Series(False, index=points.index)
    for area_id, members in area_ids.dropna().groupby(area_ids.dropna()):
        near[members.index] = shapely.distance(list(points.loc[members.index]), borders[area_id]) <= BORDER_M
    return near
