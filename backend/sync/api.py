"""SHELL: the addresses of sync: who am I, push, pull."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authority import Authority, authority_over, device_of, reading_officer, upload_authority
from backend.accounts.permissions import FIELD_WORK, SIGNED_IN, UPLOAD, signed_in_officer
from backend.accounts.signatures import content_digest_must_match
from backend.common.problems import problem
from backend.sync import schemas, store
from backend.sync.devices import device_seen
from backend.sync.profile import profile
from backend.sync.pull import MAX_CHANGES, changes_after
from backend.sync.push import receive_batch
from backend.sync.wire import BatchHeader, inflate, read_batch, wire_time


class RawParser(BaseParser):
    """Leaves the body alone: what cannot be parsed must still be there to be kept."""

    media_type = "*/*"

    def parse(self, stream: object, media_type: str | None = None, parser_context: object = None) -> dict[str, Any]:
        return {}


class MeView(APIView):
    """Who is signed in, in which unit, and what a device needs before anything else."""

    policy = SIGNED_IN

    @extend_schema(responses=schemas.ME)
    def get(self, request: Request) -> Response:
        return Response(profile(signed_in_officer(request), now=timezone.now()))


class PushView(APIView):
    """Takes a batch of mutations and answers one outcome for each."""

    policy = UPLOAD
    parser_classes = (RawParser,)
    checks_content_digest = True  # the body is read here, within its limit

    @extend_schema(request=schemas.PUSH_REQUEST, responses=schemas.PUSH_RESPONSE)
    def post(self, request: Request) -> Response:
        authority = upload_authority(request)
        batch = _batch_of(request, authority)
        sender = authority_over(authority, batch.device)
        outcomes = receive_batch(
            officer=sender.officer,
            unit=sender.unit,
            batch=batch,
            received_at=timezone.now(),
            refusal=sender.refusal,
        )
        return Response({"server_time": wire_time(timezone.now()), "outcomes": outcomes})


class PullView(APIView):
    """Gives the changes after a cursor."""

    policy = FIELD_WORK

    @extend_schema(
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("limit", int)], responses=schemas.PULL_RESPONSE
    )
    def get(self, request: Request) -> Response:
        limit = request.query_params.get("limit", str(MAX_CHANGES))
        if not limit.isdecimal() or not 1 <= int(limit) <= MAX_CHANGES:
            raise problem("request_invalid", why=f"limit must be a number from 1 to {MAX_CHANGES}.")
        cursor_text = request.query_params.get("cursor")
        officer = reading_officer(request)
        device_seen(device_of(request), now=timezone.now())
        return Response(changes_after(officer=officer, cursor_text=cursor_text, limit=int(limit)))


def _batch_of(request: Request, authority: Authority) -> BatchHeader:
    """Return the batch in a request's body; a body that cannot be read is kept and answered `malformed_body`."""
    body = plain_body(request, authority)
    try:
        batch = read_batch(body)
    except ValueError as error:
        raise kept_as_malformed(request, authority, body, str(error)) from error
    if len(batch.mutations) > settings.SYNC_MAX_MUTATIONS:
        raise too_large()
    return batch


def plain_body(request: Request, authority: Authority) -> bytes:
    """Return the body as it was before compression, its digest checked. Raises `batch_too_large`, `malformed_body`."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.SYNC_MAX_BODY_BYTES:
        raise too_large()
    sent = _sent_body(request)
    content_digest_must_match(request._request, sent)
    if request.headers.get("Content-Encoding", "").lower() != "gzip":
        return sent
    try:
        body = inflate(sent, max_bytes=settings.SYNC_MAX_BODY_BYTES)
    except ValueError as error:
        raise kept_as_malformed(request, authority, sent, str(error)) from error
    if body is None:
        raise too_large()
    return body


def _sent_body(request: Request) -> bytes:
    if "chunked" not in request.headers.get("Transfer-Encoding", "").lower():
        sent: bytes = request._request.body
        return sent
    # Django reads nothing without a Content-Length; a proxy that re-chunks would make every push look empty.
    streamed: bytes = request.META["wsgi.input"].read(settings.SYNC_MAX_BODY_BYTES + 1)
    if len(streamed) > settings.SYNC_MAX_BODY_BYTES:
        raise too_large()
    return streamed


def kept_as_malformed(request: Request, authority: Authority, body: bytes, why: str) -> Exception:
    """Keep a body that cannot be read, byte for byte; return the failure to raise."""
    intake = store.body_store(
        body,
        officer=authority.officer,
        at=timezone.now(),
        content_type=request.headers.get("Content-Type", "")[:120],
        why=why,
    )
    return problem("malformed_body", why=why, intake=intake)


def too_large() -> Exception:
    """Return the failure of a batch beyond the limits."""
    return problem("batch_too_large", max_mutations=settings.SYNC_MAX_MUTATIONS, max_bytes=settings.SYNC_MAX_BODY_BYTES)
