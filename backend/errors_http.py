"""SHELL: the one place where a failure becomes an HTTP answer (RFC 9457, application/problem+json)."""

import uuid
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
    if found.code == "not_authenticated":
        response["WWW-Authenticate"] = "Session"
    if "retry_after_s" in found.details:
        response["Retry-After"] = str(found.details["retry_after_s"])
    return response


def as_problem(error: Exception) -> Problem:
    """Translate what Django, DRF and the database raise into the catalogue's words."""
    match error:
        case Problem():
            return error
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return problem("not_authenticated")
        case exceptions.PermissionDenied():
            return problem("csrf_failed", why=str(error.detail)) if "CSRF" in str(error.detail) else problem("not_allowed", roles="(none)")
        case PermissionDenied():
            return problem("not_allowed", roles="(none)")
        case exceptions.NotFound() | Http404():
            return problem("not_found")
        case exceptions.MethodNotAllowed():
            return problem("method_not_allowed", why=str(error.detail))
        case exceptions.NotAcceptable():
            return problem("not_acceptable", why=str(error.detail))
        case exceptions.UnsupportedMediaType():
            return problem("unsupported_media_type", why=str(error.detail))
        case exceptions.Throttled():
            return problem("too_many_requests", retry_after_s=int(error.wait or 1))
        case exceptions.ValidationError() | exceptions.ParseError():
            return problem("request_invalid", why="See errors.", errors=field_errors(error.detail))
        case OperationalError():
            return problem("service_unavailable")
        case _:
            return problem("internal_error", reference=uuid.uuid4().hex[:12])


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
    getattr(log, found.type.log_level)(
        found.code, detail=found.detail, exc_info=error if unexpected else None, **facts
    )


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
