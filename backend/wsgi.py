"""SHELL: the WSGI entry point (`gunicorn backend.wsgi:application`)."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
application = get_wsgi_application()
# Django imports the routes, and with them every view, at the first request: seconds of one core. gunicorn --preload
# forks its workers from here, so that a worker which takes the place of a killed one answers at once.
get_resolver().url_patterns  # noqa: B018 - read for what it does
