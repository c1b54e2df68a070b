"""SHELL: the Celery application; tasks live in the `tasks` module of each app and get ids only."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

app = Celery("xunfang")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
