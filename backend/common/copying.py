"""SHELL: copies columns of numpy into a table in PostgreSQL's binary format: no value passes through Python."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from django.db import connection

_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_END = b"\xff\xff"


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
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as stream:
        stream.write(_HEADER + rows.tobytes() + _END)
