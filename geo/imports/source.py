"""PURE: a file to import and what its sender says about it; what a reader hands on, chunk by chunk."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas
from numpy.typing import NDArray
from pyproj import CRS

from backend.common.problems import Problem, problem
from geo.imports.report import RowProblem

# Rows held at once. 20,000 doors are some 20 MB as a frame and its statement.
CHUNK_ROWS = 20_000

Shapes = NDArray[Any]  # shapely geometries or None


@dataclass(frozen=True)
class Source:
    """A file, and what is said about it because it does not say it itself; empty means: nothing is said.

    `crs` is a name that PROJ knows (`EPSG:4490`), `gcj02` or `bd09`. `layer` chooses one of several layers or sheets;
    `lon` and `lat` name the columns of a table.
    """

    path: Path
    crs: str = ""
    encoding: str = ""
    layer: str = ""
    lon: str = ""
    lat: str = ""


@dataclass(frozen=True)
class RawChunk:
    """Some rows of a file as they stand there: `row` (number from 1) and properties; a shape or None for each row."""

    frame: pandas.DataFrame
    shapes: Shapes
    problems: tuple[RowProblem, ...] = ()


@dataclass(frozen=True)
class RawFile:
    """An open file. `said` is the CRS that it names, `implied` the one that its format prescribes where it names none.

    `rows` is how many rows it has, None where only reading would tell. `chunks` can be read once.
    """

    chunks: Iterator[RawChunk]
    rows: int | None = None
    said: CRS | None = None
    implied: CRS | None = None


def unreadable(path: Path, why: str) -> Problem:
    """Return the failure of a file that cannot be read."""
    return problem("file_unreadable", path=path.name, why=why)
