"""SHELL: the address at which an officer of an outing adds a track file to it."""

from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authority import reading_officer
from backend.accounts.models import Officer, Role
from backend.accounts.permissions import FIELD_WORK
from backend.accounts.scope import scoped
from backend.accounts.signatures import content_digest_must_match
from backend.common.problems import Problem, problem
from backend.recorders import schemas
from backend.recorders.track_files import track_file_add
from backend.sync.api import RawParser
from backend.sync.wire import inflate
from patrol.models import Patrol


class TrackFilesView(APIView):
    """Takes a GPX file, plain or as gzip, into an outing that has ended."""

    policy = FIELD_WORK
    parser_classes = (RawParser,)
    checks_content_digest = True  # the body is read here, within its limit

    @extend_schema(request=schemas.TRACK_FILE_REQUEST, responses=schemas.TRACK_FILE_RESPONSE)
    def post(self, request: Request, outing_id: UUID) -> Response:
        officer = reading_officer(request)
        outing = _outing_for(officer, outing_id)
        made = track_file_add(outing=outing, officer=officer, content=_content(request), now=timezone.now())
        return Response({name: getattr(made, name) for name in schemas.TRACK_FILE_COUNTS})


def _outing_for(officer: Officer, outing_id: UUID) -> Patrol:
    """Return an outing to whose track the officer may add: the own one, or as a lead one of the unit."""
    outing = scoped(Patrol.objects.all(), officer).filter(id=outing_id).first()
    if outing is None:
        raise Http404
    if not officer.has_role(Role.LEAD) and not outing.officers.filter(id=officer.id).exists():
        raise problem("not_allowed", roles="officer of this outing, lead")
    return outing


def _content(request: Request) -> bytes:
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.TRACK_FILE_MAX_BODY_BYTES:
        raise _too_large(settings.TRACK_FILE_MAX_BODY_BYTES)
    sent: bytes = request._request.body
    content_digest_must_match(request._request, sent)
    if request.headers.get("Content-Encoding", "").lower() != "gzip":
        return sent
    try:
        plain = inflate(sent, max_bytes=settings.TRACK_FILE_MAX_BYTES)
    except ValueError as error:
        raise problem("track_file_unreadable", why=str(error)) from error
    if plain is None:
        raise _too_large(settings.TRACK_FILE_MAX_BYTES)
    return plain


def _too_large(max_bytes: int) -> Problem:
    return problem("track_file_too_large", why=f"at most {max_bytes} bytes can come")
