"""SHELL: for whom a request acts: the device gives the right to send, the live session the right to read and apply.

A view that takes records declares `policy = UPLOAD` and asks `upload_authority(request)`; with a `refusal` in the
answer it stores what came, applies nothing and shows nothing.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from rest_framework.request import Request

from backend.accounts.models import Device, Officer, Unit
from backend.accounts.permissions import FIELD_WORK, missing_right, signed_in_officer
from backend.accounts.proofs import DeviceProof, SessionProof
from backend.accounts.scope import working_unit
from backend.common.problems import Problem, problem


@dataclass(frozen=True)
class Authority:
    """For whom records are taken. `device` is the one that signed; None for an unsigned request with a session.

    With a `refusal` nothing may be applied or read: records go to quarantine with it, under `unit`.
    """

    officer: Officer
    unit: Unit
    device: Device | None = None
    refusal: Problem | None = None


def upload_authority(request: Request) -> Authority:
    """Return for whom a request that passed the policy UPLOAD sends.

    Raises `signature_required` for an unsigned request where only enrolled devices may send, `signed_in_as_another`
    where the records are said to be of somebody else.
    """
    authority = _of_device(request.auth) if isinstance(request.auth, DeviceProof) else _of_session(request)
    officer_must_be_named(request, authority.officer)
    return authority


def _of_device(proof: DeviceProof) -> Authority:
    device, officer = proof.device, proof.device.officer
    # The session may be alive and the role gone: what the phone still holds is kept all the same.
    refusal = proof.refusal or missing_right(officer, FIELD_WORK)
    return Authority(officer, device.unit, device, refusal)


def _of_session(request: Request) -> Authority:
    if settings.DEVICE_ENROLMENT != "open":
        raise problem("signature_required")
    officer = signed_in_officer(request)
    unit = working_unit(officer)
    if unit is None:
        raise problem("not_allowed", roles="(a unit)")
    return Authority(officer, unit)


def authority_over(authority: Authority, device_id: UUID) -> Authority:
    """Return the authority to send as the device that a batch names.

    Raises `signature_invalid` where another device signed, and `signature_required` where nobody did though the device
    has a key: without that a stolen device id would be enough to write under it.
    """
    if authority.device is not None:
        if authority.device.id != device_id:
            raise problem("signature_invalid", why="It is of another device than the one the body names.")
        return authority
    known = Device.objects.filter(id=device_id).only("public_key", "revoked_at").first()
    if known is not None and known.public_key:
        raise problem("signature_required")
    if known is not None and known.revoked_at is not None:
        return replace(authority, refusal=problem("device_revoked"))
    return authority


def officer_must_be_named(request: Request, officer: Officer) -> None:
    """Check that the records are of this officer, where the device says whose they are (`X-Officer`).

    A browser shared by two people keeps one session cookie and a store for each of them: without this, what one wrote
    would go out under the other's name. Raises `signed_in_as_another`.
    """
    named = request.headers.get("X-Officer")
    if named is not None and named != str(officer.id):
        raise problem("signed_in_as_another")


def reading_officer(request: Request) -> Officer:
    """Return the signed-in officer whose store a device fills. Raises `device_not_enrolled`, `signed_in_as_another`."""
    officer = signed_in_officer(request)
    officer_must_be_named(request, officer)
    device = device_of(request)
    if settings.DEVICE_ENROLMENT != "open" and (device is None or device.officer_id != officer.id):
        raise problem("device_not_enrolled")
    return officer


def device_of(request: Request) -> Device | None:
    """Return the device that signed a request or that its session is bound to."""
    return request.auth.device if isinstance(request.auth, DeviceProof | SessionProof) else None


def session_of(request: Request) -> SessionBase:
    """Return the session of a request, from the cookie or from X-Session-Token; an empty one where there is none."""
    if isinstance(request.auth, DeviceProof | SessionProof) and request.auth.session is not None:
        return request.auth.session
    plain: HttpRequest = request._request
    return plain.session
