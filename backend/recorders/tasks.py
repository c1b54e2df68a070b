"""SHELL: what recorder apps' positions wait for."""

from celery import shared_task
from django.utils import timezone

from backend.recorders.services import fixes_join_all


@shared_task(name="recorders.join_fixes")
def join_fixes() -> int:
    """Let held positions join the outings that have come; return how many did. May run twice."""
    return fixes_join_all(now=timezone.now())
