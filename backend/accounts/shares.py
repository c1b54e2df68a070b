"""SHELL: the server's part of the key by which a PIN opens a phone.

Six digits are tried through in hours by whoever has a copy of the phone's disk. With a share of 32 random bytes that
only an enrolled device of a signed-in officer is told, the copy alone is worth nothing once the phone has forgotten it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from backend.accounts.models import Device, DeviceShare
from backend.common.problems import problem

SHARE_BYTES = 32
ASKED = 20
ASKED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Share:
    """A share as the phone is told it; the id says whether it is still the one that the PIN was set up with."""

    id: str
    secret: bytes


@transaction.atomic
def share_of(device: Device, *, now: datetime) -> Share:
    """Return the device's share, made at the first question. Raises `too_many_requests`."""
    first = {"secret": secrets.token_bytes(SHARE_BYTES), "made_at": now, "counted_from": now}
    DeviceShare.objects.get_or_create(device=device, defaults=first)
    # Locked: of many questions at once each is counted.
    kept = DeviceShare.objects.select_for_update().get(device=device)
    if now - kept.counted_from >= ASKED_WITHIN:
        kept.counted_from, kept.asked = now, 0
    if kept.asked >= ASKED:
        wait = kept.counted_from + ASKED_WITHIN - now
        raise problem("too_many_requests", retry_after_s=int(wait.total_seconds()) + 1)
    kept.asked += 1
    kept.save(update_fields=["counted_from", "asked"])
    return Share(id=str(int(kept.made_at.timestamp() * 1000)), secret=bytes(kept.secret))
