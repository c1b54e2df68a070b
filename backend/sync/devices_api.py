"""SHELL: the addresses of devices: enrol, make a code, list, revoke."""

from typing import Annotated, Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field, StringConstraints, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import (
    SESSION_DEVICE,
    BrowserSessionAuthentication,
    EnrolmentSignatureAuthentication,
    ScriptSessionAuthentication,
)
from backend.accounts.authority import officer_must_be_named, session_of
from backend.accounts.enrolment import code_make, device_enrol, device_revoke
from backend.accounts.enrolment_request import enrolment_request
from backend.accounts.permissions import FIELD_WORK, LEAD, signed_in_officer
from backend.accounts.signatures import is_signed
from backend.common.payloads import Line, validation_problem
from backend.common.problems import problem
from backend.sync import schemas_devices as schemas
from backend.sync.devices import device_rows, devices_in_scope
from backend.sync.wire import wire_time


class EnrolView(APIView):
    """Makes a device known by its public key; the session that asks is bound to it."""

    policy = FIELD_WORK
    authentication_classes = (
        EnrolmentSignatureAuthentication,
        BrowserSessionAuthentication,
        ScriptSessionAuthentication,
    )

    @extend_schema(request=schemas.ENROL_REQUEST, responses=schemas.ENROL_RESPONSE)
    def post(self, request: Request) -> Response:
        asked = enrolment_request(request._request.body)
        if not is_signed(request._request):
            raise problem("signature_required")
        officer = signed_in_officer(request)
        officer_must_be_named(request, officer)  # else a shared browser would enrol one officer's store for another
        done = device_enrol(officer=officer, asked=asked, now=timezone.now())
        device, session = done.device, session_of(request)
        session[SESSION_DEVICE] = str(device.id)
        session.save()
        answer = {
            "device": device.id,
            "unit": device.unit.code,
            "officer": device.officer_id,
            "enrolled_at": wire_time(device.enrolled_at),
        }
        return Response(answer, status=201 if done.is_new else 200)


class CodesView(APIView):
    """Makes a code that lets one device in within ten minutes."""

    policy = LEAD

    @extend_schema(request=None, responses=schemas.CODE_RESPONSE)
    def post(self, request: Request) -> Response:
        code, expires_at = code_make(lead=signed_in_officer(request), now=timezone.now())
        answer = {"code": code, "expires_at": wire_time(expires_at), "enrol_path": f"/#/enrol/{code}"}
        return Response(answer, status=201)


class DevicesView(APIView):
    """The devices of the lead's unit and below."""

    policy = LEAD

    @extend_schema(responses=schemas.DEVICES_RESPONSE)
    def get(self, request: Request) -> Response:
        return Response({"results": device_rows(devices_in_scope(signed_in_officer(request)))})


class RevocationRequest(BaseModel):
    """Why a device is locked out."""

    reason: Annotated[Line, StringConstraints(strip_whitespace=True), Field(min_length=1, max_length=200)]


class RevokeView(APIView):
    """Locks a device out for good: lost, stolen, handed back."""

    policy = LEAD

    @extend_schema(request=schemas.REVOKE_REQUEST, responses=schemas.DEVICE_RESPONSE)
    def post(self, request: Request, device_id: UUID) -> Response:
        lead = signed_in_officer(request)
        device = devices_in_scope(lead).filter(id=device_id).first()
        if device is None:
            raise Http404
        device_revoke(device=device, lead=lead, reason=_reason(request.data), now=timezone.now())
        return Response(device_rows(devices_in_scope(lead).filter(id=device_id))[0])


def _reason(data: Any) -> str:
    try:
        return RevocationRequest.model_validate(data).reason
    except ValidationError as error:
        raise validation_problem("request_invalid", error, why="See errors.") from error
