"""SHELL: the addresses of recorder apps: an officer pairs and revokes them, the apps send to them."""

import base64
import binascii
import json
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, ConfigDict, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authority import reading_officer
from backend.accounts.permissions import FIELD_WORK, Policy
from backend.common.payloads import validation_problem
from backend.common.problems import problem
from backend.recorders import schemas
from backend.recorders.limits import messages_must_be_few, strangers_must_be_few
from backend.recorders.messages import owntracks_fixes, query_fixes, traccar_fixes
from backend.recorders.models import Recorder, RecorderApp
from backend.recorders.pairing import owntracks_link, traccar_link
from backend.recorders.services import Pairing, fixes_hold, recorder_known, recorder_pair, recorder_revoke
from backend.sync.api import RawParser
from backend.sync.wire import wire_time
from patrol.fixes import Fix

# The app's own secret is asked for by the view: an app has no session and no device key.
RECORDER = Policy("recorder", public=True)


class PairRequest(BaseModel):
    """Which app is to be paired."""

    model_config = ConfigDict(extra="forbid")
    app: Literal["owntracks", "traccar"]


class RecordersView(APIView):
    """The officer's own recorder apps, and a way to pair one more."""

    policy = FIELD_WORK

    @extend_schema(responses=schemas.RECORDERS_RESPONSE)
    def get(self, request: Request) -> Response:
        mine = Recorder.objects.filter(officer=reading_officer(request), revoked_at=None)
        return Response({"results": [_row(one) for one in mine.order_by("-created_at", "id")]})

    @extend_schema(request=schemas.PAIR_REQUEST, responses=schemas.PAIR_RESPONSE)
    def post(self, request: Request) -> Response:
        officer = reading_officer(request)
        try:
            asked = PairRequest.model_validate(request.data)
        except ValidationError as error:
            raise validation_problem("request_invalid", error, why="See errors.") from error
        made = recorder_pair(officer=officer, app=asked.app, now=timezone.now())
        return Response(_pairing(request, made), status=201)


class RecorderView(APIView):
    """One of the officer's own recorder apps."""

    policy = FIELD_WORK

    @extend_schema(responses=schemas.REVOKED_RESPONSE)
    def delete(self, request: Request, recorder_id: UUID) -> Response:
        recorder = Recorder.objects.filter(officer=reading_officer(request), id=recorder_id).first()
        if recorder is None:
            raise Http404
        recorder_revoke(recorder=recorder, now=timezone.now())
        # With a body: for the web app an answer that is no JSON is not from us.
        return Response({"id": recorder.id})


class OwnTracksView(APIView):
    """Takes what OwnTracks posts in its HTTP mode: HTTP Basic, JSON. Answers with an empty list of commands."""

    policy = RECORDER
    authentication_classes = ()
    parser_classes = (RawParser,)

    @extend_schema(request=schemas.OWNTRACKS_REQUEST, responses=schemas.OWNTRACKS_RESPONSE)
    def post(self, request: Request) -> Response:
        username, secret = _basic(request)
        recorder = _recorder(request, secret, RecorderApp.OWNTRACKS, username)
        message, unreadable = _json(_body(request))
        _take(recorder, owntracks_fixes(message), unreadable)
        return Response([])


class OsmAndView(APIView):
    """Takes what Traccar Client sends: OsmAnd's query string, in the address or as a form, or its newer JSON."""

    policy = RECORDER
    authentication_classes = ()
    parser_classes = (RawParser,)

    @extend_schema(parameters=schemas.OSMAND_QUERY, responses={200: None})
    def get(self, request: Request) -> Response:
        return self.post(request)

    @extend_schema(request=schemas.OSMAND_REQUEST, parameters=schemas.OSMAND_QUERY, responses={200: None})
    def post(self, request: Request) -> Response:
        query = {**request._request.POST.dict(), **request.query_params.dict()}
        message, unreadable = None, 0
        if request.content_type and "json" in request.content_type:
            message, unreadable = _json(_body(request))
        secret = query.get("id", query.get("deviceid")) or _device_id(message)
        recorder = _recorder(request, secret, RecorderApp.TRACCAR)
        now_ms = round(timezone.now().timestamp() * 1000)
        _take(recorder, [*traccar_fixes(message), *query_fixes(query, now_ms=now_ms)], unreadable)
        return Response(status=200)


def _recorder(request: Request, secret: str, app: str, username: str | None = None) -> Recorder:
    """Return the recorder that sends; raises `not_authenticated`, and `too_many_requests` to whoever asks too often."""
    recorder = recorder_known(secret=secret, app=app, username=username) if secret else None
    if recorder is None:
        strangers_must_be_few(request)
        raise problem("not_authenticated")
    messages_must_be_few(recorder.id)
    return recorder


def _take(recorder: Recorder, fixes: list[Fix], unreadable: int) -> None:
    fixes_hold(recorder=recorder, fixes=fixes, unreadable=unreadable, now=timezone.now())


def _basic(request: Request) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        username, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return username, secret


def _body(request: Request) -> bytes:
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.RECORDER_MAX_BODY_BYTES:
        raise problem("batch_too_large", max_mutations=1, max_bytes=settings.RECORDER_MAX_BODY_BYTES)
    body: bytes = request._request.body
    return body


def _json(body: bytes) -> tuple[Any, int]:
    """Return a message and 0, or nothing and 1 where it cannot be read. An empty body is a message of OwnTracks."""
    try:
        return (json.loads(body) if body.strip() else None), 0
    except (ValueError, RecursionError):
        return None, 1


def _device_id(message: Any) -> str:
    found = message.get("device_id") if isinstance(message, dict) else None
    return found if isinstance(found, str) else ""


def _row(recorder: Recorder) -> dict[str, Any]:
    return {
        "id": recorder.id,
        "app": recorder.app,
        "username": recorder.username,
        "created_at": wire_time(recorder.created_at),
        "last_seen_at": _time_or_none(recorder.last_seen_at),
        "dropped_count": recorder.dropped_count,
    }


def _time_or_none(instant: datetime | None) -> str | None:
    return None if instant is None else wire_time(instant)


def _pairing(request: Request, made: Pairing) -> dict[str, Any]:
    recorder, secret = made.recorder, made.secret
    if recorder.app == RecorderApp.OWNTRACKS:
        endpoint = request.build_absolute_uri("/api/v1/recorders/owntracks")
        link = owntracks_link(endpoint=endpoint, username=recorder.username, secret=secret)
    else:
        endpoint = request.build_absolute_uri("/api/v1/recorders/osmand")
        link = traccar_link(endpoint=endpoint, secret=secret)
    shown = {"id": recorder.id, "app": recorder.app, "username": recorder.username}
    return {**shown, "endpoint": endpoint, "secret": secret, "config_url": link}
