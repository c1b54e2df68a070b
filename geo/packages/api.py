"""SHELL: the addresses of the map package: its facts, and the file in one piece or by ranges."""

from dataclasses import asdict
from pathlib import Path

from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from whitenoise.responders import SlicedFile

from backend.accounts.permissions import FIELD_WORK, signed_in_officer
from backend.common.problems import problem
from geo.packages.ranges import ByteRange, RangeNotSatisfiable, byte_range
from geo.packages.selectors import PackageFacts, package_of

MEDIA_TYPE = "application/vnd.pmtiles"


class PackageFactsSchema(serializers.Serializer[PackageFacts]):
    """What a phone must know before it fetches a package."""

    version = serializers.CharField()
    size_bytes = serializers.IntegerField()
    built_at = serializers.DateTimeField()
    bounds = serializers.ListField(child=serializers.FloatField(), min_length=4, max_length=4)
    minzoom = serializers.IntegerField()
    maxzoom = serializers.IntegerField()


class PackageFactsView(APIView):
    """The version, size and reach of the working unit's map package."""

    policy = FIELD_WORK

    @extend_schema(responses=PackageFactsSchema)
    def get(self, request: Request) -> Response:
        facts, _ = package_of(signed_in_officer(request))
        response = Response(asdict(facts))
        response["Cache-Control"] = "private, no-store"
        return response


class PackageView(APIView):
    """The PMTiles file of the working unit; a download that broke off goes on with Range and If-Range."""

    policy = FIELD_WORK

    @extend_schema(responses={(200, MEDIA_TYPE): OpenApiTypes.BINARY, (206, MEDIA_TYPE): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponseBase:
        facts, path = package_of(signed_in_officer(request))
        etag = f'"{facts.version}"'
        not_modified = get_conditional_response(request._request, etag=etag)
        response = not_modified or _sent(path, _asked(request, etag, facts.size_bytes), facts.size_bytes)
        response["ETag"] = etag
        response["Accept-Ranges"] = "bytes"
        # The phone keeps it in its own place; a second copy in the browser's cache would outlive a sign-out.
        response["Cache-Control"] = "private, no-store"
        return response


def _asked(request: Request, etag: str, size_bytes: int) -> ByteRange | None:
    headers = request.headers
    try:
        return byte_range(headers.get("Range"), if_range=headers.get("If-Range"), etag=etag, size_bytes=size_bytes)
    except RangeNotSatisfiable:
        raise problem("range_not_satisfiable", size_bytes=size_bytes) from None


def _sent(path: Path, part: ByteRange | None, size_bytes: int) -> FileResponse:
    sent = part or ByteRange(0, size_bytes - 1)
    file = SlicedFile(path.open("rb"), sent.first, sent.last)
    response = FileResponse(file, content_type=MEDIA_TYPE, status=206 if part else 200)
    response["Content-Length"] = sent.last - sent.first + 1
    if part:
        response["Content-Range"] = f"bytes {part.first}-{part.last}/{size_bytes}"
    # Tiles are compressed already. Without this GZipMiddleware would compress a part and lose its length.
    response["Content-Encoding"] = "identity"
    return response
