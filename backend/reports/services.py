"""SHELL: brings the figures up to date: a night, some days, all from the raw tracks, or what just changed."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils import timezone

from backend.common.outcomes import Touched
from backend.reports.day_chunks import Wanted, day_chunks
from backend.reports.day_counting import chunk_count, townships
from backend.reports.leg_counting import (
    LEGS_AT_ONCE,
    legs_bring_up_to_date,
    legs_stale_on,
    without_recent_failures,
)
from backend.reports.models import Run, RunKind
from backend.reports.runs import Progress, Send, ground_is_new, last_night, nobody, run_begin, run_here, run_send
from geo.models import TouchedDay
from geo.selectors import city_day, city_zone, deployment_or_none
from geo.touched_days import touched_days_note, touched_days_waiting
from patrol.derivation import LEGS_TOGETHER
from patrol.models import Leg, Patrol
from visits.models import Dispute, DisputeEvent, Visit

# How far the first night looks back, and the longest that nights which did not happen are caught up.
LATE_DAYS, CATCH_UP_DAYS = 8, 100
# A push that began before a night may be committed after it began; none takes as long as this.
_PUSH_MARGIN = timedelta(hours=1)
# A morning's worth of a large city; the days they name are far fewer.
NOTES_AT_ONCE = 10_000
# Any number of our own that no (area, day) pair of `_lock` can be.
REFRESH_LOCK = 0x78756E66616E67
NIGHT_LOCK = REFRESH_LOCK + 1
NIGHT_HOUR = 2


@dataclass(frozen=True)
class AggregateReport:
    """What an aggregation did. `rows_changed` counts new and changed TownshipDay rows."""

    days: int
    legs_derived: int
    legs_failed: int
    rows_seen: int
    rows_changed: int

    def plus(self, other: "AggregateReport") -> "AggregateReport":
        """Return what both did together."""
        return AggregateReport(
            self.days + other.days,
            self.legs_derived + other.legs_derived,
            self.legs_failed + other.legs_failed,
            self.rows_seen + other.rows_seen,
            self.rows_changed + other.rows_changed,
        )


NOTHING = AggregateReport(0, 0, 0, 0, 0)


def aggregate_days(
    *, first: date, last: date, progress: Progress | None = None, now: datetime | None = None
) -> AggregateReport:
    """Bring the rows of all days `first`..`last` up to date, the changed tracks of these days before them."""
    legs = legs_stale_on(_days(first, last))
    run = run_begin(kind=RunKind.DAYS, first=first, last=last, legs=legs, as_of=now or timezone.now())
    return _report(run_here(run, progress))


def aggregate_rebuild(
    *,
    first: date | None = None,
    last: date | None = None,
    progress: Progress | None = None,
    now: datetime | None = None,
) -> AggregateReport:
    """Derive every track of these days (default: all there are) anew from its raw fixes, and count the days again."""
    instant = now or timezone.now()
    begin, end = first or _first_day() or city_day(instant), last or city_day(instant)
    outings = Leg.objects.filter(patrol__started_on__range=(begin - timedelta(days=1), end))
    legs = list(outings.order_by(*LEGS_TOGETHER).values_list("pk", flat=True))
    run = run_begin(kind=RunKind.REBUILD, first=begin, last=max(begin, end), legs=legs, as_of=instant)
    return _report(run_here(run, progress))


def aggregate_night(*, now: datetime | None = None) -> AggregateReport:
    """Do a night in this process: see `night_begin`."""
    return _report(run_here(night_begin(nobody, now=now)))


def night_begin(send: Send, *, now: datetime | None = None) -> Run:
    """Begin a night, or go on with the one that has not ended: all days since the last one, and what came late."""
    instant = now or timezone.now()
    run = Run.objects.filter(kind=RunKind.NIGHT, ended_at=None).order_by("pk").first() or _night_plan(instant)
    run_send(run.pk, send)
    return run


def night_catch_up(send: Send, *, now: datetime | None = None) -> Run | None:
    """Begin the night of today if nobody has: beat calls at two, and the machine may have been off then.

    At any hour when streets, borders or the method have changed since the last one: tracks of all days may be stale.
    """
    if deployment_or_none() is None:
        return None
    local = (now or timezone.now()).astimezone(city_zone())
    with transaction.atomic():
        _nights_in_turn()
        nights = Run.objects.filter(kind=RunKind.NIGHT)
        latest = nights.aggregate(last=Max("last"))["last"]
        is_due = (local.hour >= NIGHT_HOUR and (latest is None or latest < local.date())) or (
            ground_is_new(last_night()) and not nights.filter(ended_at=None).exists()
        )
        run = _night_plan(local) if is_due else None
    if run is not None:
        run_send(run.pk, send)
    return run


def _nights_in_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NIGHT_LOCK])


@transaction.atomic
def _night_plan(instant: datetime) -> Run:
    _nights_in_turn()
    today = city_day(instant)
    before = last_night()
    reached = before.last if before else today
    first = max(min(reached, today - timedelta(days=1)), today - timedelta(days=CATCH_UP_DAYS))
    since = before.as_of - _PUSH_MARGIN if before else instant - timedelta(days=LATE_DAYS)
    late = {one for one in days_touched_since(since) if not first <= one.day <= today}
    touched_days_note(sorted(late, key=lambda one: (one.day, one.area_id)))
    noted = TouchedDay.objects.values_list("day", flat=True).distinct()
    # New streets, borders or another method: any track ever made may be stale. Else only those something came to.
    oldest = _first_day() if ground_is_new(before) else None
    looked_at = {*_days(min(first, oldest or today, today - timedelta(days=LATE_DAYS)), today), *noted}
    return run_begin(kind=RunKind.NIGHT, first=first, last=today, legs=legs_stale_on(looked_at), as_of=instant)


def days_touched_since(since: datetime) -> set[Touched]:
    """Return the townships' days whose records arrived at or after `since`, however old the days are."""
    visits = Visit.objects.filter(received_at__gte=since)
    # The day of a visit that a correction took out of the count changed as well.
    corrected = Visit.objects.filter(pk__in=visits.filter(corrects__isnull=False).values("corrects"))
    outings = Patrol.objects.filter(received_at__gte=since, area__isnull=False)
    found = Dispute.objects.filter(received_at__gte=since, area__isnull=False)
    events = DisputeEvent.objects.filter(received_at__gte=since, dispute__area__isnull=False)
    pairs = (
        visits.values_list("area_id", "occurred_on").distinct(),
        corrected.values_list("area_id", "occurred_on").distinct(),
        outings.values_list("area_id", "started_on").distinct(),
        found.values_list("area_id", "opened_on").distinct(),
        events.values_list("dispute__area_id", "dispute__opened_on").distinct(),
    )
    return {Touched(area_id, day) for rows in pairs for area_id, day in rows}


