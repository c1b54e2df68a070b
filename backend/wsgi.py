"""SHELL: the WSGI entry point (`gunicorn backend.wsgi:application`)."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from backend import env

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
# How long a client may say and take nothing. Without it a phone that vanishes in the middle of a push holds one of the
# web server's threads for ever, and sixteen of them hold the server.
SILENCE_S = env.read_int("XUNFANG_SILENCE_S", default=60)
_django = get_wsgi_application()
# Django imports the routes, and with them every view, at the first request: seconds of one core. gunicorn --preload
# forks its workers from here, so that a worker which takes the place of a killed one answers at once.
get_resolver().url_patterns  # noqa: B018 - read for what it does


def application(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
    """Answer one request, on a connection that may not be silent for longer than SILENCE_S."""
    connection = environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(SILENCE_S)
    return _django(environ, start_response)
