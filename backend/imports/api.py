"""SHELL: the administrator's imports: upload a file, look into it, check it, apply or cancel it, read the report."""

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
from backend.accounts.permissions import ADMINISTRATOR
from backend.common.problems import problem
from backend.imports import files, schemas, tasks
from backend.imports.job_options import look_options, options_of, options_read
from backend.imports.job_rows import job_row, job_row_with_found
from backend.imports.jobs import job_again, job_apply, job_cancel, job_make
from backend.imports.kinds import KINDS
from backend.imports.models import ImportJob, ImportStep
from backend.imports.remarks import remarks_read

# A province's doors as GeoJSON; whatever is larger comes by the command.
FILE_BYTES = 1024**3
_LISTED = 50


class ImportsView(APIView):
    """The latest imports, and a way to bring one more file in: looked into or checked first, always."""

    policy = ADMINISTRATOR
    parser_classes = (MultiPartParser,)

    @extend_schema(responses=schemas.IMPORTS_RESPONSE)
    def get(self, request: Request) -> Response:
        jobs = ImportJob.objects.select_related("by").order_by("-made_at")[:_LISTED]
        return Response({"results": [job_row(job) for job in jobs]})

    @extend_schema(request=schemas.IMPORT_REQUEST, responses={201: schemas.IMPORT})
    def post(self, request: Request) -> Response:
        form = cast(dict[str, Any], request.data)  # what the one parser makes is no list
        kind, sent = form.get("kind", ""), form.get("file")
        if kind not in KINDS or kind == "edition":
            raise problem("request_invalid", why=f"kind is one of {', '.join(schemas.FILE_KINDS)}.")
        if not isinstance(sent, UploadedFile) or not sent.name or (sent.size or 0) > FILE_BYTES:
            raise problem("request_invalid", why="file is missing, or larger than 1 GiB.")
        options = options_read(kind, str(form["options"])) if "options" in form else None
        job = job_make(
            by=reading_officer(request), kind=kind, file_name=sent.name, pieces=sent.chunks(), options=options,
            at=timezone.now(),
        )  # fmt: skip
        queue(job)
        return Response(job_row(job), status=201)


class ImportView(APIView):
    """One import: how far it is, what stands in its file, and what it did or would do."""

    policy = ADMINISTRATOR

    @extend_schema(responses={200: schemas.IMPORT_WITH_FOUND})
    def get(self, request: Request, import_id: UUID) -> Response:
        return Response(job_row_with_found(get_object_or_404(ImportJob, id=import_id)))


class ImportLookView(APIView):
    """Looks into a file once more, with the encoding or the layer that it did not say."""

    policy = ADMINISTRATOR

    @extend_schema(request=schemas.LOOK_REQUEST, responses={200: schemas.IMPORT})
    def post(self, request: Request, import_id: UUID) -> Response:
        job = get_object_or_404(ImportJob, id=import_id)
        job_again(job=job, step=ImportStep.LOOK, options=look_options(request.data))
        return _begun(job)


class ImportCheckView(APIView):
    """Makes a dry run of a file that is here, with these words about it."""

    policy = ADMINISTRATOR

    @extend_schema(request=schemas.CHECK_REQUEST, responses={200: schemas.IMPORT})
    def post(self, request: Request, import_id: UUID) -> Response:
        job = get_object_or_404(ImportJob, id=import_id)
        job_again(job=job, step=ImportStep.CHECK, options=options_of(job.kind, request.data))
        return _begun(job)


class ImportApplyView(APIView):
    """Lets a file that was checked come in."""

    policy = ADMINISTRATOR

    @extend_schema(request=None, responses={200: schemas.IMPORT})
    def post(self, request: Request, import_id: UUID) -> Response:
        job = get_object_or_404(ImportJob, id=import_id)
        job_apply(job=job)
        return _begun(job)


class ImportCancelView(APIView):
    """Ends an import; nothing of it stays."""

    policy = ADMINISTRATOR

    @extend_schema(request=None, responses={200: schemas.IMPORT})
    def post(self, request: Request, import_id: UUID) -> Response:
        job = get_object_or_404(ImportJob, id=import_id)
        job_cancel(job=job, at=timezone.now())
        return Response(job_row(ImportJob.objects.get(id=job.id)))


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


class ImportRemarksView(APIView):
    """The same remarks for a screen: how many of which, and the rows by pages."""

    policy = ADMINISTRATOR

    @extend_schema(parameters=schemas.REMARKS_PARAMETERS, responses=schemas.REMARKS_RESPONSE)
    def get(self, request: Request, import_id: UUID) -> Response:
        job = get_object_or_404(ImportJob, id=import_id)
        path, after = files.report(job.id), request.query_params.get("after", "0")
        if not path.is_file():
            raise Http404
        if not after.isdecimal() or len(after) > 9:
            raise problem("request_invalid", why="after is a number of rows.")
        with path.open(encoding="utf-8-sig", newline="") as file:
            return Response(remarks_read(file, problem=request.query_params.get("problem", ""), after=int(after)))


def _begun(job: ImportJob) -> Response:
    queue(job)
    return Response(job_row(ImportJob.objects.get(id=job.id)))


def queue(job: ImportJob) -> None:
    """Let a worker run a job once it is written down."""
    transaction.on_commit(lambda: tasks.run.delay(str(job.id)))
