"""SHELL: lets devices in by a lead's one-time code, and locks them out again."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from backend.accounts.enrolment_request import EnrolmentRequest
from backend.accounts.models import Device, EnrolmentCode, EnrolmentFailure, Officer, Unit
from backend.accounts.scope import working_unit
from backend.common.problems import Problem, problem

CODE_LIVES = timedelta(minutes=10)
# 32 characters that nobody confuses, eight of them: 40 bit, guessed five times in ten minutes at most.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
FAILURES = 5
FAILURES_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Enrolment:
    """The device as it is known now, and whether this request made it known or gave it its key."""

    device: Device
    is_new: bool


def code_make(*, lead: Officer, now: datetime) -> tuple[str, datetime]:
    """Return a new code for the lead's unit, as it is shown, and when it ends."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    expires_at = now + CODE_LIVES
    EnrolmentCode.objects.create(
        code_hash=_code_hash(letters), unit=_unit_of(lead), made_by=lead, made_at=now, expires_at=expires_at
    )
    return f"{letters[:4]}-{letters[4:]}", expires_at


def device_enrol(*, officer: Officer, asked: EnrolmentRequest, now: datetime) -> Enrolment:
    """Enrol a device for an officer, in the unit the officer works with now; the same key again changes nothing else.

    The request was signed with the key it brings. Raises `device_revoked`, `device_key_known`,
    `enrolment_code_needed`, `enrolment_code_invalid`, `too_many_requests`.
    """
    with transaction.atomic():
        # One enrolment of an officer at a time: else many guesses at once would each see fewer than five failures.
        Officer.objects.select_for_update(no_key=True).get(pk=officer.pk)
        try:
            with transaction.atomic():
                return _enrol(officer, asked, now)
        except Problem as found:
            if found.code != "enrolment_code_invalid":
                raise
            refused = found
            EnrolmentFailure.objects.filter(failed_at__lte=now - FAILURES_WITHIN).delete()
            EnrolmentFailure.objects.create(officer=officer, failed_at=now)
    raise refused  # outside: the failure has to stay written down


def _enrol(officer: Officer, asked: EnrolmentRequest, now: datetime) -> Enrolment:
    unit = _unit_of(officer)
    first = {"unit": unit, "officer": officer, "app_version": asked.app_version}
    Device.objects.get_or_create(id=asked.device, defaults=first)
    device = Device.objects.select_for_update().get(id=asked.device)
    if device.revoked_at is not None:
        raise problem("device_revoked")
    if device.officer_id != officer.id or device.public_key not in ("", asked.public_key):
        raise problem("device_key_known")
    is_new = not device.public_key
    if is_new:
        _code_use(device, officer, unit, asked.code, now)
    if is_new or device.unit_id != unit.id:
        device.enrolled_at = now
    device.unit, device.public_key, device.app_version = unit, asked.public_key, asked.app_version
    device.save(update_fields=["unit", "public_key", "app_version", "enrolled_at"])
    return Enrolment(device, is_new)


def _code_use(device: Device, officer: Officer, unit: Unit, code: str | None, now: datetime) -> None:
    """Use up the code; with open enrolment none is needed, but one that is shown has to hold."""
    if not code:
        if settings.DEVICE_ENROLMENT == "open":
            return
        raise problem("enrolment_code_needed")
    _guesses_must_be_few(officer, now)
    # "Update where not used, expect one row": of two phones with one code the second waits here and then finds none.
    # Only with plain columns: for a condition over a join Django writes a subquery, which is not asked again after the
    # wait, and both get in.
    above = Unit.objects.filter(code__in=[part for part in unit.path.split("/") if part])
    used = EnrolmentCode.objects.filter(
        code_hash=_code_hash(code),
        used_at__isnull=True,
        expires_at__gt=now,
        unit__in=list(above),
    ).update(used_at=now, used_by=device)
    if used != 1:
        raise problem("enrolment_code_invalid")


def _guesses_must_be_few(officer: Officer, now: datetime) -> None:
    since = now - FAILURES_WITHIN
    recent = EnrolmentFailure.objects.filter(officer=officer, failed_at__gt=since).order_by("-failed_at")[:FAILURES]
    times = [failure.failed_at for failure in recent]
    if len(times) == FAILURES:
        raise problem("too_many_requests", retry_after_s=int((times[-1] - since).total_seconds()) + 1)


def _code_hash(code: str) -> str:
    """Return a keyed hash: a copy of the database alone does not give the codes away."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    return salted_hmac("backend.accounts.enrolment", plain, algorithm="sha256").hexdigest()


def device_revoke(*, device: Device, lead: Officer, reason: str, now: datetime) -> None:
    """Lock a device out for good: its session reads nothing more, what it sends is kept in quarantine."""
    # "Where not revoked yet": the first reason stays.
    Device.objects.filter(pk=device.pk, revoked_at__isnull=True).update(
        revoked_at=now, revoked_by=lead, revoked_reason=reason
    )


def _unit_of(officer: Officer) -> Unit:
    unit = working_unit(officer)
    if unit is None:
        raise problem("not_allowed", roles="(a unit)")
    return unit
