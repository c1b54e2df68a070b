"""SHELL: takes records that a phone sealed to this server before its lock closed: it cannot read them itself any more.

What comes out of the seals is what `POST /api/v1/sync/push` would have carried, with the same ids and hashes, and goes
the same way: a record that was sent openly meanwhile is a duplicate, one without a live session goes to quarantine.
"""

import json
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authority import Authority, authority_over, upload_authority
from backend.accounts.permissions import UPLOAD
from backend.common.payloads import storable
from backend.common.problems import problem
from backend.common.sealing import Unsealable, unseal
from backend.sync import schemas_sealed as schemas
from backend.sync.api import RawParser, kept_as_malformed, plain_body, too_large
from backend.sync.push import receive_batch
from backend.sync.wire import BatchHeader, Instant, wire_time

OUTBOX = b"xunfang/outbox/1"


class SealedMutation(BaseModel):
    """One record, sealed for its device and id; its number is outside, because it is given after the sealing."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: UUID
    seq: int = Field(ge=0, le=2**62)
    sealed: Annotated[str, Field(max_length=1_500_000)]


class SealedBatch(BaseModel):
    """What a push says of itself, with sealed mutations."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    device: UUID
    app_version: Annotated[str, Field(max_length=32), AfterValidator(storable)] = ""
    made_total: int = Field(default=0, ge=0, le=2**31 - 1)
    sent_at: Instant
    mutations: list[SealedMutation]


class SealedView(APIView):
    """Takes a batch of sealed mutations and answers one outcome for each, as a push does."""

    policy = UPLOAD
    parser_classes = (RawParser,)
    checks_content_digest = True  # the body is read here, within its limit

    @extend_schema(request=schemas.SEALED_REQUEST, responses=schemas.SEALED_RESPONSE)
    def post(self, request: Request) -> Response:
        authority = upload_authority(request)
        batch = _batch_of(request, authority)
        # A session alone proves no device, and the seals name one.
        if authority.device is None:
            raise problem("signature_required")
        sender = authority_over(authority, batch.device)
        outcomes = receive_batch(
            officer=sender.officer,
            unit=sender.unit,
            batch=_opened(batch),
            received_at=timezone.now(),
            refusal=sender.refusal,
        )
        return Response({"server_time": wire_time(timezone.now()), "outcomes": outcomes})


def _batch_of(request: Request, authority: Authority) -> SealedBatch:
    body = plain_body(request, authority)
    try:
        batch = SealedBatch.model_validate_json(body)
    except ValidationError as error:
        raise kept_as_malformed(request, authority, body, f"not a batch of sealed records: {error}") from error
    if len(batch.mutations) > settings.SYNC_MAX_MUTATIONS:
        raise too_large()
    return batch


def _opened(batch: SealedBatch) -> BatchHeader:
    mutations = [_mutation(batch.device, one) for one in batch.mutations]
    facts = batch.model_dump(include={"device", "app_version", "made_total", "sent_at"})
    return BatchHeader.model_construct(**facts, mutations=mutations)


def _mutation(device: UUID, one: SealedMutation) -> Any:
    """Return the mutation; a seal that does not open stays as it came and is kept as unreadable."""
    as_it_came = {"id": str(one.id), "sealed": one.sealed}
    try:
        content = json.loads(unseal(one.sealed.encode(), info=OUTBOX, aad=f"{device}/{one.id}".encode()))
    except (Unsealable, ValueError):
        return as_it_came
    return {**content, "seq": one.seq} if isinstance(content, dict) else as_it_came
