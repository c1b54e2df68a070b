"""SHELL: the addresses under which attachments are seen."""

from uuid import UUID

from django.http import FileResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.models import Role
from backend.accounts.permissions import Policy, signed_in_officer
from backend.common.problems import problem
from backend.uploads import files
from backend.uploads.selectors import attachment_seen, attachments_of

# As with the records themselves: an administrator keeps the configuration and sees no content of cases.
CASE_CONTENT = Policy("case_content", frozenset({Role.OFFICER, Role.LEAD, Role.ANALYST}))

_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "audio/webm": "webm",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
}


class AttachmentView(APIView):
    """Gives a picture as it was written anew, or its thumbnail; a sound as a download."""

    policy = CASE_CONTENT

    @extend_schema(
        parameters=[OpenApiParameter("size", str, enum=["thumb"])], responses={(200, "image/*"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, attachment: UUID) -> HttpResponseBase:
        size = request.query_params.get("size")
        if size not in (None, "thumb"):
            raise problem("request_invalid", why="size can only be thumb.")
        found, file = attachment_seen(officer=signed_in_officer(request), attachment_id=attachment)
        is_thumbnail = size == "thumb" and file.media_type.startswith("image/")
        path = (files.thumbnail if is_thumbnail else files.stored)(file.stored_sha256)
        media_type = "image/webp" if is_thumbnail else file.media_type
        response = FileResponse(
            path.open("rb"),
            content_type=media_type,
            as_attachment=not media_type.startswith("image/"),
            filename=f"{found.id}.{_ENDINGS[media_type]}",
        )
        # Its own pictures lie encrypted on a phone: those it looks at may not lie beside them in the cache.
        response["Cache-Control"] = "private, no-store"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


class RecordAttachmentsView(APIView):
    """Says how many files a record declares, how many are here, and how each one is."""

    policy = CASE_CONTENT

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, record: UUID) -> Response:
        return Response(attachments_of(officer=signed_in_officer(request), record_id=record))
