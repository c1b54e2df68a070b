"""SHELL: what of attachments may be seen, by whom, and how far it is."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from backend.accounts.models import Officer
from backend.accounts.scope import in_scope, scoped
from backend.common.problems import problem
from backend.uploads.file_services import file_decide
from backend.uploads.models import FileState, StoredFile
from visits.attachment_services import record_unit
from visits.models import Attachment


def attachment_seen(*, officer: Officer, attachment_id: UUID) -> tuple[Attachment, StoredFile]:
    """Return an attachment in the officer's scope and its readable file.

    Raises `not_found` for a foreign one, `attachment_awaited` before its bytes are here, `attachment_preparing`, and
    what makes it unreadable. The scope is that of the record's unit now, else of the unit it was declared in.
    """
    attachment = Attachment.objects.select_related("unit").filter(id=attachment_id).first()
    if attachment is None or not in_scope(officer, (record_unit(attachment.record_id) or attachment.unit).path):
        raise problem("not_found")
    if attachment.stored_at is None:
        raise problem("attachment_awaited")
    file = file_decide(sha256=attachment.sha256, at=timezone.now())
    if file.state == FileState.UNREADABLE:
        raise unreadable_problem(file.problem_code)
    if file.state == FileState.WAITING:
        raise problem("attachment_preparing")
    return attachment, file


def unreadable_problem(code: str) -> Exception:
    """Return the problem of a file that could not be read."""
    return problem(code, max_bytes=8 * 1024 * 1024, max_mp=25)


def attachments_of(*, officer: Officer, record_id: UUID) -> dict[str, Any]:
    """Return how many files a record declares and how many are here, and each; nothing for a foreign record."""
    rows = Attachment.objects.filter(record_id=record_id).select_related("author").order_by("recorded_at", "id")
    unit = record_unit(record_id)
    visible = list(scoped(rows, officer) if unit is None else rows if in_scope(officer, unit.path) else rows.none())
    arrived = {row.id for row in visible if row.stored_at is not None}
    files = StoredFile.objects.in_bulk([row.sha256 for row in visible if row.id in arrived])
    return {
        "declared": len(visible),
        "stored": len(arrived),
        "results": [_row(row, files.get(row.sha256) if row.id in arrived else None) for row in visible],
    }


def _row(row: Attachment, file: StoredFile | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "media_type": file.media_type if file and file.media_type else row.media_type,
        "size_bytes": row.size_bytes,
        "author_name": row.author.name,
        "recorded_at": row.recorded_at,
        # awaited: announced, not here; waiting: here, not looked into yet.
        "state": "awaited" if file is None else file.state,
        "problem": file.problem_code or None if file else None,
        "width_px": file.width_px if file else None,
        "height_px": file.height_px if file else None,
    }
