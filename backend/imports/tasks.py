"""SHELL: the Celery tasks of imports."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from backend.imports.jobs import job_run, jobs_forget


@shared_task(name="imports.run")
def run(job_id: str) -> str:
    """Run one uploaded import; return the state it ends in."""
    return job_run(job_id=UUID(job_id), now=timezone.now())


@shared_task(name="imports.forget")
def forget() -> int:
    """Delete files of imports that nobody needs any more; daily."""
    return jobs_forget(at=timezone.now())
