"""SHELL: what stands in a file, before anything is made of it: layers, columns, a few values, the CRS that it says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pandas

from backend.common.problems import Problem
from geo.imports.columns import text_column
from geo.imports.layers import raw_open
from geo.imports.source import RawFile, Source
from geo.imports.tables import TABLES, table_open

_SAMPLES = 3
_LOOKED_AT_ROWS = 200
_SAMPLE_LENGTH = 40
# What a file leaves open is a question and no failure: the one who brought it can answer.
_QUESTIONS = {"encoding_missing": "encoding", "layer_unclear": "layer"}


@dataclass(frozen=True)
class Column:
    """A column of a file and some of its values, so that a person can tell what it holds."""

    name: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """What a file shows. `asks` names what it leaves open: encoding, layer, crs. `rows` is None where nobody knows.

    `crs` is what the file says or, with `crs_implied`, what its format prescribes; empty where nothing does.
    """

    columns: tuple[Column, ...] = ()
    layers: tuple[str, ...] = ()
    rows: int | None = None
    crs: str = ""
    crs_implied: bool = False
    is_table: bool = False
    asks: tuple[str, ...] = ()


def file_look(source: Source, *, placed: bool) -> Found:
    """Return what stands in a file; `placed` says whether its rows are to lie somewhere. Raises as reading does."""
    is_table = source.path.suffix.lower() in TABLES
    try:
        if is_table:
            frames, rows = table_open(source)
            first = next(frames, pandas.DataFrame())
            return Found(_columns(first), rows=rows, is_table=True, asks=("crs",) if placed else ())
        with _opened(source) as (raw, frame):
            return _placed(raw, frame)
    except Problem as refused:
        if refused.code not in _QUESTIONS:
            raise
        layers = tuple(str(name) for name in refused.details.get("names", ()))
        return Found(layers=layers, is_table=is_table, asks=(_QUESTIONS[refused.code],))


@contextmanager
def _opened(source: Source) -> Iterator[tuple[RawFile, pandas.DataFrame]]:
    with raw_open(source) as raw:
        first = next(raw.chunks, None)
        try:
            yield raw, pandas.DataFrame() if first is None else first.frame
        finally:
            # The rest is not read: what it is read from is closed before its file goes.
            getattr(raw.chunks, "close", lambda: None)()


def _placed(raw: RawFile, frame: pandas.DataFrame) -> Found:
    crs = raw.said if raw.said is not None else raw.implied
    return Found(
        _columns(frame),
        rows=raw.rows,
        crs="" if crs is None else crs.to_string()[:120] if crs.to_epsg() else crs.name[:120],
        crs_implied=raw.said is None and crs is not None,
        asks=("crs",) if crs is None else (),
    )


def _columns(frame: pandas.DataFrame) -> tuple[Column, ...]:
    names = [str(name) for name in frame.columns if str(name) not in ("row", "geometry")]
    head = frame.head(_LOOKED_AT_ROWS)
    return tuple(Column(name, _samples(text_column(head, name))) for name in names[:200])


def _samples(values: pandas.Series) -> tuple[str, ...]:
    filled = dict.fromkeys(str(value)[:_SAMPLE_LENGTH] for value in values if value)
    return tuple(list(filled)[:_SAMPLES])
