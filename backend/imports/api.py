"""SHELL: the administrator's imports: upload a file, look at what it would do, apply or cancel it, fetch the report."""

from typing import Any, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authority import reading_officer
from backend.accounts.models import Role
from backend.accounts.permissions import Policy
from backend.common.problems import problem
from backend.imports import files, schemas, tasks
from backend.imports.job_options import options_read
from backend.imports.jobs import job_apply, job_cancel, job_make
from backend.imports.kinds import KINDS
from backend.imports.models import ImportJob

ADMINISTRATOR = Policy("administrator", frozenset({Role.ADMINISTRATOR}))
# A province's doors as GeoJSON; whatever is larger comes by the command.
FILE_BYTES = 1024**3
_LISTED = 50


class ImportsView(APIView):
    """The latest imports, and a way to bring one more file in: as a dry run first, always."""

    policy = ADMINISTRATOR
    parser_classes = (MultiPartParser,)

    @extend_schema(responses=schemas.IMPORTS_RESPONSE)
    def get(self, request: Request) -> Response:
        return Response({"results": [_row(job) for job in ImportJob.objects.order_by("-made_at")[:_LISTED]]})

    @extend_schema(request=schemas.IMPORT_REQUEST, responses={201: schemas.IMPORT})
    def post(self, request: Request) -> Response:
        form = cast(dict[str, Any], request.data)  # what the one parser makes is no list
        kind, sent = form.get("kind", ""), form.get("file")
        if kind not in KINDS:
            raise problem("request_invalid", why=f"kind is one of {', '.join(KINDS)}.")
        if not isinstance(sent, UploadedFile) or not sent.name or (sent.size or 0) > FILE_BYTES:
            raise problem("request_invalid", why="file is missing, or larger than 1 GiB.")
        options = options_read(kind, str(form.get("options", "")))
        job = job_make(
            by=reading_officer(request), kind=kind, file_name=sent.name, pieces=sent.chunks(), options=options,
            at=timezone.now(),
        )  # fmt: skip
        _queue(job)
        return Response(_row(job), status=201)


class ImportView(APIView):
    """One import: how far it is, and what it did or would do."""

    policy = ADMINISTRATOR

    @extend_schema(responses={200: schemas.IMPORT})
    def get(self, request: Request, import_id: UUID) -> Response:
        return Response(_row(get_object_or_404(ImportJob, id=import_id)))


class ImportApplyView(APIView):
    """Lets a file that was looked at come in."""

    policy = ADMINISTRATOR

    @extend_schema(request=None, responses={200: schemas.IMPORT})
    def post(self, request: Request, import_id: UUID) -> Response:
        job = get_object_or_404(ImportJob, id=import_id)
        job_apply(job=job)
        _queue(job)
        return Response(_row(ImportJob.objects.get(id=job.id)))


class ImportCancelView(APIView):
    """Ends an import; nothing of it stays."""

    policy = ADMINISTRATOR

    @extend_schema(request=None, responses={200: schemas.IMPORT})
    def post(self, request: Request, import_id: UUID) -> Response:
        job = get_object_or_404(ImportJob, id=import_id)
        job_cancel(job=job, at=timezone.now())
        return Response(_row(ImportJob.objects.get(id=job.id)))


class ImportReportView(APIView):
    """The remarks on every row, as CSV."""

    policy = ADMINISTRATOR

    @extend_schema(responses=schemas.REPORT_RESPONSE)
    def get(self, request: Request, import_id: UUID) -> HttpResponseBase:
        job = get_object_or_404(ImportJob, id=import_id)
        path = files.report(job.id)
        if not path.is_file():
            raise Http404
        return FileResponse(
            path.open("rb"), as_attachment=True, filename=f"import-{job.id}.csv", content_type="text/csv"
        )


def _queue(job: ImportJob) -> None:
    transaction.on_commit(lambda: tasks.run.delay(str(job.id)))


def _row(job: ImportJob) -> dict[str, Any]:
    refused = {"code": job.problem_code, "detail": job.problem_detail} if job.problem_code else None
    names = ("id", "kind", "file_name", "options", "state", "rows_done", "rows_of", "counts", "made_at", "ended_at")
    return {**{name: getattr(job, name) for name in names}, "problem": refused, "by": job.by.name}
