"""SHELL: the editions of the areas that are here, and trying to put another one in force."""

from dataclasses import asdict

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authority import reading_officer
from backend.accounts.permissions import ADMINISTRATOR
from backend.imports import schemas
from backend.imports.api import queue
from backend.imports.job_options import options_of
from backend.imports.job_rows import job_row
from backend.imports.jobs import edition_job_make
from geo.editions import editions


class EditionsView(APIView):
    """The editions, and a dry run of a switch. It is looked at, applied and cancelled as an import is."""

    policy = ADMINISTRATOR

    @extend_schema(responses=schemas.EDITIONS_RESPONSE)
    def get(self, request: Request) -> Response:
        return Response({"results": [asdict(edition) for edition in editions()]})

    @extend_schema(request=schemas.EDITION_REQUEST, responses={201: schemas.IMPORT})
    def post(self, request: Request) -> Response:
        options = options_of("edition", request.data)
        job = edition_job_make(by=reading_officer(request), options=options, at=timezone.now())
        queue(job)
        return Response(job_row(job), status=201)
