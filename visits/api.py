"""SHELL: the address at which the contact of a party is opened: one tap, a reason, a row that says so."""

from typing import Annotated, Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authority import device_of, reading_officer
from backend.accounts.permissions import FIELD_WORK
from backend.common.payloads import Line, validation_problem
from visits.contacts import contact_reveal, party_in_scope

_TEXT = {"type": "string"}
REVEAL_REQUEST = {
    "application/json": {
        "type": "object",
        "properties": {"reason": {"type": "string", "minLength": 1, "maxLength": 200}},
        "required": ["reason"],
    }
}
REVEAL_RESPONSE = {
    200: {"type": "object", "properties": {"name": _TEXT, "phone": _TEXT}, "required": ["name", "phone"]}
}


class RevealRequest(BaseModel):
    """Why the contact is needed."""

    model_config = ConfigDict(extra="forbid")
    reason: Annotated[Line, StringConstraints(strip_whitespace=True), Field(min_length=1, max_length=200)]


class RevealView(APIView):
    """Opens name and number of one party of a dispute of the own unit, and writes down who looked and why."""

    policy = FIELD_WORK

    @extend_schema(request=REVEAL_REQUEST, responses=REVEAL_RESPONSE)
    def post(self, request: Request, dispute_id: UUID, party_id: UUID) -> Response:
        officer = reading_officer(request)
        party = party_in_scope(officer, dispute_id=dispute_id, party_id=party_id)
        if party is None:
            raise Http404
        found = contact_reveal(
            party=party, officer=officer, device=device_of(request), reason=_reason(request.data), now=timezone.now()
        )
        return Response({"name": found.name, "phone": found.phone}, headers={"Cache-Control": "no-store"})


def _reason(data: Any) -> str:
    try:
        return RevealRequest.model_validate(data).reason
    except ValidationError as error:
        raise validation_problem("request_invalid", error, why="See errors.") from error
