"""SHELL: the Celery tasks of the figures; each may run once, twice or after a crash with the same result."""

import structlog
from celery import shared_task

from backend.reports import services

log = structlog.get_logger()


@shared_task(name="reports.aggregate_night")
def aggregate_night() -> None:
    """Bring yesterday and every day that late records touched up to date; 02:00 city time."""
    log.info("aggregated", **vars(services.aggregate_night()))


@shared_task(name="reports.refresh_townships")
def refresh_townships() -> None:
    """Bring every day that records touched since the last time up to date, so that a lead sees the day live."""
    log.info("refreshed", **vars(services.refresh_waiting()))
