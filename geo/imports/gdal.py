"""SHELL: reads layers through GDAL in Arrow batches: GeoPackage, FlatGeobuf, Shapefile, KML, OSM PBF, large GeoJSON."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pandas
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS

from backend.common.problems import problem
from geo.crs import WGS84_EPSG, crs_named
from geo.imports.report import RowProblem
from geo.imports.source import CHUNK_ROWS, RawChunk, RawFile, Source, unreadable

_FAILURES = (DataSourceError, DataLayerError, RuntimeError, ValueError, OSError)


def gdal_open(source: Source, *, path: Path | None = None, encoding: str = "", where: str = "") -> RawFile:
    """Return one layer of a file that GDAL reads; `path` is where it lies when that is not where its sender had it.

    Raises `file_unreadable`, and `layer_unclear` when there are several and none is chosen.
    """
    lies = path or source.path
    try:
        with _quiet():
            layer = chosen_layer(source, [str(name) for name, kind in pyogrio.list_layers(lies) if kind is not None])
            about = pyogrio.read_info(lies, layer=layer)
            said = None if about["crs"] is None else CRS.from_user_input(about["crs"])
    except _FAILURES as error:
        raise unreadable(source.path, str(error)[:200]) from None
    rows = about["features"] if about["features"] >= 0 and not where else None
    return RawFile(_chunks(source, lies, layer, encoding, where), rows, said)


def implied_wgs84(raw: RawFile) -> RawFile:
    """Return the file with WGS 84 as what its format prescribes, and not as what it says: KML, OSM, plain GeoJSON."""
    return RawFile(raw.chunks, raw.rows, None, crs_named(WGS84_EPSG))


def chosen_layer(source: Source, names: list[str]) -> str:
    """Return the layer to read: the only one, or the one that was asked for."""
    if source.layer in names or (not source.layer and len(names) == 1):
        return source.layer or names[0]
    if not names:
        raise problem("import_refused", why=f"{source.path.name} holds no layer")
    raise problem("layer_unclear", path=source.path.name, layers=", ".join(names)[:300], names=names)


def _chunks(source: Source, path: Path, layer: str, encoding: str, where: str) -> Iterator[RawChunk]:
    options: dict[str, Any] = {"encoding": encoding or None, "where": where or None}
    try:
        with _quiet(), pyogrio.open_arrow(
            path, layer=layer, batch_size=CHUNK_ROWS, use_pyarrow=True, **options
        ) as (about, reader):  # fmt: skip
            column = about["geometry_name"] or "wkb_geometry"
            read = 0
            for batch in reader:
                yield _chunk(batch.to_pandas(), column, read)
                read += batch.num_rows
    except _FAILURES as error:
        raise unreadable(source.path, str(error)[:200]) from None


def _chunk(frame: pandas.DataFrame, column: str, read: int) -> RawChunk:
    return wkb_chunk(frame.drop(columns=column), frame[column].to_numpy(dtype=object), read)


def wkb_chunk(frame: pandas.DataFrame, wkb: Any, read: int) -> RawChunk:
    """Return the rows after the first `read` ones of a file, with their shapes out of WKB."""
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    numbers = numpy.arange(read + 1, read + 1 + len(frame))
    broken = (shapely.is_missing(shapes)) & (pandas.notna(wkb))
    problems = [RowProblem(int(row), "", "geometry_unreadable", "not a shape that is known") for row in numbers[broken]]
    kept = ~broken
    return RawChunk(frame.assign(row=numbers)[kept].reset_index(drop=True), shapes[kept], tuple(problems))


class _quiet(warnings.catch_warnings):  # noqa: N801  # reads as the statement it is
    """GDAL's warnings of what it reads nevertheless (a field cut short, a ring turned) are no words for a report."""

    def __enter__(self) -> Any:
        entered = super().__enter__()
        warnings.simplefilter("ignore")
        return entered
