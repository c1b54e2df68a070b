"""SHELL: copies columns of numpy into a table in PostgreSQL's binary format: no value passes through Python."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from struct import pack
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_END = b"\xff\xff"
# The types of elements by PostgreSQL's number for them (pg_type.oid, the same in every database).
_ELEMENTS = {">i2": 21, ">i4": 23, ">i8": 20}


def copy_binary(table: str, columns: Mapping[str, tuple[str, Any]], count: int) -> None:
    """Insert `count` rows; `columns` has by name a fixed-width numpy type in network order and the values (or one).

    The types must be those of the table to the byte (`>i8` bigint, `>f8` double precision, `S5` a text of five bytes).
    """
    layout: list[tuple[str, str]] = [("fields", ">i2")]
    for name, (kind, _) in columns.items():
        layout += [(f"{name} bytes", ">i4"), (name, kind)]
    rows = np.empty(count, dtype=layout)
    rows["fields"] = len(columns)
    for name, (kind, values) in columns.items():
        rows[f"{name} bytes"] = np.dtype(kind).itemsize
        rows[name] = values
    _copy(table, columns, rows.tobytes())


def copy_binary_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[bytes]]) -> None:
    """Insert rows of values in PostgreSQL's binary form, for tables with values of any length."""
    head = pack(">h", len(columns))
    written = (head + b"".join(pack(">i", len(value)) + value for value in row) for row in rows)
    _copy(table, columns, b"".join(written))


def arrays_binary(values: npt.NDArray[Any], kind: str, cuts: Sequence[int]) -> list[bytes]:
    """Return the values between each two cuts as an array in PostgreSQL's binary form (`kind` as in `_ELEMENTS`)."""
    size = np.dtype(kind).itemsize
    cells = np.empty(len(values), dtype=[("bytes", ">i4"), ("value", kind)])
    cells["bytes"], cells["value"] = size, values
    step, body, element = size + 4, cells.tobytes(), _ELEMENTS[kind]
    return [
        pack(">5i", 1, 0, element, end - start, 1) + body[start * step : end * step]
        if end > start
        else pack(">3i", 0, 0, element)
        for start, end in pairwise(cuts)
    ]


def _copy(table: str, columns: Iterable[str], body: bytes) -> None:
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as stream:
        stream.write(_HEADER + body + _END)
