"""SHELL: reads GeoParquet in batches. Its CRS stands in the metadata; without a word it is WGS 84, by the standard."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import parquet
from pyproj import CRS
from pyproj.exceptions import CRSError

from backend.common.problems import problem
from geo.crs import WGS84_EPSG, crs_named
from geo.imports.gdal import wkb_chunk
from geo.imports.source import CHUNK_ROWS, RawChunk, RawFile, unreadable


def parquet_open(path: Path) -> RawFile:
    """Return a GeoParquet file. Raises `file_unreadable`, and `import_refused` for a geometry that is not WKB."""
    try:
        file = parquet.ParquetFile(path)
        geo = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"null"))
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise unreadable(path, str(error)[:200]) from None
    column, about = _geometry_column(geo, path)
    said, implied = _crs(about, path)
    return RawFile(_chunks(file, column, path), file.metadata.num_rows, said, implied)


def _geometry_column(geo: Any, path: Path) -> tuple[str, Mapping[str, Any]]:
    columns = geo.get("columns") if isinstance(geo, dict) else None
    name = geo.get("primary_column") if isinstance(geo, dict) else None
    about = columns.get(name) if isinstance(columns, dict) else None
    if not isinstance(about, dict):
        raise unreadable(path, "it is Parquet without the metadata of GeoParquet")
    if about.get("encoding") != "WKB":
        raise problem("import_refused", why=f"{path.name} keeps shapes as {about.get('encoding')!r}; WKB can be read")
    return str(name), about


def _crs(about: Mapping[str, Any], path: Path) -> tuple[CRS | None, CRS | None]:
    """Return what is said and what is implied: no entry means WGS 84, an entry of null means that nobody knows."""
    if "crs" not in about:
        return None, crs_named(WGS84_EPSG)
    if about["crs"] is None:
        return None, None
    try:
        return CRS.from_user_input(about["crs"]), None
    except CRSError:
        raise problem("import_refused", why=f"{path.name} names a CRS that is not known; nothing is guessed") from None


def _chunks(file: Any, column: str, path: Path) -> Iterator[RawChunk]:
    read = 0
    try:
        for batch in file.iter_batches(batch_size=CHUNK_ROWS):
            frame = batch.to_pandas()
            yield wkb_chunk(frame.drop(columns=column), frame[column].to_numpy(dtype=object), read)
            read += len(frame)
    except (pyarrow.ArrowException, OSError, KeyError) as error:
        raise unreadable(path, str(error)[:200]) from None
