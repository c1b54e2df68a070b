"""SHELL: the rows that mutations work on: locked in one order before judging, asked whose they are afterwards."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from backend.sync.wire import Envelope
from geo.models import Premises
from patrol.models import Leg, Patrol
from visits.models import Dispute, Visit

# Payload field → the table its id points into. The order of the tables is the order in which they are locked.
_TARGETS: tuple[tuple[str, Any], ...] = (
    ("premises", Premises),
    ("patrol", Patrol),
    ("dispute", Dispute),
    ("corrects", Visit),
)


def targets_lock(envelopes: Iterable[Envelope]) -> None:
    """Lock every row that these mutations will work on, table by table and by id.

    Two batches over the same doors in opposite order would otherwise wait for each other until PostgreSQL kills one.
    """
    listed = list(envelopes)
    for field, model in _TARGETS:
        ids = {found for envelope in listed if (found := _id_in(envelope, field)) is not None}
        if model is Premises:
            corrected = {found for envelope in listed if (found := _id_in(envelope, "corrects")) is not None}
            doors = Visit.objects.filter(id__in=corrected).values_list("premises_id", flat=True)
            ids |= set(doors) if corrected else set()
        if model is Patrol:
            legs = {found for envelope in listed if (found := _id_in(envelope, "leg")) is not None}
            ids |= set(Leg.objects.filter(id__in=legs).values_list("patrol_id", flat=True)) if legs else set()
        if ids:
            list(model.objects.filter(pk__in=ids).order_by("pk").select_for_update().values_list("pk", flat=True))


def unit_answering(envelope: Envelope) -> UUID | None:
    """Return the unit that the mutation's target belongs to: its lead decides when another unit's officer sent it."""
    # A photo belongs to a visit or a dispute; which of them, only the id says.
    for field, model in (*_TARGETS, ("leg", Leg), ("record", Visit), ("record", Dispute)):
        target_id = _id_in(envelope, field)
        if target_id is not None:
            unit_id: UUID | None = model.objects.filter(pk=target_id).values_list("unit_id", flat=True).first()
            if unit_id is not None:
                return unit_id
    return None


def _id_in(envelope: Envelope, field: str) -> UUID | None:
    """Return the id in a field of a payload that nobody has validated yet."""
    value = envelope.payload.get(field)
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
