"""SHELL: decides what a file is, once: shown from then on, or kept where nobody is served from."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from backend.uploads import files
from backend.uploads.decoding import Readable, file_read
from backend.uploads.models import FileState, StoredFile, Upload


def file_decide(*, sha256: str, at: datetime) -> StoredFile:
    """Look into a file unless that was done, and return its row. May run twice at once: both find the same."""
    row = StoredFile.objects.get(sha256=sha256)
    source = files.raw(sha256)
    if row.state != FileState.WAITING:
        files.remove(source)  # the same content came again later
        return row
    if not source.exists():
        row.refresh_from_db()  # somebody else has just decided; or the file is lost, and then it stays waiting
        return row
    verdict = file_read(source)
    if isinstance(verdict, Readable):
        columns: dict[str, Any] = {"state": FileState.READY, **asdict(verdict)}
    else:
        columns = {"state": FileState.UNREADABLE, "problem_code": verdict.problem_code}
    StoredFile.objects.filter(sha256=sha256, state=FileState.WAITING).update(**columns, decided_at=at)
    row.refresh_from_db()
    _source_settle(row)
    return row


def _source_settle(row: StoredFile) -> None:
    # Only now: until the verdict is committed, what was sent is the only copy.
    source = files.raw(row.sha256)
    if row.state == FileState.READY:
        files.remove(source)
    elif source.exists():
        files.move(source, files.unreadable(row.sha256))


def files_forget() -> int:
    """Delete files that no upload stands for any more; return how many there were."""
    standing = Upload.objects.filter(completed_at__isnull=False).values("sha256")
    orphans = StoredFile.objects.exclude(sha256__in=standing).values_list("sha256", flat=True)
    return sum(_file_forget(sha256) for sha256 in list(orphans))


@transaction.atomic
def _file_forget(sha256: str) -> bool:
    row = StoredFile.objects.select_for_update(skip_locked=True).filter(sha256=sha256).first()
    # Asked again under the lock: the same content may have arrived once more since the list was made.
    if row is None or Upload.objects.filter(sha256=sha256, completed_at__isnull=False).exists():
        return False
    row.delete()
    files.remove(files.raw(sha256), files.unreadable(sha256))
    if row.stored_sha256 and not StoredFile.objects.filter(stored_sha256=row.stored_sha256).exists():
        files.remove(files.stored(row.stored_sha256), files.thumbnail(row.stored_sha256))
    return True
