"""SHELL: the product's Celery application whose worker has the compiled matching in memory before it forks.

A child that is killed is forked anew, and loading compiled code for each of a thousand deaths is no part of the test.
"""

from typing import Any

from celery.signals import worker_init

from backend.celery import app
from patrol import warm_up

__all__ = ["app"]


@worker_init.connect
def before_the_first_fork(**_: Any) -> None:
    warm_up.warm_up()
