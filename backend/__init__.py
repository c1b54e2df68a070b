"""The Django project: the only place where everything meets."""

from backend.celery import app as celery_app

__all__ = ["celery_app"]
