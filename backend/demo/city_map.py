"""SHELL: reads the shipped data of a demo city and lays its areas, beats, streets and doors out."""

import gzip
import tempfile
from dataclasses import dataclass
from pathlib import Path

import geopandas
import numpy
import pandas
import shapely
from shapely.geometry.base import BaseGeometry

from backend.demo.chance import stream
from backend.demo.cities import City, demo_share
from backend.demo.door_plan import PlannedDoor, doors_beside, doors_in_hamlets
from backend.demo.street_plan import PlannedStreet, plan_streets
from geo.crs import WGS84_EPSG
from geo.imports.layers import Layer, read_layer

DATA = Path(__file__).parent / "data"
DOORS = {"demo": 400, "central": 200, "county": 40, "far": 20}


@dataclass(frozen=True)
class CityMap:
    """What the imports get: layers in WGS 84. `townships` has code, name, parent."""

    prefecture: Layer
    counties: Layer
    townships: Layer
    streets: Layer
    doors: Layer


def city_map(city: City, *, seed: int, scale: float) -> CityMap:
    """Return the map of a demo city; the number of doors follows `scale`. Same arguments, same map."""
    return _helsinki(city, seed, scale) if city.city == "helsinki" else _yichun(city, seed, scale)


def _shipped(name: str, geometry_type: str) -> geopandas.GeoDataFrame:
    """Return a layer that ships with the product, through the reader that every import uses."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(gzip.decompress((DATA / f"{name}.gz").read_bytes()))
        return read_layer(path, (geometry_type,)).frame


def layer_of(frame: geopandas.GeoDataFrame) -> Layer:
    """Return a frame in WGS 84 as a layer whose rows are numbered from 1."""
    numbered = frame.to_crs(epsg=WGS84_EPSG).reset_index(drop=True)
    return Layer(numbered.assign(row=numbered.index + 1), len(numbered))


# --- Yichun: real outlines of the counties; townships, streets and doors are schematic or invented --------------------
def _yichun(city: City, seed: int, scale: float) -> CityMap:
    outlines = _shipped("yichun_counties.geojson", "Polygon")
    townships = _shipped("yichun_townships_mca2026_synthetic.geojson", "Polygon")
    townships = townships.rename(columns={"county_code": "parent"}).sort_values("code")[
        ["code", "name", "parent", "geometry"]
    ]
    # The file of the counties holds the prefecture as an eleventh outline.
    counties = outlines[outlines["level"] == "county"].assign(parent="360900")
    metric = townships.to_crs(epsg=city.metric_epsg)
    named = list(zip(metric["code"], metric["name"], metric.geometry, strict=True))
    streets = {
        code: plan_streets(shape, stream(seed, "streets", code), reach_m=900 * min(1, scale**0.5))
        for code, _, shape in named
        if code in city.central
    }
    doors = [door for township in named for door in _yichun_doors(city, township, streets, seed, scale)]
    return CityMap(
        prefecture=layer_of(outlines[outlines["code"] == "360900"]),
        counties=layer_of(counties[["code", "name", "parent", "geometry"]]),
        townships=layer_of(townships),
        streets=layer_of(_street_frame(streets, city)),
        doors=layer_of(_door_frame(doors, city)),
    )


def _yichun_doors(
    city: City,
    township: tuple[str, str, BaseGeometry],
    streets: dict[str, list[PlannedStreet]],
    seed: int,
    scale: float,
) -> list[PlannedDoor]:
    code, name, shape = township
    count = max(2, round(DOORS[demo_share(city, code)] * scale))
    rng = stream(seed, "doors", code)
    if code in streets:
        return doors_beside(streets[code], code=code, township=name, count=count, rng=rng)
    return doors_in_hamlets(shape, code=code, name=name, count=count, rng=rng)


def _street_frame(streets: dict[str, list[PlannedStreet]], city: City) -> geopandas.GeoDataFrame:
    rows = [
        {"ref": f"demo/{code}/{number:03d}", "name": street.name, "street_class": street.street_class}
        for code, planned in streets.items()
        for number, street in enumerate(planned, start=1)
    ]
    lines = [street.line for planned in streets.values() for street in planned]
    return geopandas.GeoDataFrame(pandas.DataFrame(rows), geometry=lines, crs=city.metric_epsg)


def _door_frame(doors: list[PlannedDoor], city: City) -> geopandas.GeoDataFrame:
    points = geopandas.points_from_xy([door.x_m for door in doors], [door.y_m for door in doors])
    names = ("ref", "kind", "address", "name")
    columns = {name: [getattr(door, name) for door in doors] for name in names}
    return geopandas.GeoDataFrame(columns, geometry=points, crs=city.metric_epsg)


# --- Helsinki: real streets and address points; the six townships are schematic ---------------------------------------
def _helsinki(city: City, seed: int, scale: float) -> CityMap:
    streets = _shipped("helsinki_streets.geojson", "LineString")
    doors = _helsinki_doors(_shipped("helsinki_premises.geojson", "Point"), seed, scale)
    extract = shapely.box(*shapely.box(*streets.total_bounds).union(shapely.box(*doors.total_bounds)).bounds)
    outline = geopandas.GeoSeries([extract], crs=WGS84_EPSG).to_crs(epsg=city.metric_epsg).buffer(60).iloc[0]
    whole = _areas([("HEL", "Helsinki extract (schematic)", "", outline)], city)
    county = _areas([("HEL0", "Helsinki centre (schematic)", "HEL", outline)], city)
    cells = _voronoi(outline, len(city.central), stream(seed, "townships"))
    named = [(code, f"Kaupunginosa {code[-1]}", "HEL0", cell) for code, cell in zip(city.central, cells, strict=True)]
    return CityMap(
        prefecture=layer_of(whole),
        counties=layer_of(county),
        townships=layer_of(_areas(named, city)),
        streets=layer_of(_helsinki_streets(streets)),
        doors=layer_of(doors),
    )


def _areas(rows: list[tuple[str, str, str, BaseGeometry]], city: City) -> geopandas.GeoDataFrame:
    columns = {name: [row[position] for row in rows] for position, name in enumerate(("code", "name", "parent"))}
    return geopandas.GeoDataFrame(columns, geometry=[row[3] for row in rows], crs=city.metric_epsg)


def _voronoi(outline: BaseGeometry, count: int, rng: numpy.random.Generator) -> list[BaseGeometry]:
    """Return `count` cells of the outline around evenly spread seats, from south-west to north-east."""
    west, south, east, north = outline.bounds
    seats = [
        shapely.Point(west + (east - west) * (i % 2 + rng.uniform(0.3, 0.7)) / 2,
                      south + (north - south) * (i // 2 + rng.uniform(0.3, 0.7)) / (count / 2))
        for i in range(count)
    ]  # fmt: skip
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(seats), extend_to=outline))
    return [next(cell for cell in cells if cell.contains(seat)).intersection(outline) for seat in seats]


def _helsinki_streets(streets: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    columns = {"osm": "ref", "highway": "street_class"}
    return streets.rename(columns=columns)[["ref", "name", "street_class", "geometry"]]


def _helsinki_doors(points: geopandas.GeoDataFrame, seed: int, scale: float) -> geopandas.GeoDataFrame:
    """Return the addresses; one with a shop, office or amenity is an enterprise and keeps its published name."""
    numbered = points[points["addr:housenumber"].notna() & points["addr:street"].notna()].sort_values("osm")
    chosen = stream(seed, "doors").permutation(len(numbered))[: max(40, round(len(numbered) * scale))]
    doors = numbered.iloc[numpy.sort(chosen)]
    is_firm = doors[["shop", "amenity", "office", "tourism"]].notna().any(axis=1)
    return geopandas.GeoDataFrame(
        {
            "ref": doors["osm"],
            "kind": numpy.where(is_firm, "enterprise", "household"),
            "address": doors["addr:street"] + " " + doors["addr:housenumber"],
            "name": doors["name"].where(is_firm, "").fillna("").astype(str),
        },
        geometry=doors.geometry,
        crs=points.crs,
    )
