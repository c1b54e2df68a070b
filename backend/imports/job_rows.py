"""SHELL: imports as the administrator's screen sees them."""

import json
from typing import Any

from backend.imports import files
from backend.imports.models import ImportJob

_SHOWN = (
    "id", "kind", "file_name", "options", "step", "state", "rows_done", "rows_of", "counts", "made_at", "ended_at",
)  # fmt: skip


def job_row(job: ImportJob) -> dict[str, Any]:
    """Return an import without what stands in its file."""
    refused = {"code": job.problem_code, "detail": job.problem_detail} if job.problem_code else None
    return {**{name: getattr(job, name) for name in _SHOWN}, "problem": refused, "by": job.by.name}


def job_row_with_found(job: ImportJob) -> dict[str, Any]:
    """Return an import with what stands in its file, None once the file is gone, and whether it has a report."""
    found = files.found(job.id)
    seen = json.loads(found.read_text(encoding="utf-8")) if found.is_file() else None
    here = job.kind == "edition" or files.uploaded(job.id, job.file_name).is_file()
    return {**job_row(job), "found": seen, "file_here": here, "has_report": files.report(job.id).is_file()}