def refresh_touched(*, touched: Iterable[Touched], now: datetime | None = None) -> AggregateReport:
    """Bring some townships' days up to date; where their tracks changed, the townships these lead through as well."""
    instant, asked = now or timezone.now(), set(touched)
    legs = without_recent_failures(legs_stale_on(one.day for one in asked), instant) if asked else []
    report = AggregateReport(0, len(legs), 0, 0, 0)
    for bundle in (legs[at : at + LEGS_AT_ONCE] for at in range(0, len(legs), LEGS_AT_ONCE)):
        derived = legs_bring_up_to_date(bundle)
        asked |= derived.touched
        report = report.plus(AggregateReport(0, -derived.failed, derived.failed, 0, 0))
    return report.plus(_count(asked, instant))


def _count(touched: Iterable[Touched], now: datetime) -> AggregateReport:
    wanted: Wanted = {}
    for one in sorted(touched, key=lambda one: (one.day, one.area_id)):
        wanted[one.day] = [*(wanted.get(one.day) or ()), one.area_id]
    report = AggregateReport(len(wanted), 0, 0, 0, 0)
    for chunk in day_chunks(wanted, townships()):
        report = report.plus(AggregateReport(0, 0, 0, *chunk_count(chunk, now)))
    return report


def refresh_waiting(*, now: datetime | None = None) -> AggregateReport:
    """Bring up to date what `geo.touched_days` notes, until nothing waits. Whoever comes while one counts, leaves.

    A note goes in the transaction that counts its day: a worker that is killed leaves it to the next one.
    """
    total = NOTHING
    with _alone() as is_alone:
        while is_alone and (touched := touched_days_waiting(NOTES_AT_ONCE)[1]):
            total = total.plus(refresh_touched(touched=touched, now=now))
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


def _report(run: Run) -> AggregateReport:
    return AggregateReport(run.days, run.legs_derived, run.legs_failed, run.rows_seen, run.rows_changed)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def _first_day() -> date | None:
    """Return the first day on which anything happened or was counted."""
    asked = ((Patrol, "started_on"), (Visit, "occurred_on"), (Dispute, "opened_on"))
    found = [model.objects.aggregate(day=Min(field))["day"] for model, field in asked]
    return min((day for day in found if day), default=None)
