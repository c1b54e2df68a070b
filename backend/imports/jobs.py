"""SHELL: takes uploaded files in, looks into them, checks, applies and cancels them. One import runs at a time."""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from backend.accounts.models import Officer
from backend.common.problems import Problem, problem
from backend.imports import files
from backend.imports.kinds import KINDS, file_found
from backend.imports.models import ENDED, ImportJob, ImportState, ImportStep
from backend.imports.progress import JobProgress
from backend.imports.services import import_run
from geo.imports.report import ImportReport, report_write
from geo.imports.source import Source

# A file that was only looked at waits so long for its word.
KEPT = timedelta(days=7)
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('backend.imports'))"
_SAID = {"crs": "crs", "encoding": "encoding", "layer": "layer", "lon": "lon_field", "lat": "lat_field"}
# The file is here and nothing runs: it may be read again, with other words about it.
_ANSWERABLE = (ImportState.LOOKED, ImportState.CHECKED, ImportState.REFUSED)


def job_make(
    *, by: Officer, kind: str, file_name: str, pieces: Iterable[bytes], options: dict[str, Any] | None, at: datetime
) -> ImportJob:
    """Keep an uploaded file. Once queued it is checked (a dry run), or without options only looked into."""
    step = ImportStep.LOOK if options is None else ImportStep.CHECK
    job = ImportJob(
        id=uuid4(), kind=kind, file_name=file_name[:200], options=options or {}, step=step, by=by, made_at=at
    )
    files.write(files.uploaded(job.id, job.file_name), pieces)
    job.save(force_insert=True)
    return job


def edition_job_make(*, by: Officer, options: dict[str, Any], at: datetime) -> ImportJob:
    """Make the import that has no file: the switch to another edition of the areas, tried first."""
    return ImportJob.objects.create(id=uuid4(), kind="edition", file_name="", options=options, by=by, made_at=at)


def job_again(*, job: ImportJob, step: ImportStep, options: dict[str, Any]) -> None:
    """Look into a file again, or check it, with these words about it. Raises `import_state` where that cannot be."""
    there = job.kind == "edition" or files.uploaded(job.id, job.file_name).is_file()
    _begin_again(job, _ANSWERABLE if there else (), step=step, options=options, problem_code="", problem_detail="")


def job_apply(*, job: ImportJob) -> None:
    """Let a file that was checked come in. Raises `import_state` for one that was not, or that is in already."""
    _begin_again(job, (ImportState.CHECKED,), step=ImportStep.APPLY)


def _begin_again(job: ImportJob, states: Iterable[str], **columns: Any) -> None:
    # "Update where in that state, expect one row": of two presses the second finds none.
    waiting = ImportJob.objects.filter(id=job.id, state__in=tuple(states))
    if waiting.update(state=ImportState.WAITING, rows_done=0, ended_at=None, cancel_asked=False, **columns) != 1:
        raise problem("import_state", state=job.state)


def job_cancel(*, job: ImportJob, at: datetime) -> None:
    """End an import: at once where it does not run, else within seconds. One that is in stays in."""
    ImportJob.objects.filter(id=job.id).exclude(state__in=ENDED).update(cancel_asked=True)
    idle = ImportJob.objects.filter(id=job.id, state__in=(ImportState.WAITING, *_ANSWERABLE))
    if idle.update(state=ImportState.CANCELLED, ended_at=at):
        files.forget(job.id)


def job_run(*, job_id: UUID, now: datetime) -> str:
    """Run a job that waits, or one whose worker was lost; return its state. Twice is as good as once.

    What is applied and the word that it is applied are one commit, so that a killed worker leaves either both or none.
    """
    try:
        with transaction.atomic(), JobProgress(job_id) as progress:
            if ImportJob.objects.values_list("step", flat=True).get(id=job_id) != ImportStep.LOOK:
                _one_at_a_time()
            job = ImportJob.objects.get(id=job_id)
            if job.state not in (ImportState.WAITING, ImportState.RUNNING):
                return job.state
            progress.begin()
            _step(job, progress, now)
    except Problem as refused:
        ended = ImportState.CANCELLED if refused.code == "import_cancelled" else ImportState.REFUSED
        _end(job_id, ended, refused, now)
    job = ImportJob.objects.get(id=job_id)
    if job.state in (ImportState.APPLIED, ImportState.CANCELLED):
        files.forget_rows(job_id, job.file_name)
    return job.state


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)


def _step(job: ImportJob, progress: JobProgress, now: datetime) -> None:
    if job.step != ImportStep.LOOK:
        _finish(job, _bring_in(job, progress), now)
        return
    found = json.dumps(file_found(job.kind, _source(job)), ensure_ascii=False)
    files.write(files.found(job.id), [found.encode()])
    ImportJob.objects.filter(id=job.id).update(state=ImportState.LOOKED)


def _source(job: ImportJob) -> Source:
    path = files.uploaded(job.id, job.file_name)
    return Source(path, **{ours: str(job.options.get(name, "")) for ours, name in _SAID.items()})


def _bring_in(job: ImportJob, progress: JobProgress) -> ImportReport:
    source = _source(job)
    days = {
        name: date.fromisoformat(job.options[name]) for name in ("valid_from", "active_from") if name in job.options
    }
    options = {**job.options, **days}
    apply = job.step == ImportStep.APPLY
    report = import_run(bring_in=lambda spool: KINDS[job.kind](source, options, spool, progress), apply=apply)
    with files.report(job.id).open("w", encoding="utf-8-sig", newline="") as file:
        report_write(report.problems, file)
    return report


def _finish(job: ImportJob, report: ImportReport, now: datetime) -> None:
    names = ("read", "created", "changed", "unchanged", "refused")
    applied = job.step == ImportStep.APPLY
    ImportJob.objects.filter(id=job.id).update(
        state=ImportState.APPLIED if applied else ImportState.CHECKED,
        counts={**{name: getattr(report, name) for name in names}, **report.moved},
        ended_at=now if applied else None,
    )


def _end(job_id: UUID, state: str, refused: Problem, now: datetime) -> None:
    name = ImportJob.objects.values_list("file_name", flat=True).get(id=job_id)
    # As the person knows it, and not as it lies here.
    detail = refused.detail.replace(files.uploaded(job_id, name).name, name) if name else refused.detail
    ImportJob.objects.filter(id=job_id).update(
        state=state, problem_code=refused.code, problem_detail=detail, ended_at=now
    )


def jobs_forget(*, at: datetime) -> int:
    """Delete the files of imports older than a week; those that were never applied end. Returns how many."""
    old = list(ImportJob.objects.filter(made_at__lt=at - KEPT).values_list("id", flat=True))
    ImportJob.objects.filter(id__in=old).exclude(state__in=ENDED).exclude(state=ImportState.RUNNING).update(
        state=ImportState.CANCELLED, ended_at=at
    )
    for job_id in old:
        files.forget(job_id)
    return len(old)
