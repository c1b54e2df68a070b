"""SHELL: tus 1.0.0 at /api/v1/uploads/, so that any client of that protocol can send a file and go on after a break."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.http import http_date
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authority import Authority, upload_authority
from backend.accounts.permissions import UPLOAD
from backend.common.problems import problem
from backend.sync.api import RawParser
from backend.uploads.models import Upload
from backend.uploads.receiving import body_receive
from backend.uploads.services import upload_create, upload_end
from backend.uploads.tus_headers import CHECKSUMS, CHUNK_MEDIA_TYPE, EXTENSIONS, VERSION, read_announcement, read_count

RESUMABLE = OpenApiParameter("Tus-Resumable", str, OpenApiParameter.HEADER, required=True, description=VERSION)
EMPTY = OpenApiResponse(description="No body; see the headers of tus 1.0.0.")


class TusView(APIView):
    """What every address of tus has: the version in each answer, and refused without it in the request."""

    policy = UPLOAD
    parser_classes = (RawParser,)
    checks_content_digest = True  # while the body is read, piece by piece

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
            raise problem("tus_version_unknown")

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response["Tus-Resumable"] = response["Tus-Version"] = VERSION
        response["Cache-Control"] = "no-store"
        return super().finalize_response(request, response, *args, **kwargs)

    @extend_schema(responses={204: EMPTY})
    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Say what this server speaks."""
        return Response(
            status=204,
            headers={
                "Tus-Extension": EXTENSIONS,
                "Tus-Max-Size": str(settings.UPLOAD_MAX_BYTES),
                "Tus-Checksum-Algorithm": CHECKSUMS,
            },
        )


class UploadsView(TusView):
    """Takes the announcement of a file, and its first bytes where they come along."""

    @extend_schema(
        parameters=[
            RESUMABLE,
            OpenApiParameter("Upload-Length", int, OpenApiParameter.HEADER, required=True),
            OpenApiParameter("Upload-Metadata", str, OpenApiParameter.HEADER, required=True),
        ],
        request=None,
        responses={201: EMPTY},
    )
    def post(self, request: Request) -> Response:
        announced = read_announcement(request.headers, max_bytes=settings.UPLOAD_MAX_BYTES)
        upload = upload_create(authority=upload_authority(request), announced=announced, at=timezone.now())
        if request.content_type == CHUNK_MEDIA_TYPE:
            upload = body_receive(request, upload, offset=0)
        return Response(status=201, headers={"Location": f"/api/v1/uploads/{upload.id}", **_standing(upload)})


class UploadView(TusView):
    """One upload: how far it is, the next bytes, its end."""

    @extend_schema(parameters=[RESUMABLE], responses={200: EMPTY})
    def head(self, request: Request, upload: UUID) -> Response:
        found = _own_upload(request, upload)
        return Response(status=200, headers={"Upload-Length": str(found.size_bytes), **_standing(found)})

    @extend_schema(
        parameters=[RESUMABLE, OpenApiParameter("Upload-Offset", int, OpenApiParameter.HEADER, required=True)],
        request=None,
        responses={204: EMPTY},
    )
    def patch(self, request: Request, upload: UUID) -> Response:
        found = _own_upload(request, upload)
        if request.content_type != CHUNK_MEDIA_TYPE:
            raise problem("unsupported_media_type", why=f"Content-Type must be {CHUNK_MEDIA_TYPE}.")
        offset = read_count(request.headers, "Upload-Offset")
        return Response(status=204, headers=_standing(body_receive(request, found, offset=offset)))

    @extend_schema(parameters=[RESUMABLE], responses={204: EMPTY})
    def delete(self, request: Request, upload: UUID) -> Response:
        upload_end(upload_id=_own_upload(request, upload).id)
        return Response(status=204)


def _own_upload(request: Request, upload_id: UUID) -> Upload:
    """Return an upload of the sender. Raises `not_found`: for everybody else it does not exist."""
    authority: Authority = upload_authority(request)
    found = Upload.objects.filter(id=upload_id, officer=authority.officer, expires_at__gt=timezone.now()).first()
    devices = {found.device_id if found else None, authority.device.id if authority.device else None} - {None}
    if found is None or len(devices) > 1:
        raise problem("not_found")
    return found


def _standing(upload: Upload) -> dict[str, str]:
    return {"Upload-Offset": str(upload.received_bytes), "Upload-Expires": http_date(upload.expires_at.timestamp())}
