"""SHELL: what recorded positions wait for: their outing, and the end of their retention."""

from celery import shared_task
from django.utils import timezone

from backend.recorders.services import fixes_join_all
from backend.recorders.track_files import track_files_judge_waiting
from patrol.retention import raw_tracks_drop


@shared_task(name="recorders.join_fixes")
def join_fixes() -> int:
    """Let held positions join the outings that have come; return how many did. May run twice."""
    joined = fixes_join_all(now=timezone.now())
    track_files_judge_waiting(now=timezone.now())
    return joined


@shared_task(name="recorders.drop_raw_tracks")
def drop_raw_tracks() -> int:
    """Drop the readings whose retention has ended; return of how many legs. May run twice."""
    return raw_tracks_drop(now=timezone.now()).legs
