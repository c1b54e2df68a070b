"""SHELL: the devices that a lead answers for, with what each has made and what of it has come."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from backend.accounts.models import Device, Officer
from backend.accounts.scope import scoped
from backend.sync.models import Mutation
from backend.sync.wire import wire_time

CONTACT_AFTER = timedelta(minutes=5)


def device_seen(device: Device | None, *, now: datetime) -> None:
    """Write down that a device asked for something; within five minutes of the last time nothing is written."""
    if device is not None and (device.last_contact_at is None or now - device.last_contact_at > CONTACT_AFTER):
        Device.objects.filter(pk=device.pk).update(last_contact_at=now)


def devices_in_scope(lead: Officer) -> QuerySet[Device]:
    """Return the devices of the lead's unit and below, in the order of their units and officers."""
    order = ("unit__path", "officer__badge_number", "enrolled_at", "id")
    return scoped(Device.objects.select_related("unit", "officer"), lead).order_by(*order)


def device_rows(devices: Iterable[Device]) -> list[dict[str, Any]]:
    """Return one row a device. What has come counts whatever became of it."""
    found = list(devices)
    held = Mutation.objects.filter(device__in=[device.id for device in found], outcome="quarantined")
    quarantined = dict(held.order_by().values_list("device").annotate(Count("id")))
    return [_row(device, quarantined.get(device.id, 0)) for device in found]


def _row(device: Device, quarantined: int) -> dict[str, Any]:
    officer = device.officer
    return {
        "id": device.id,
        "officer": {"id": officer.id, "name": officer.name, "badge_number": officer.badge_number},
        "unit": {"code": device.unit.code, "name": device.unit.name},
        "app_version": device.app_version,
        "enrolled_at": wire_time(device.enrolled_at),
        "last_contact_at": None if device.last_contact_at is None else wire_time(device.last_contact_at),
        "made_total": device.made_total,
        "received_total": device.received_total,
        # More can have come than was announced: a batch on its way was counted before the next was made.
        "waiting_total": max(device.made_total - device.received_total, 0),
        "quarantined_total": quarantined,
        "has_key": bool(device.public_key),
        "revoked_at": None if device.revoked_at is None else wire_time(device.revoked_at),
        "revoked_reason": device.revoked_reason,
    }
