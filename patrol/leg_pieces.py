"""SHELL: reads which street pieces legs passed or may have passed, as columns of numbers.

A city's quarter of a year is twenty million pieces: they come as PostgreSQL holds them, some days at a time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
import psycopg
from django.db import connection

# So many township-days are read at once: about two million pieces of a city.
TOWNSHIP_DAYS = 1500
_HEADER_BYTES = 20
_READ = """
    SELECT leg_id, "on", part, array_send(passed), array_send(unknown)
      FROM patrol_legpieces
     WHERE area_id = ANY(%s) AND "on" BETWEEN %s AND %s AND part = ANY(%s)
"""
_FIRST = 'SELECT min("on") FROM patrol_legpieces WHERE area_id = ANY(%s)'

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class WalkedPieces:
    """Rows of LegPieces of a few days: leg, day and part by row; row and piece of all that was passed, and of the rest.

    A leg that led through two townships has two rows.
    """

    legs: list[UUID]
    days: list[date]
    parts: list[str]
    passed_row: Integers
    passed: Integers
    unknown_row: Integers
    unknown: Integers


def walked_pieces(area_ids: Sequence[int], first: date, last: date, parts: Sequence[str]) -> Iterator[WalkedPieces]:
    """Yield what legs passed in these townships from `first` to `last`; all rows of a day come together."""
    step = timedelta(days=max(1, TOWNSHIP_DAYS // max(1, len(area_ids))))
    while first <= last:
        until = min(last, first + step - timedelta(days=1))
        rows = _rows(_READ, [list(area_ids), first, until, list(parts)])
        legs, days, of, passed, unknown = zip(*rows, strict=True) if rows else ((), (), (), (), ())
        yield WalkedPieces(list(legs), list(days), list(of), *_numbers(passed), *_numbers(unknown))
        first = until + timedelta(days=1)


def first_walked(area_ids: Sequence[int]) -> date | None:
    """Return the first day on which any leg passed these townships' streets."""
    rows = _rows(_FIRST, [list(area_ids)])
    day: date | None = rows[0][0]
    return day


def _rows(sql: str, values: list[Any]) -> list[Any]:
    connection.ensure_connection()
    # Django's own cursor puts the values into the text, and such a one cannot answer in binary.
    with psycopg.Cursor(connection.connection) as cursor:
        found: list[Any] = cursor.execute(sql, values, binary=True).fetchall()
        return found


def _numbers(sent: Sequence[bytes]) -> tuple[Integers, Integers]:
    """Return, for arrays of bigint as sent, the row of each number and the number."""
    # Header, then each number with its length before it; an empty array is a shorter header and nothing else.
    bodies = [one[_HEADER_BYTES:] for one in sent]
    cells = np.frombuffer(b"".join(bodies), dtype=[("bytes", ">i4"), ("value", ">i8")])
    sizes = np.array([len(body) for body in bodies], dtype=np.int64) // 12
    return np.repeat(np.arange(len(bodies)), sizes), cells["value"].astype(np.int64)
