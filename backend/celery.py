"""SHELL: the Celery application; tasks live in the `tasks` module of each app and get ids only."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

app = Celery("xunfang")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def before_the_first_fork(**_: Any) -> None:
    """Have the compiled matching in memory: else each child loads it by itself, and makes its first night wait."""
    # Here: only a worker needs it, and it takes seconds.
    from patrol.warm_up import warm_up

    warm_up()
