"""SHELL: reads tables: CSV in any encoding that is named, and the sheets of a spreadsheet. All values are text."""

import codecs
import csv
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy
import pandas
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from backend.common.problems import problem
from geo.imports.encodings import encoding_named
from geo.imports.gdal import chosen_layer
from geo.imports.report import RowProblem
from geo.imports.source import CHUNK_ROWS, RawChunk, RawFile, Source, unreadable

SHEETS = (".xlsx", ".ods")
TABLES = (".csv", ".tsv", ".txt", *SHEETS)


def table_open(source: Source) -> tuple[Iterator[pandas.DataFrame], int | None]:
    """Return the rows of a table in frames with `row` (number from 1, the heading not counted), and how many.

    Raises `file_unreadable`, `encoding_missing`, `encoding_wrong`, and `layer_unclear` for several filled sheets.
    """
    if source.path.suffix.lower() in SHEETS:
        frame = _sheet(source)
        return _numbered(frame[start : start + CHUNK_ROWS] for start in range(0, len(frame), CHUNK_ROWS)), len(frame)
    encoding, rows = _text_of(source)
    return _numbered(_csv(source.path, encoding)), rows


def points_open(source: Source) -> RawFile:
    """Return a table as points: `lon` and `lat` of the source name the columns; there is no CRS in a table."""
    if not (source.lon and source.lat):
        raise problem("import_refused", why=f"{source.path.name} is a table: --lon-field and --lat-field must be named")
    tables, rows = table_open(source)
    return RawFile((_points(frame, source) for frame in tables), rows)


def _points(frame: pandas.DataFrame, source: Source) -> RawChunk:
    missing = sorted({source.lon, source.lat} - set(frame.columns))
    if missing:
        known = ", ".join(str(name) for name in frame.columns if name != "row")
        raise problem("import_refused", why=f"no column {', '.join(missing)}; the file has: {known[:300]}")
    x, y = (pandas.to_numeric(frame[name].str.strip(), errors="coerce") for name in (source.lon, source.lat))
    good = numpy.isfinite(x) & numpy.isfinite(y)
    said = frame[source.lon] + ", " + frame[source.lat]
    problems = [
        RowProblem(int(row), "", "coordinates_unreadable", str(text)[:60])
        for row, text in zip(frame.loc[~good, "row"], said[~good], strict=True)
    ]
    kept = frame[good].reset_index(drop=True)
    return RawChunk(kept, shapely.points(x[good].to_numpy(), y[good].to_numpy()), tuple(problems))


def _numbered(frames: Iterator[pandas.DataFrame]) -> Iterator[pandas.DataFrame]:
    read = 0
    for frame in frames:
        plain = frame.rename(columns=lambda name: str(name).strip()).fillna("").reset_index(drop=True)
        yield plain.assign(row=numpy.arange(read + 1, read + 1 + len(plain)))
        read += len(plain)


def _csv(path: Path, encoding: str) -> Iterator[pandas.DataFrame]:
    with path.open(encoding=encoding, newline="") as file:
        head = file.read(65_536)
    try:
        separator = csv.Sniffer().sniff(head.partition("\n")[0], ",;\t|").delimiter
    except csv.Error:
        separator = ","  # a single column
    try:
        with pandas.read_csv(
            path, sep=separator, dtype=str, keep_default_na=False, encoding=encoding, chunksize=CHUNK_ROWS
        ) as reader:
            yield from reader
    except (ValueError, OSError) as error:
        raise unreadable(path, str(error)[:200]) from None


def _text_of(source: Source) -> tuple[str, int]:
    """Return the encoding and about how many rows there are: UTF-8, or another that was named and fits every byte."""
    try:
        encoding = encoding_named(source.encoding) if source.encoding else "utf-8"
    except ValueError as error:
        raise problem("import_refused", why=str(error)) from None
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 0
    try:
        with source.path.open("rb") as file:
            while piece := file.read(1 << 20):
                lines += piece.count(b"\n")
                decoder.decode(piece)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        if not source.encoding:
            raise problem("encoding_missing", path=source.path.name) from None
        raise problem("encoding_wrong", path=source.path.name, encoding=encoding, row=lines) from None
    return ("utf-8-sig" if encoding == "utf-8" else encoding), max(0, lines - 1)


def _sheet(source: Source) -> pandas.DataFrame:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frames = {str(name): _read(source, str(name)) for name, _ in pyogrio.list_layers(source.path)}
    except (DataSourceError, DataLayerError, RuntimeError, ValueError, OSError) as error:
        raise unreadable(source.path, str(error)[:200]) from None
    filled = [name for name, frame in frames.items() if len(frame)]
    return frames[chosen_layer(source, filled)]


def _read(source: Source, sheet: str) -> pandas.DataFrame:
    # The first row is the heading, and text stays what was typed: a code may begin with a zero.
    read: pandas.DataFrame = pyogrio.read_dataframe(
        source.path, layer=sheet, read_geometry=False, HEADERS="FORCE", FIELD_TYPES="STRING"
    )
    return read
