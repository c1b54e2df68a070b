"""SHELL: writes the townships' days. All of it may run twice, late or beside itself with the same result."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import pandas as pd
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from backend.common.outcomes import Touched
from backend.reports.day_chunks import Chunk, Wanted, day_chunks
from backend.reports.day_rows import VALUES, day_rows, with_zero_rows
from backend.reports.fact_loaders import load_days
from backend.reports.models import TownshipDay
from geo.models import Area, AreaLevel
from geo.selectors import city_day
from geo.touched_days import touched_days_drop, touched_days_waiting
from patrol.derivation import leg_derive, legs_stale
from patrol.models import Patrol
from visits.models import Dispute, DisputeEvent, Visit

# A phone that was offline longer is still counted at once, by the refresh after its push; this is only the second net.
LATE_DAYS = 8
_DAY_ZERO = date(2000, 1, 1)
# A morning's worth of a large city; the days they name are far fewer.
NOTES_AT_ONCE = 10_000
# Any number of our own that no (area, day) pair of `_lock` can be.
REFRESH_LOCK = 0x78756E66616E67

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class AggregateReport:
    """What an aggregation did. `rows_changed` counts new and changed TownshipDay rows."""

    days: int
    legs_derived: int
    rows_seen: int
    rows_changed: int

    def plus(self, other: "AggregateReport") -> "AggregateReport":
        """Return what both did together."""
        return AggregateReport(
            self.days + other.days,
            self.legs_derived + other.legs_derived,
            self.rows_seen + other.rows_seen,
            self.rows_changed + other.rows_changed,
        )


def aggregate_days(
    *,
    first: date,
    last: date,
    areas: Sequence[int] | None = None,
    progress: Progress | None = None,
    now: datetime | None = None,
) -> AggregateReport:
    """Bring the rows of all days `first`..`last` up to date, the changed tracks of these days before them."""
    legs = legs_stale(first=first - timedelta(days=1), last=last)
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    wanted: Wanted = dict.fromkeys(days, areas)
    return _bring_up_to_date(legs, wanted, progress, now or timezone.now())


def refresh_touched(*, touched: Iterable[Touched], now: datetime | None = None) -> AggregateReport:
    """Bring some townships' days up to date; where their tracks changed, the townships these lead through as well."""
    wanted: Wanted = {}
    for one in sorted(set(touched), key=lambda t: (t.day, t.area_id)):
        wanted[one.day] = [*(wanted.get(one.day) or ()), one.area_id]
    if not wanted:
        return AggregateReport(0, 0, 0, 0)
    # An outing of yesterday evening may have ended, or sent its track, after midnight.
    legs = legs_stale(first=min(wanted) - timedelta(days=1), last=max(wanted))
    return _bring_up_to_date(legs, wanted, None, now or timezone.now())


def refresh_waiting(*, now: datetime | None = None) -> AggregateReport:
    """Bring up to date what `geo.touched_days` notes, until nothing waits. Whoever comes while one counts, leaves.

    A note is dropped only after its day was counted: a worker that is killed leaves it to the next one.
    """
    total = AggregateReport(0, 0, 0, 0)
    with _alone() as is_alone:
        while is_alone and (waiting := touched_days_waiting(NOTES_AT_ONCE))[0]:
            notes, touched = waiting
            total = total.plus(refresh_touched(touched=touched, now=now))
            touched_days_drop(notes)
    return total


@contextmanager
def _alone() -> Iterator[bool]:
    """Give True to one process at a time and False to the others, without waiting."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [REFRESH_LOCK])
        (is_alone,) = cursor.fetchone()
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [REFRESH_LOCK])


def aggregate_night(*, now: datetime | None = None) -> AggregateReport:
    """Bring yesterday, today so far, and every day that late records touched up to date."""
    instant = now or timezone.now()
    today = city_day(instant)
    late = days_touched_since(instant - timedelta(days=LATE_DAYS))
    wanted: Wanted = dict.fromkeys({today - timedelta(days=1), today, *late})
    legs = legs_stale(first=today - timedelta(days=LATE_DAYS), last=today)
    return _bring_up_to_date(legs, wanted, None, instant)


def days_touched_since(since: datetime) -> set[date]:
    """Return the days whose records arrived at or after `since`, however old the days are."""
    # The day of a visit that a correction took out of the count changed as well.
    arrived = Q(received_at__gte=since) | Q(corrections__received_at__gte=since)
    events = DisputeEvent.objects.filter(received_at__gte=since)
    return {
        *Visit.objects.filter(arrived).values_list("occurred_on", flat=True).distinct(),
        *Patrol.objects.filter(received_at__gte=since).values_list("started_on", flat=True).distinct(),
        *Dispute.objects.filter(received_at__gte=since).values_list("opened_on", flat=True).distinct(),
        *events.values_list("dispute__opened_on", flat=True).distinct(),
    }


def _bring_up_to_date(
    legs: Sequence[UUID], wanted: Wanted, progress: Progress | None, now: datetime
) -> AggregateReport:
    steps, done, seen, changed = len(legs) + len(wanted), 0, 0, 0
    for leg_id in legs:
        for touched in leg_derive(leg_id=leg_id):
            if (areas := wanted.setdefault(touched.day, [])) is not None:
                wanted[touched.day] = [*areas, touched.area_id]
        done += 1
        _tell(progress, done, max(steps, done))
    chunks = day_chunks(wanted, _townships())
    steps = len(legs) + len(chunks)
    for chunk in chunks:
        rows, written = _aggregate_chunk(chunk, now)
        done, seen, changed = done + 1, seen + rows, changed + written
        _tell(progress, done, steps)
    return AggregateReport(len(wanted), len(legs), seen, changed)


def _tell(progress: Progress | None, done: int, steps: int) -> None:
    if progress is not None:
        progress(done, steps)


@transaction.atomic
def _aggregate_chunk(chunk: Chunk, now: datetime) -> tuple[int, int]:
    """Return how many rows the days have, and how many of them were new or different."""
    _lock(chunk)
    days = (chunk.first, chunk.last)
    existing = TownshipDay.objects.filter(on__range=days, area__in=chunk.areas).values_list("area_id", "on").distinct()
    rows = with_zero_rows(day_rows(load_days(*days, chunk.areas)), existing)
    return len(rows), _write(rows, now)


def _townships() -> list[int]:
    return list(Area.objects.filter(level=AreaLevel.TOWNSHIP).order_by("pk").values_list("pk", flat=True))


def _lock(chunk: Chunk) -> None:
    """Take the township-days for this transaction, in one order for everybody.

    The race: two refreshes of the same township and day read the facts one after the other and write in the opposite
    order, so that the older count stays. The lock comes before the reading, so whoever writes later has read later.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pg_advisory_xact_lock(area, day)
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
    columns = [rows[name].tolist() for name in ("area_id", "on", "part", *VALUES)]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [now, *columns])
        return int(cursor.rowcount)
