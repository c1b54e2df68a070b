"""SHELL: reads a GeoJSON file into a frame in WGS 84, one row a feature. The CRS comes from the file, unguessed."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import pandas
import shapely
from pyproj import CRS
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from backend.common.problems import Problem, problem
from geo.crs import crs_named, wgs84
from geo.imports.report import RowCode, RowProblem

# RFC 7946 knows only WGS 84. Older files name another CRS in a `crs` member; CRS84 is WGS 84 with longitude first,
# which is the order of every GeoJSON whatever its CRS.
_CRS84 = {"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84"}


@dataclass(frozen=True)
class Layer:
    """The readable rows of a file: `row` (number from 1), properties, geometry in WGS 84; and what was unreadable."""

    frame: geopandas.GeoDataFrame
    rows_read: int
    problems: tuple[RowProblem, ...] = ()


def read_layer(path: Path, geometry_types: Iterable[str]) -> Layer:
    """Return the rows of a GeoJSON file whose geometry is of one of `geometry_types`.

    Raises `file_unreadable` for what is not GeoJSON and `import_refused` for an unknown CRS, for a file without a
    feature and for one in which no geometry is of a wanted type.
    """
    wanted = tuple(geometry_types)
    collection = _collection(path)
    crs = _crs(collection, path)
    rows, problems = _rows(collection["features"], wanted)
    if not rows:
        seen = sorted({str(entry.detail) for entry in problems})
        raise problem("import_refused", why=f"{path.name} holds no {' or '.join(wanted)} ({'; '.join(seen)[:200]})")
    return _in_range(rows, crs, problems, len(collection["features"]))


def _collection(path: Path) -> Mapping[str, Any]:
    try:
        parsed = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise _unreadable(path, error.strerror or "cannot be opened") from None
    except UnicodeDecodeError as error:
        raise _unreadable(path, f"it is not UTF-8 (byte {error.start}); GeoJSON must be") from None
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, f"it is not JSON: {error}") from None
    if not isinstance(parsed, dict) or parsed.get("type") != "FeatureCollection":
        raise _unreadable(path, "it is JSON but not a GeoJSON FeatureCollection")
    if not isinstance(parsed.get("features"), list):
        raise _unreadable(path, 'its member "features" is not a list')
    if not parsed["features"]:
        raise problem("import_refused", why=f"{path.name} holds no features")
    return parsed


def _unreadable(path: Path, why: str) -> Problem:
    return problem("file_unreadable", path=path.name, why=why)


def _crs(collection: Mapping[str, Any], path: Path) -> CRS:
    member = collection.get("crs")
    if member is None:
        return crs_named(4326)
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    try:
        return crs_named(4326 if name in _CRS84 else str(name))
    except ValueError:
        why = f"{path.name} names the CRS {name!r}, which is not known; nothing is guessed"
        raise problem("import_refused", why=why) from None


def _rows(features: list[Any], wanted: tuple[str, ...]) -> tuple[list[dict[str, Any]], list[RowProblem]]:
    rows: list[dict[str, Any]] = []
    problems: list[RowProblem] = []
    for number, feature in enumerate(features, start=1):
        read = _geometry(feature, wanted)
        if isinstance(read, tuple):
            problems.append(RowProblem(number, "", read[0], read[1]))
            continue
        properties = feature.get("properties")
        rows.append({**(properties if isinstance(properties, dict) else {}), "row": number, "geometry": read})
    return rows, problems


def _geometry(feature: Any, wanted: tuple[str, ...]) -> BaseGeometry | tuple[RowCode, str]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict):
        return "geometry_missing", "no geometry"
    if geometry.get("type") not in wanted:
        return "geometry_type", f"a {geometry.get('type')}"
    try:
        shape = shapely.geometry.shape(geometry)
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        return "geometry_unreadable", str(error)[:120]
    if shape.is_empty or not all(math.isfinite(edge) for edge in shape.bounds):
        return "geometry_unreadable", "empty or not finite"
    return shapely.force_2d(shape)


def _in_range(rows: list[dict[str, Any]], crs: CRS, problems: list[RowProblem], rows_read: int) -> Layer:
    plain = pandas.DataFrame(rows)
    frame = wgs84(geopandas.GeoDataFrame(plain.drop(columns="geometry"), geometry=list(plain["geometry"]), crs=crs))
    west, south, east, north = (frame.bounds[edge] for edge in ("minx", "miny", "maxx", "maxy"))
    inside = west.ge(-180) & east.le(180) & south.ge(-90) & north.le(90)
    problems += [
        RowProblem(int(row), "", "coordinates_out_of_range", "not degrees of longitude and latitude")
        for row in frame.loc[~inside, "row"]
    ]
    if not inside.any():
        raise problem("import_refused", why="no coordinate is a longitude and latitude: is the crs member missing?")
    return Layer(frame[inside].reset_index(drop=True), rows_read, tuple(problems))
