"""SHELL: the addresses of the quarantine: what waits for a lead, and what the lead decides. Leads only, in scope."""

import base64
import json
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import BaseModel, Field, StringConstraints, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import LEAD, signed_in_officer
from backend.common.payloads import Text, validation_problem
from backend.common.problems import Problem, problem
from backend.sync import schemas_quarantine as schemas
from backend.sync.models import DecisionAction
from backend.sync.quarantine import Wanted, item_decide
from backend.sync.quarantine_rows import Position, State, item_row, items_page

MAX_ITEMS = 100
STATES: dict[str, State] = {"open": "open", "decided": "decided"}


class QuarantineView(APIView):
    """What the lead's unit and those below it have to decide (longest waiting first) or have decided (last first)."""

    policy = LEAD

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=list(STATES)),
            OpenApiParameter("cursor", str),
            OpenApiParameter("limit", int),
        ],
        responses=schemas.PAGE_RESPONSE,
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params
        state, limit = STATES.get(asked.get("state", "open")), asked.get("limit", "50")
        if state is None or not limit.isdecimal() or not 1 <= int(limit) <= MAX_ITEMS:
            raise problem("request_invalid", why=f"state is open or decided, limit a number from 1 to {MAX_ITEMS}.")
        after = read_position(asked["cursor"]) if asked.get("cursor") else None
        page = items_page(signed_in_officer(request), state=state, after=after, limit=int(limit))
        return Response({"results": page.rows, "next": None if page.end is None else write_position(page.end)})


class ItemView(APIView):
    """One item in full."""

    policy = LEAD

    @extend_schema(responses=schemas.ITEM_RESPONSE)
    def get(self, request: Request, item_id: UUID) -> Response:
        return Response(item_row(signed_in_officer(request), item_id))


class DecisionRequest(BaseModel):
    """A lead's reason, and the corrected payload where there is one."""

    reason: Annotated[Text, StringConstraints(strip_whitespace=True), Field(min_length=1, max_length=500)]
    payload: dict[str, Any] | None = None


class DecisionView(APIView):
    """Releases, corrects or discards an item; what is still not acceptable is answered 422 and stays."""

    policy = LEAD

    @extend_schema(request=schemas.DECISION_REQUEST, responses=schemas.ITEM_RESPONSE)
    def post(self, request: Request, item_id: UUID, action: str) -> Response:
        lead = signed_in_officer(request)
        found = item_decide(lead=lead, item_id=item_id, wanted=_wanted(action, request.data), now=timezone.now())
        if found is not None:
            # Whatever its code answers elsewhere: here it says that this content cannot be taken.
            raise Problem(replace(found.type, status=422), found.details, found.errors)
        return Response(item_row(lead, item_id))


def _wanted(action: str, data: Any) -> Wanted:
    try:
        asked = DecisionRequest.model_validate(data)
    except ValidationError as error:
        raise validation_problem("request_invalid", error, why="See errors.") from error
    if (action == DecisionAction.CORRECT) != (asked.payload is not None):
        raise problem("request_invalid", why="A correction, and only it, brings a payload.")
    return Wanted(DecisionAction(action), asked.reason, asked.payload)


def write_position(position: Position) -> str:
    """Return the end of a page as URL-safe text."""
    text = json.dumps([position.at.isoformat(), str(position.item_id)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_position(text: str) -> Position:
    """Return the end of a page; raises `cursor_invalid` for anything that we did not write."""
    try:
        at, item_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        found = Position(datetime.fromisoformat(at), UUID(item_id))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise problem("cursor_invalid") from error
    if found.at.tzinfo is None:
        raise problem("cursor_invalid")
    return found
