"""SHELL: the Celery tasks of the figures; each may run once, twice, beside itself or after a crash, with one result.

They hold no state: what is left to do stands in `RunStep` and `TouchedDay` (backend/reports/runs.py says why).
"""

from collections.abc import Sequence

import structlog
from celery import shared_task
from django.db import OperationalError

from backend.reports import runs, services

log = structlog.get_logger()


@shared_task(name="reports.aggregate_night")
def aggregate_night() -> None:
    """Begin the night: yesterday, today so far, and every day that late records touched; 02:00 city time."""
    if run := services.night_catch_up(_send):
        log.info("night_begun", run=run.pk, first=run.first.isoformat(), last=run.last.isoformat())


@shared_task(
    name="reports.run_step", autoretry_for=(OperationalError,), retry_backoff=1, retry_backoff_max=30, max_retries=6
)
def run_step(step_id: int) -> None:
    """Do one step of a run: a bundle of tracks, or some townships on some days."""
    runs.step_do(step_id, _send)


@shared_task(name="reports.resume_runs")
def resume_runs() -> None:
    """Begin the night that did not happen, and hand out again what a lost worker or broker left; every minute."""
    aggregate_night()
    if resumed := runs.runs_resume(_send):
        log.warning("runs_resumed", runs=resumed)


@shared_task(name="reports.refresh_townships")
def refresh_townships() -> None:
    """Bring every day that records touched since the last time up to date, so that a lead sees the day live."""
    log.info("refreshed", **vars(services.refresh_waiting()))


def _send(steps: Sequence[int]) -> None:
    for step_id in steps:
        run_step.delay(step_id)
