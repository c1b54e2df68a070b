"""SHELL: the address by which a phone asks for the server's part of its lock."""

import base64
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authority import officer_must_be_named
from backend.accounts.permissions import FIELD_WORK, signed_in_officer
from backend.accounts.proofs import DeviceProof
from backend.accounts.shares import share_of
from backend.common.payloads import validation_problem
from backend.common.problems import problem
from backend.sync import schemas_sealed as schemas
from backend.sync.wire import wire_time


class ShareRequest(BaseModel):
    """Which device asks; the signature proves it."""

    device: UUID


class ShareView(APIView):
    """Tells an enrolled device of a signed-in officer its share. A POST: it is signed, and no cache keeps it."""

    policy = FIELD_WORK

    @extend_schema(request=schemas.SHARE_REQUEST, responses=schemas.SHARE_RESPONSE)
    def post(self, request: Request) -> Response:
        asked = _asked(request.data)
        if not isinstance(request.auth, DeviceProof) or request.auth.device.id != asked.device:
            raise problem("signature_required")
        officer_must_be_named(request, signed_in_officer(request))
        share = share_of(request.auth.device, now=timezone.now())
        answer = {
            "share_id": share.id,
            "share": base64.b64encode(share.secret).decode(),
            "server_time": wire_time(timezone.now()),
        }
        return Response(answer, headers={"Cache-Control": "no-store"})


def _asked(data: Any) -> ShareRequest:
    try:
        return ShareRequest.model_validate(data)
    except ValidationError as error:
        raise validation_problem("request_invalid", error, why="See errors.") from error
