"""SHELL: what has been counted, what runs and how far it is, and what waits: for whoever keeps the machine."""

from collections.abc import Iterator
from datetime import datetime

from backend.reports.models import LegFailure, Run
from backend.reports.runs import run_standing
from geo.models import TouchedDay
from geo.selectors import city_zone

RUNS_SHOWN = 10
FAILURES_SHOWN = 20


def status_lines(now: datetime) -> Iterator[str]:
    """Give the lines of `manage.py aggregate --status`, newest run first."""
    for run in Run.objects.order_by("-pk")[:RUNS_SHOWN]:
        yield _run_line(run, now)
    waiting = TouchedDay.objects.values("area", "day").distinct().count()
    yield f"{waiting} township-days wait to be counted anew"
    yield f"{LegFailure.objects.count()} tracks could not be derived"
    for leg_id, code, detail, tries in LegFailure.objects.order_by("-failed_at").values_list(
        "leg_id", "code", "detail", "tries"
    )[:FAILURES_SHOWN]:
        yield f"  {leg_id} {code}, tried {tries} times: {detail}"


def _run_line(run: Run, now: datetime) -> str:
    begun = f"{run.started_at.astimezone(city_zone()):%Y-%m-%d %H:%M}"
    head = f"{begun} {run.kind} {run.first} – {run.last}: "
    if run.ended_at is None:
        state, done, of = run_standing(run)
        return f"{head}{state} {done} of {of}, for {(now - run.started_at).total_seconds():.0f} s"
    failed = f", {run.legs_failed} failed" if run.legs_failed else ""
    took_s = (run.ended_at - run.started_at).total_seconds()
    return (
        f"{head}{run.state} in {took_s:.1f} s: {run.legs_derived} tracks{failed}, "
        f"{run.days} days, {run.rows_seen} rows, {run.rows_changed} new or changed"
    )
