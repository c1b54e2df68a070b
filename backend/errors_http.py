"""SHELL: the one place where a failure becomes an HTTP answer (RFC 9457, application/problem+json)."""

import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from backend.common.problems import FieldError, Problem, problem

log = structlog.get_logger()
MEDIA_TYPE = "application/problem+json"


def problem_response(error: Exception, context: dict[str, Any]) -> Response:
    """Return the answer for any exception of an API view; DRF's `EXCEPTION_HANDLER`."""
    found = as_problem(error)
    write_log(found, error, path=context["request"].path)
    response = Response(found.as_json(), status=found.type.status, content_type=MEDIA_TYPE)
    if found.type.status == 401:  # RFC 9110 wants a challenge with every one of them
        response["WWW-Authenticate"] = "Session"
    if "retry_after_s" in found.details:
        response["Retry-After"] = str(found.details["retry_after_s"])
    return response


def as_problem(error: Exception) -> Problem:
    """Translate what Django, DRF and the database raise into the catalogue's words."""
    if isinstance(error, Problem):
        return error
    for types, translate in _TRANSLATIONS:
        if isinstance(error, types):
            return translate(error)
    return problem("internal_error", reference=uuid.uuid4().hex[:12])


def _saying_why(code: str) -> Callable[[Any], Problem]:
    return lambda error: problem(code, why=str(error.detail))


def _permission_denied(error: Any) -> Problem:
    if "CSRF" in str(error):
        return problem("csrf_failed", why=str(error))
    return problem("not_allowed", roles="(none)")


_TRANSLATIONS: tuple[tuple[tuple[type[Exception], ...], Callable[[Any], Problem]], ...] = (
    ((exceptions.NotAuthenticated, exceptions.AuthenticationFailed), lambda error: problem("not_authenticated")),
    ((exceptions.PermissionDenied, PermissionDenied), _permission_denied),
    ((exceptions.NotFound, Http404), lambda error: problem("not_found")),
    ((exceptions.MethodNotAllowed,), _saying_why("method_not_allowed")),
    ((exceptions.NotAcceptable,), _saying_why("not_acceptable")),
    ((exceptions.UnsupportedMediaType,), _saying_why("unsupported_media_type")),
    ((exceptions.Throttled,), lambda error: problem("too_many_requests", retry_after_s=int(error.wait or 1))),
    (
        (exceptions.ValidationError, exceptions.ParseError),
        lambda error: problem("request_invalid", why="See errors.", errors=field_errors(error.detail)),
    ),
    ((OperationalError,), lambda error: problem("service_unavailable")),
)


def field_errors(detail: Any, path: str = "") -> list[FieldError]:
    """Flatten DRF's nested error details into one list of fields."""
    if isinstance(detail, dict):
        return [e for key, value in detail.items() for e in field_errors(value, f"{path}.{key}".lstrip("."))]
    if isinstance(detail, list):
        return [e for value in detail for e in field_errors(value, path)]
    return [FieldError(path, getattr(detail, "code", "invalid"), str(detail))]


def write_log(found: Problem, error: Exception, **facts: Any) -> None:
    """Log a failure at the level its catalogue entry names; unexpected ones with their traceback."""
    unexpected = found.type.status >= 500
    getattr(log, found.type.log_level)(found.code, detail=found.detail, exc_info=error if unexpected else None, **facts)


def plain_problem(code: str, **details: Any) -> JsonResponse:
    """Return a problem from a plain Django view."""
    found = problem(code, **details)
    return JsonResponse(found.as_json(), status=found.type.status, content_type=MEDIA_TYPE)


def not_found_view(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Django's handler404: no route, or a plain view that found nothing."""
    return plain_problem("not_found")


def server_error_view(request: HttpRequest) -> JsonResponse:
    """Django's handler500."""
    return plain_problem("internal_error", reference=uuid.uuid4().hex[:12])
