"""SHELL: what writes uploads down. Under the upload's row lock bytes are on disk before the offset promises them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from celery import current_app
from django.db import transaction

from backend.accounts.authority import Authority
from backend.common.problems import problem
from backend.sync.feed import feed_append
from backend.uploads import files
from backend.uploads.models import StoredFile, Upload
from backend.uploads.tus_headers import Announcement
from visits.attachment_services import attachments_stored
from visits.models import Attachment

# A phone may lie in a drawer over a holiday; what has come so far waits for it.
UNFINISHED_KEPT = timedelta(days=7)
# A whole file whose record never came: the record may be with a lead for weeks.
UNDECLARED_KEPT = timedelta(days=30)


def upload_create(*, authority: Authority, announced: Announcement, at: datetime) -> Upload:
    """Make room for a file. Raises `upload_not_as_declared` where its record says something else."""
    declared = Attachment.objects.filter(id=announced.attachment).first()
    if declared is not None and (declared.sha256, declared.size_bytes, declared.author_id) != (
        announced.sha256,
        announced.size_bytes,
        authority.officer.id,
    ):
        raise problem("upload_not_as_declared", id=announced.attachment)
    return Upload.objects.create(
        officer=authority.officer,
        unit=authority.unit,
        device=authority.device,
        attachment_ref=announced.attachment,
        sha256=announced.sha256,
        size_bytes=announced.size_bytes,
        refusal=authority.refusal.code if authority.refusal else "",
        created_at=at,
        expires_at=at + UNFINISHED_KEPT,
    )


@transaction.atomic
def turn_take(*, upload_id: UUID, offset: int) -> Upload:
    """Give the writing of an upload to this connection. Raises `upload_offset_wrong` when it stands elsewhere.

    A connection that lost its phone can hang here for a minute; the phone's next one must not wait for it. So the last
    to come writes, and whoever wrote before finds out at the next piece.
    """
    upload = _locked(upload_id)
    if upload.received_bytes != offset:
        raise problem("upload_offset_wrong", received_bytes=upload.received_bytes)
    upload.turn += 1
    upload.save(update_fields=["turn"])
    return upload


@transaction.atomic
def piece_store(*, upload: Upload, piece: bytes, at: datetime) -> Upload:
    """Append a piece and return the upload as it is now; with the last byte the file is checked and kept.

    Raises `upload_taken_over` when another connection has the turn. An upload that is back at 0 was not what it
    announced.
    """
    current = _locked(upload.id)
    if current.turn != upload.turn:
        raise problem("upload_taken_over")
    files.piece_write(current.id, current.received_bytes, piece)
    current.received_bytes += len(piece)
    current.expires_at = at + UNFINISHED_KEPT
    if current.received_bytes == current.size_bytes:
        _complete(current, at)
    current.save()
    return current


@transaction.atomic
def upload_rewind(*, upload: Upload, offset: int) -> None:
    """Forget what one connection sent, because it was altered on its way; nothing when it has lost its turn."""
    Upload.objects.filter(id=upload.id, turn=upload.turn, completed_at=None).update(received_bytes=offset)


@transaction.atomic
def upload_end(*, upload_id: UUID) -> None:
    """End an upload at its owner's wish. Raises `upload_finished` for a whole one: it is evidence now."""
    upload = _locked(upload_id)
    if upload.completed_at is not None:
        raise problem("upload_finished")
    upload.delete()
    transaction.on_commit(lambda: files.remove(files.arriving(upload_id)), robust=True)


@transaction.atomic
def uploads_link(*, uploads: Sequence[Upload], at: datetime) -> int:
    """Tell the records of whole uploads that their files are here; return how many attachments were told.

    A file belongs to an attachment of the same officer with the same hash: knowing a hash gives nobody a file.
    """
    by_ref = {(upload.attachment_ref, upload.officer_id, upload.sha256): upload for upload in uploads}
    declared = Attachment.objects.filter(id__in=[ref for ref, _, _ in by_ref])
    found = {row.id: by_ref[key] for row in declared if (key := (row.id, row.author_id, row.sha256)) in by_ref}
    Upload.objects.filter(id__in=[upload.id for upload in found.values()]).update(linked_at=at)
    for upload in found.values():
        upload.linked_at = at
    feed_append(attachments_stored(ids=found, at=at))
    return len(found)


@transaction.atomic
def uploads_purge(*, at: datetime) -> int:
    """Delete uploads that stopped half-way and whole ones whose record never came; return how many there were."""
    ended = Upload.objects.select_for_update(skip_locked=True).filter(expires_at__lt=at, linked_at=None)
    ids = list(ended.values_list("id", flat=True))
    Upload.objects.filter(id__in=ids).delete()
    transaction.on_commit(lambda: files.remove(*(files.arriving(upload_id) for upload_id in ids)), robust=True)
    return len(ids)


def _complete(upload: Upload, at: datetime) -> None:
    """Keep a whole file under its hash, or send the upload back to 0 where the hash is not the announced one."""
    if files.sha256_of(files.arriving(upload.id)) != upload.sha256:
        upload.received_bytes = 0
        return
    row = StoredFile(sha256=upload.sha256, size_bytes=upload.size_bytes, received_at=at)
    # "Update" rather than "nothing": the row is then locked to the end, and the purge cannot take it from under us.
    StoredFile.objects.bulk_create([row], update_conflicts=True, unique_fields=["sha256"], update_fields=["size_bytes"])
    files.arrived_keep(upload.id, upload.sha256)
    upload.completed_at, upload.expires_at = at, at + UNDECLARED_KEPT
    uploads_link(uploads=[upload], at=at)
    transaction.on_commit(lambda: _after_arrival(upload.id, upload.sha256), robust=True)


def _after_arrival(upload_id: UUID, sha256: str) -> None:
    files.remove(files.arriving(upload_id))
    # A broker that is down does not undo an arrival: the sweep and the first look at the picture catch up.
    current_app.send_task("uploads.read_file", args=[sha256], retry=False)


def _locked(upload_id: UUID) -> Upload:
    upload = Upload.objects.select_for_update().filter(id=upload_id).first()
    if upload is None:
        raise problem("not_found")
    return upload
