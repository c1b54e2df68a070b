"""SHELL: reads a file of any format that a bureau has into frames in WGS 84, one row a feature, a chunk at a time."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas
import numpy
import pandas
import shapely

from backend.common.problems import problem
from geo.imports.gdal import gdal_open, implied_wgs84
from geo.imports.geojson import WHOLE_BYTES, geojson_open
from geo.imports.parquet import parquet_open
from geo.imports.reference import Reference, reference_of, shapes_wgs84
from geo.imports.report import RowProblem
from geo.imports.shapefiles import shapefile_open
from geo.imports.source import RawChunk, RawFile, Shapes, Source, unreadable
from geo.imports.tables import TABLES, points_open

# Told to whoever waits: rows done, and of how many (None: nobody knows). It may raise to end the import.
Progress = Callable[[int, int | None], None]

_SINGLE = {"MultiPoint": "Point", "MultiLineString": "LineString"}
_NAMES = {
    shapely.GeometryType[name].value: label
    for name, label in (
        ("POINT", "Point"), ("LINESTRING", "LineString"), ("LINEARRING", "LinearRing"), ("POLYGON", "Polygon"),
        ("MULTIPOINT", "MultiPoint"), ("MULTILINESTRING", "MultiLineString"), ("MULTIPOLYGON", "MultiPolygon"),
        ("GEOMETRYCOLLECTION", "GeometryCollection"),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Layer:
    """The readable rows of a file: `row` (number from 1), properties, geometry in WGS 84; and what was unreadable."""

    frame: geopandas.GeoDataFrame
    rows_read: int
    problems: tuple[RowProblem, ...] = ()


def read_layer(source: Source | Path, geometry_types: Iterable[str]) -> Layer:
    """Return the rows of a whole file whose geometry is of one of `geometry_types`; raises as `layer_chunks` does."""
    with layer_chunks(source, geometry_types) as chunks:
        layers = list(chunks)
    frames = [layer.frame for layer in layers if len(layer.frame)]
    frame = frames[0] if len(frames) == 1 else pandas.concat(frames, ignore_index=True)
    problems = tuple(entry for layer in layers for entry in layer.problems)
    return Layer(frame, sum(layer.rows_read for layer in layers), problems)


@contextmanager
def layer_chunks(
    source: Source | Path, geometry_types: Iterable[str], progress: Progress = lambda done, of: None
) -> Iterator[Iterator[Layer]]:
    """Give the rows of a file in chunks of bounded size; the file is open as long as the block.

    Raises `file_unreadable` for what cannot be read; `crs_missing` and `crs_conflict`; `encoding_missing` and
    `encoding_wrong`; `layer_unclear`; and `import_refused` for an unknown CRS, for a file without a feature, and at its
    end for one in which no geometry is of a wanted type or no coordinate on the earth.
    """
    whole = source if isinstance(source, Source) else Source(source)
    if not whole.path.is_file():
        raise unreadable(whole.path, "No such file")
    with raw_open(whole) as raw:
        yield _judged_chunks(whole, raw, tuple(geometry_types), progress)


@contextmanager
def raw_open(source: Source) -> Iterator[RawFile]:
    """Open a file by what it is called, after its first bytes agreed: GDAL's drivers go by content and some of them
    would fetch what a file points to."""
    suffix = source.path.suffix.lower()
    if suffix in TABLES:
        yield points_open(source)
    elif suffix in (".zip", ".shp"):
        with shapefile_open(source) as raw:
            yield raw
    elif suffix in (".parquet", ".geoparquet"):
        yield parquet_open(source.path)
    elif suffix in _GDAL:
        yield _gdal(source, suffix)
    elif suffix in (".geojson", ".json"):
        yield _geojson(source)
    else:
        raise unreadable(source.path, f"files that end in {suffix or 'nothing'} are not known")


# What a file of each suffix begins with; KML is XML and looked into further down.
_GDAL = {".gpkg": b"SQLite format 3\x00", ".fgb": b"fgb\x03", ".kml": b"", ".pbf": b"\x00\x00\x00"}


def _gdal(source: Source, suffix: str) -> RawFile:
    with source.path.open("rb") as file:
        head = file.read(4096)
    kml = suffix != ".kml" or (b"<kml" in head and b"<!DOCTYPE" not in head and b"VRT" not in head)
    if not head.startswith(_GDAL[suffix]) or not kml:
        raise unreadable(source.path, f"it is not what its name says ({suffix})")
    if suffix == ".pbf":
        # Streets only: ways that are a highway, as GDAL's layer of lines has them.
        return implied_wgs84(gdal_open(replace(source, layer="lines"), where="highway IS NOT NULL"))
    raw = gdal_open(source)
    return implied_wgs84(raw) if suffix == ".kml" else raw


def _geojson(source: Source) -> RawFile:
    if source.path.stat().st_size <= WHOLE_BYTES:
        return geojson_open(source.path)
    with source.path.open("rb") as file:
        head = file.read(65_536)
    if not head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        raise unreadable(source.path, "it is not JSON")
    raw = gdal_open(replace(source, layer=""))
    return raw if b'"crs"' in head else implied_wgs84(raw)


def _judged_chunks(source: Source, raw: RawFile, wanted: tuple[str, ...], progress: Progress) -> Iterator[Layer]:
    """Hand the chunks on; at the end say why nothing came, where nothing came."""
    reference = reference_of(source, raw)
    read, good, seen = 0, 0, set[str]()
    progress(0, raw.rows)
    for chunk in raw.chunks:
        layer = _judged(chunk, wanted, reference)
        read, good = read + layer.rows_read, good + len(layer.frame)
        if not good:
            seen |= {entry.detail or entry.problem for entry in layer.problems}
        yield layer
        progress(read, raw.rows)
    if not read:
        raise problem("import_refused", why=f"{source.path.name} holds no features")
    if not good and seen == {_NO_DEGREES}:
        raise problem("import_refused", why=f"no coordinate is a longitude and latitude in {reference.name}{_HINT}")
    if not good:
        why = f"{source.path.name} holds no {' or '.join(wanted)} ({'; '.join(sorted(seen))[:200]})"
        raise problem("import_refused", why=why)


_NO_DEGREES = "not degrees of longitude and latitude"
_HINT = ": is the crs member missing, or --crs wrong?"


def _judged(chunk: RawChunk, wanted: tuple[str, ...], reference: Reference) -> Layer:
    """Return the rows whose shape is of a wanted type and on the earth, in WGS 84."""
    shapes = _singled(chunk.shapes, wanted)
    kinds = numpy.array([_NAMES.get(int(kind), "") for kind in shapely.get_type_id(shapes)], dtype=object)
    empty = shapely.is_empty(shapes) | ~numpy.isfinite(shapely.bounds(shapes)).all(axis=1)
    missing, foreign = shapely.is_missing(shapes), ~numpy.isin(kinds, wanted)
    rows = chunk.frame["row"].to_numpy() if len(chunk.frame) else numpy.zeros(0, dtype=int)
    problems = list(chunk.problems)
    for row, kind, is_missing, is_foreign, is_empty in zip(rows, kinds, missing, foreign, empty, strict=True):
        if is_missing:
            problems.append(RowProblem(int(row), "", "geometry_missing", "no geometry"))
        elif is_foreign:
            problems.append(RowProblem(int(row), "", "geometry_type", f"a {kind}"))
        elif is_empty:
            problems.append(RowProblem(int(row), "", "geometry_unreadable", "empty or not finite"))
    good = ~(missing | foreign | empty)
    layer = _on_earth(chunk.frame[good] if len(chunk.frame) else chunk.frame, shapes[good], reference, problems)
    return replace(layer, rows_read=len(shapes) + len(chunk.problems))


def _singled(shapes: Shapes, wanted: tuple[str, ...]) -> Shapes:
    """Return shapes in which a Multi of one part is that part, where only single ones are wanted: many writers make
    everything Multi. Lines that follow each other become one."""
    single = [_SINGLE[name] for name in _SINGLE if _SINGLE[name] in wanted and name not in wanted]
    if not single:
        return shapes
    lined = numpy.isin(shapely.get_type_id(shapes), [shapely.GeometryType.MULTILINESTRING])
    made = shapes.copy()
    made[lined] = shapely.line_merge(shapes[lined])
    alone = (shapely.get_type_id(made) >= shapely.GeometryType.MULTIPOINT) & (shapely.get_num_geometries(made) == 1)
    made[alone] = shapely.get_geometry(made[alone], 0)
    return made


def _on_earth(frame: pandas.DataFrame, shapes: Shapes, reference: Reference, problems: list[RowProblem]) -> Layer:
    geometry = shapes_wgs84(shapes, reference)
    plain = frame.drop(columns="geometry", errors="ignore").reset_index(drop=True)
    placed = geopandas.GeoDataFrame(plain, geometry=geometry.reset_index(drop=True), crs=geometry.crs)
    west, south, east, north = (placed.bounds[edge] for edge in ("minx", "miny", "maxx", "maxy"))
    inside = west.ge(-180) & east.le(180) & south.ge(-90) & north.le(90)
    problems += [
        RowProblem(int(row), "", "coordinates_out_of_range", _NO_DEGREES) for row in placed.loc[~inside, "row"]
    ]
    return Layer(placed[inside].reset_index(drop=True), 0, tuple(problems))
