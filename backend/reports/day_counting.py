"""SHELL: counts townships' days and writes their rows. Twice, late or beside itself: the result is the same."""

from datetime import date, datetime
from typing import Any

import pandas as pd
from django.db import connection, transaction

from backend.reports.day_chunks import Chunk
from backend.reports.day_rows import VALUES, day_rows, with_zero_rows
from backend.reports.fact_loaders import load_days
from backend.reports.models import TownshipDay
from geo.models import Area, AreaLevel
from geo.selectors import deployment_held
from geo.touched_days import touched_days_take

_DAY_ZERO = date(2000, 1, 1)
# A city has hundreds of townships, a refresh touches a few.
MANY = 50


@transaction.atomic
def chunk_count(chunk: Chunk, now: datetime) -> tuple[int, int]:
    """Return how many rows the days have, and how many of them were new or different.

    The notes that ask for these days go before the facts are read, in the same transaction: what a note stands for was
    committed with it and is read; what is noted later waits; and a worker that is killed leaves every note.
    """
    _lock(chunk)
    _plan_for_many(chunk)
    days = (chunk.first, chunk.last)
    touched_days_take(*days, chunk.areas)
    existing = TownshipDay.objects.filter(on__range=days, area__in=chunk.areas).values_list("area_id", "on").distinct()
    with deployment_held():
        rows = with_zero_rows(day_rows(load_days(*days, chunk.areas)), existing)
    return len(rows), _write(rows, now)


def _plan_for_many(chunk: Chunk) -> None:
    """Have whole cities counted by hashing, in this transaction only.

    The statistics do not know last night's rows yet: PostgreSQL takes 200,000 for one and looks each up by itself.
    """
    if len(chunk.areas) > MANY:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL enable_sort = off")


def townships() -> list[int]:
    """Return the ids of all townships, of every edition, in order."""
    return list(Area.objects.filter(level=AreaLevel.TOWNSHIP).order_by("pk").values_list("pk", flat=True))


def _lock(chunk: Chunk) -> None:
    """Take the township-days for this transaction, in one order for everybody.

    The race: two refreshes of the same township and day read the facts one after the other and write in the opposite
    order, so that the older count stays. The lock comes before the reading, so whoever writes later has read later.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(pg_advisory_xact_lock(area, day))
              FROM (SELECT area, day FROM unnest(%s::int[]) AS area, generate_series(%s::int, %s::int) AS day
                     ORDER BY day, area OFFSET 0) AS taken
            """,
            [chunk.areas, (chunk.first - _DAY_ZERO).days, (chunk.last - _DAY_ZERO).days],
        )


_NAMES = ", ".join(VALUES)
_ARRAYS = ", ".join(f"%s::{kind}[]" for kind in VALUES.values())
_UPSERT = f"""
    INSERT INTO reports_townshipday AS kept (area_id, "on", part, {_NAMES}, revision, as_of)
    SELECT given.*, 1, %s
      FROM unnest(%s::bigint[], %s::date[], %s::text[], {_ARRAYS}) AS given
    ON CONFLICT (area_id, "on", part) DO UPDATE
       SET {", ".join(f"{name} = EXCLUDED.{name}" for name in VALUES)},
           revision = kept.revision + 1, as_of = EXCLUDED.as_of
     WHERE ({", ".join(f"kept.{name}" for name in VALUES)})
           IS DISTINCT FROM ({", ".join(f"EXCLUDED.{name}" for name in VALUES)})
"""  # noqa: S608 (built from the literal column names above, nothing from outside)


def _write(rows: pd.DataFrame, now: datetime) -> int:
    """Insert or change the rows and return how many were new or different; an equal row keeps revision and as_of."""
    if rows.empty:
        return 0
    columns: list[list[Any]] = [rows[name].tolist() for name in ("area_id", "on", "part", *VALUES)]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [now, *columns])
        return int(cursor.rowcount)
