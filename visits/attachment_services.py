"""SHELL: what writes attachments down: declared with their record, marked when their bytes have arrived."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from backend.accounts.models import Unit
from backend.common.outcomes import Applied, Change, MutationContext, applied
from backend.common.problems import problem
from patrol.models import Observation
from visits.models import Attachment, Dispute, DisputeEvent, Visit
from visits.payloads import AttachmentDeclare

# What a photo can be of. An id is looked for in all of them: a phone says only which record it belongs to.
_RECORDS: tuple[Any, ...] = (Visit, Dispute, DisputeEvent, Observation)


def attachment_declare(*, context: MutationContext, payload: AttachmentDeclare) -> Applied:
    """Store what will arrive for a record. The record may be missing still: it can be held by a lead.

    Then the attachment lies with the officer's unit, and is shown to whoever may see the record once it is there.
    """
    unit = record_unit(payload.record)
    if unit is not None and not unit.path.startswith(context.unit_path):
        raise problem("record_of_another_unit")
    columns = context.record_columns() | ({} if unit is None else {"unit_id": unit.id})
    attachment = Attachment.objects.create(
        **columns,
        record_id=payload.record,
        kind=payload.kind,
        media_type=payload.media_type,
        sha256=payload.sha256,
        size_bytes=payload.size_bytes,
    )
    return applied([Change(attachment.unit_id, "attachment", attachment.id, 1), *_visits_told([payload.record])])


def attachments_stored(*, ids: Iterable[UUID], at: datetime) -> list[Change]:
    """Mark attachments whose bytes have arrived; return what the feed must say. Marking twice changes nothing."""
    waiting = Attachment.objects.select_for_update().filter(id__in=list(ids), stored_at=None).order_by("id")
    rows = list(waiting.values_list("id", "unit_id", "version", "record_id"))
    Attachment.objects.filter(id__in=[row[0] for row in rows]).update(stored_at=at, version=F("version") + 1)
    changes = [Change(unit_id, "attachment", attachment_id, version + 1) for attachment_id, unit_id, version, _ in rows]
    return [*changes, *_visits_told(row[3] for row in rows)]


def _visits_told(record_ids: Iterable[UUID]) -> list[Change]:
    """Give the visits among these records their next version: what phones show of one ("2 of 3 photos") has changed."""
    visits = Visit.objects.select_for_update().filter(id__in=set(record_ids)).order_by("id")
    rows = list(visits.values_list("id", "unit_id", "version"))
    if rows:
        Visit.objects.filter(id__in=[row[0] for row in rows]).update(version=F("version") + 1)
    return [Change(unit_id, "visit", visit_id, version + 1) for visit_id, unit_id, version in rows]


def record_unit(record_id: UUID) -> Unit | None:
    """Return the unit to which a visit, dispute, step or observation belongs now; None for an unknown record."""
    for model in _RECORDS:
        row = model.objects.select_related("unit").only("unit").filter(id=record_id).first()
        if row is not None:
            unit: Unit = row.unit
            return unit
    return None


def attachment_records(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return attachments as the pull sends them, by id: what was announced, and whether it is here."""
    rows: Iterable[Any] = Attachment.objects.filter(id__in=list(ids)).values(
        "id", "record_id", "kind", "media_type", "sha256", "size_bytes", "author", "stored_at", "version", "unit_id"
    )
    return {
        row["id"]: {"record": row.pop("record_id"), "stored": row.pop("stored_at") is not None, **row} for row in rows
    }
