"""SHELL: the addresses by which a phone and the server make sure that they hold the same: offer and digest."""

from typing import Annotated, Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import BaseModel, Field, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authority import reading_officer, upload_authority
from backend.accounts.permissions import FIELD_WORK, UPLOAD
from backend.common.payloads import validation_problem
from backend.sync import schemas
from backend.sync.digest import digest_of_held
from backend.sync.offer import missing_of
from backend.sync.wire import Sha256

MAX_OFFERED = 5000


class OfferRequest(BaseModel):
    """Ids and hashes of what a phone has sent."""

    items: Annotated[list[tuple[UUID, Sha256]], Field(max_length=MAX_OFFERED)]


class OfferView(APIView):
    """Says which of the mutations that a phone has sent are not here."""

    policy = UPLOAD

    @extend_schema(request=schemas.OFFER_REQUEST, responses=schemas.OFFER_RESPONSE)
    def post(self, request: Request) -> Response:
        authority = upload_authority(request)
        return Response({"missing": missing_of(_offered(request.data), authority=authority)})


class DigestView(APIView):
    """Says what a phone at a cursor should hold, by type: how many records, and one SHA-256 of them all."""

    policy = FIELD_WORK

    @extend_schema(parameters=[OpenApiParameter("cursor", str)], responses=schemas.DIGEST_RESPONSE)
    def get(self, request: Request) -> Response:
        cursor_text = request.query_params.get("cursor")
        return Response(digest_of_held(officer=reading_officer(request), cursor_text=cursor_text or None))


def _offered(data: Any) -> list[tuple[UUID, str]]:
    try:
        return OfferRequest.model_validate(data).items
    except ValidationError as error:
        raise validation_problem("request_invalid", error, why="See errors.") from error
