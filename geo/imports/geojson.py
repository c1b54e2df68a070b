"""SHELL: reads GeoJSON as a whole and says of each feature what is wrong with it; large files go through GDAL."""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy
import pandas
import shapely
from pyproj import CRS
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from backend.common.problems import problem
from geo.crs import WGS84_EPSG, crs_named
from geo.imports.report import RowCode, RowProblem
from geo.imports.source import CHUNK_ROWS, RawChunk, RawFile, unreadable

# As a tree of Python objects a file takes some twelve times its size.
WHOLE_BYTES = 24 * 1024 * 1024

# RFC 7946 knows only WGS 84. Older files name another CRS in a `crs` member; CRS84 is WGS 84 with longitude first,
# which is the order of every GeoJSON whatever its CRS.
_CRS84 = {"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84"}


def geojson_open(path: Path) -> RawFile:
    """Return a FeatureCollection. Raises `file_unreadable`, and `import_refused` for none or a CRS nobody knows."""
    collection = _collection(path)
    features = collection["features"]
    return RawFile(_chunks(features), len(features), _crs(collection, path), crs_named(WGS84_EPSG))


def _collection(path: Path) -> Mapping[str, Any]:
    try:
        parsed = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise unreadable(path, f"it is not UTF-8 (byte {error.start}); GeoJSON must be") from None
    except (ValueError, RecursionError) as error:
        raise unreadable(path, f"it is not JSON: {error}") from None
    if not isinstance(parsed, dict) or parsed.get("type") != "FeatureCollection":
        raise unreadable(path, "it is JSON but not a GeoJSON FeatureCollection")
    if not isinstance(parsed.get("features"), list):
        raise unreadable(path, 'its member "features" is not a list')
    return parsed


def _crs(collection: Mapping[str, Any], path: Path) -> CRS | None:
    member = collection.get("crs")
    if member is None:
        return None
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    try:
        return crs_named(WGS84_EPSG if name in _CRS84 else str(name))
    except ValueError:
        why = f"{path.name} names the CRS {name!r}, which is not known; nothing is guessed"
        raise problem("import_refused", why=why) from None


def _chunks(features: list[Any]) -> Iterator[RawChunk]:
    # Every chunk has the columns of the whole file: a property that only some rows have is missing from none.
    names = {"row": None} | {name: None for feature in features for name in _properties(feature)}
    for start in range(0, len(features), CHUNK_ROWS):
        rows: list[dict[str, Any]] = []
        shapes: list[BaseGeometry | None] = []
        problems: list[RowProblem] = []
        for number, feature in enumerate(features[start : start + CHUNK_ROWS], start=start + 1):
            read = _geometry(feature)
            if isinstance(read, tuple):
                problems.append(RowProblem(number, "", read[0], read[1]))
                continue
            rows.append({**_properties(feature), "row": number})
            shapes.append(read)
        held = numpy.empty(len(shapes), dtype=object)
        held[:] = shapes
        yield RawChunk(pandas.DataFrame(rows, columns=list(names)), held, tuple(problems))


def _properties(feature: Any) -> Mapping[str, Any]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return properties if isinstance(properties, dict) else {}


def _geometry(feature: Any) -> BaseGeometry | tuple[RowCode, str]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict):
        return "geometry_missing", "no geometry"
    try:
        shape = shapely.geometry.shape(geometry)
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        return "geometry_unreadable", str(error)[:120]
    if shape.is_empty or not all(math.isfinite(edge) for edge in shape.bounds):
        return "geometry_unreadable", "empty or not finite"
    return shape
