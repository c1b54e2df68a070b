"""SHELL: accounts that cannot sign in yet: one-time codes for them, and the first password set with one."""

from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authority import reading_officer
from backend.accounts.models import Officer
from backend.accounts.permissions import ADMINISTRATOR, PUBLIC
from backend.accounts.start_codes import CODE_LIVES, first_password_set, locked_officers, start_codes_make
from backend.common.payloads import validation_problem
from backend.imports import schemas

Asked = TypeVar("Asked", bound=BaseModel)


class CodesRequest(BaseModel):
    """For whom codes are made; None: for every account without a password."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    officers: Annotated[list[UUID], Field(max_length=20_000)] | None = None


class StartRequest(BaseModel):
    """What the owner of a new account sends."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    username: Annotated[str, Field(min_length=1, max_length=64)]
    code: Annotated[str, Field(min_length=1, max_length=40)]
    password: Annotated[str, Field(min_length=1, max_length=256)]


class StartCodesView(APIView):
    """The accounts without a password, and codes for them. A code is in this one answer and nowhere else."""

    policy = ADMINISTRATOR

    @extend_schema(responses=schemas.LOCKED_RESPONSE)
    def get(self, request: Request) -> Response:
        now = timezone.now()
        return Response({"results": [_row(officer, now) for officer in locked_officers()]})

    @extend_schema(request=schemas.CODES_REQUEST, responses={201: schemas.CODES})
    def post(self, request: Request) -> Response:
        asked, by, now = _read(CodesRequest, request), reading_officer(request), timezone.now()
        made = start_codes_make(officer_ids=asked.officers, by=by, now=now)
        codes = [{**_who(one.officer), "code": one.code} for one in made]
        answer = Response({"expires_at": now + CODE_LIVES, "codes": codes}, status=201)
        answer["Cache-Control"] = "no-store"
        return answer


class StartView(APIView):
    """Sets the first password of an account with its code; signing in comes after, as ever."""

    policy = PUBLIC

    @extend_schema(request=schemas.START_REQUEST, responses={200: schemas.STARTED})
    def post(self, request: Request) -> Response:
        asked = _read(StartRequest, request)
        first_password_set(
            username=asked.username.strip(), code=asked.code, password=asked.password, now=timezone.now()
        )
        return Response({"username": asked.username.strip()})


def _read(shape: type[Asked], request: Request) -> Asked:
    try:
        return shape.model_validate(request.data)
    except ValidationError as error:
        raise validation_problem("request_invalid", error, why="See errors.") from error


def _row(officer: Officer, now: Any) -> dict[str, Any]:
    code = getattr(officer, "start_code", None)
    until = code.expires_at if code is not None and code.expires_at > now else None
    return {"id": officer.id, **_who(officer), "code_until": until}


def _who(officer: Officer) -> dict[str, Any]:
    unit = officer.unit.name if officer.unit else ""
    return {"username": officer.username, "name": officer.name, "badge_number": officer.badge_number, "unit": unit}
