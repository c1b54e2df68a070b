"""SHELL: what happens to uploads by itself: looking into files, linking late records, clearing away."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from backend.uploads.file_services import file_decide, files_forget
from backend.uploads.models import FileState, StoredFile, Upload
from backend.uploads.services import uploads_link, uploads_purge

SWEEP_MOST = 200


@shared_task(name="uploads.read_file")
def read_file(sha256: str) -> str:
    """Decide one file; return what it became."""
    return file_decide(sha256=sha256, at=timezone.now()).state


@shared_task(name="uploads.sweep")
def sweep() -> dict[str, int]:
    """Link whole uploads whose record came after them, and look into files whose task was lost."""
    now = timezone.now()
    unlinked = Upload.objects.filter(completed_at__isnull=False, linked_at=None).order_by("completed_at")[:SWEEP_MOST]
    linked = uploads_link(uploads=list(unlinked), at=now)
    forgotten = StoredFile.objects.filter(state=FileState.WAITING, received_at__lt=now - timedelta(minutes=2))
    waiting = list(forgotten.order_by("received_at").values_list("sha256", flat=True)[:SWEEP_MOST])
    for sha256 in waiting:
        file_decide(sha256=sha256, at=now)
    return {"linked": linked, "decided": len(waiting)}


@shared_task(name="uploads.purge")
def purge() -> dict[str, int]:
    """Delete uploads past their end, and the files that nobody stands for any more."""
    return {"uploads": uploads_purge(at=timezone.now()), "files": files_forget()}
