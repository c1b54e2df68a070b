"""SHELL: lets the phones of the story send their deeds through the same door as real ones."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import numpy
from django.conf import settings

from backend.accounts.models import Officer
from backend.common.canonical_json import payload_sha256
from backend.demo.chance import uuid7_at
from backend.demo.deeds import Deed
from backend.sync.push import receive_batch
from backend.sync.wire import BatchHeader

SENT_AFTER = timedelta(seconds=90)


class StoryRefused(Exception):
    """The server did not accept a record of the story: the story is wrong."""


@contextmanager
def figures_later() -> Iterator[None]:
    """Ask for no refresh of figures while the story is sent: all of it is aggregated once at the end."""
    before, settings.TASKS_AFTER_PUSH = settings.TASKS_AFTER_PUSH, []
    try:
        yield
    finally:
        settings.TASKS_AFTER_PUSH = before


def send_all(deeds: Iterable[Deed], *, every_days: int, rng: numpy.random.Generator) -> int:
    """Send the deeds of one station, every phone those of `every_days` days in one push; return how many.

    Sending the same deeds again changes nothing, so a story that was cut off can be told again from the start.
    Raises StoryRefused when a record is not accepted.
    """
    ordered = sorted(deeds, key=lambda deed: (*_push(deed, every_days), deed.recorded_at))
    officers = Officer.objects.select_related("unit").in_bulk({deed.person.officer_id for deed in ordered})
    made: dict[Any, int] = {}
    for (_, device_id), group in groupby(ordered, key=lambda deed: _push(deed, every_days)):
        batch = list(group)
        first_seq = made.get(device_id, 0) + 1
        made[device_id] = first_seq + len(batch) - 1
        _send(officers[batch[0].person.officer_id], batch, first_seq, rng)
    return len(ordered)


def _push(deed: Deed, every_days: int) -> tuple[int, UUID]:
    return deed.sent_on.toordinal() // every_days, deed.person.device_id


def _send(officer: Officer, deeds: list[Deed], first_seq: int, rng: numpy.random.Generator) -> None:
    # The phone's clock is right: what it calls the time of sending is when the server gets it.
    at = max(deed.recorded_at for deed in deeds).astimezone(UTC) + SENT_AFTER
    header = {
        "device": str(deeds[0].person.device_id),
        "app_version": settings.VERSION,
        "made_total": first_seq + len(deeds) - 1,
        "sent_at": _wire(at),
        "mutations": [_mutation(deed, first_seq + number, rng) for number, deed in enumerate(deeds)],
    }
    for outcome in receive_batch(officer=officer, batch=BatchHeader.model_validate(header), received_at=at):
        if outcome["outcome"] not in ("applied", "duplicate"):
            raise StoryRefused(f"{outcome['outcome']}: {outcome['problem']}")


def _mutation(deed: Deed, seq: int, rng: numpy.random.Generator) -> dict[str, Any]:
    return {
        "id": str(uuid7_at(deed.recorded_at, rng)),
        "seq": seq,
        "kind": deed.kind,
        "record_id": str(deed.record_id),
        "recorded_at": _wire(deed.recorded_at),
        "payload": deed.payload,
        "payload_sha256": payload_sha256(deed.payload),
    }


def _wire(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
