"""SHELL: how a request says who it is: its device's signature, the session cookie, X-Session-Token."""

from typing import Any

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from backend.accounts.enrolment_request import enrolment_request
from backend.accounts.models import Device, Officer
from backend.accounts.proofs import DeviceProof, SessionProof
from backend.accounts.scope import working_unit
from backend.accounts.signatures import content_digest_must_match, is_signed, signature_must_hold, signing_device
from backend.common.problems import Problem, problem

# The key under which a session remembers the device it was opened on.
SESSION_DEVICE = "device"
_DEVICES = Device.objects.select_related("unit", "officer__unit")


class DeviceSignatureAuthentication(BaseAuthentication):
    """A signed request: the device is proved; its officer is signed in where a live session of the officer came along.

    The signature stands in for the CSRF check: a page of another origin can neither sign nor send these headers.
    A view that has to read its body piece by piece sets `checks_content_digest = True` and does so itself.
    """

    def authenticate(self, request: Request) -> tuple[Officer | AnonymousUser, DeviceProof] | None:
        plain: HttpRequest = request._request
        if not is_signed(plain):
            return None
        device = self.device_verified(request)
        if not getattr(request.parser_context["view"], "checks_content_digest", False):
            content_digest_must_match(plain, whole_body(plain))
        session = live_session(request, device)
        proof = DeviceProof(device, session, refusal_of(device, session))
        may_read = session is not None and device.revoked_at is None
        return (device.officer if may_read else AnonymousUser()), proof

    def authenticate_header(self, request: Request) -> str:
        return "Session"

    def device_verified(self, request: Request) -> Device:
        """Return the known device whose key signed the request. Raises `signature_…`."""
        plain: HttpRequest = request._request
        device = _DEVICES.filter(id=signing_device(plain)).first()
        if device is None or not device.public_key:
            raise problem("signature_invalid", why="No key is known of the device.")
        signature_must_hold(plain, device_id=device.id, public_key=device.public_key)
        return device


def refusal_of(device: Device, session: SessionBase | None) -> Problem | None:
    """Return why nobody may act through this device now; None where its officer is signed in and where he was."""
    if device.revoked_at is not None:
        return problem("device_revoked")
    if not device.officer.is_active:
        return problem("officer_deactivated")
    if working_unit(device.officer) != device.unit:
        return problem("officer_moved")
    return problem("session_ended") if session is None else None


def live_session(request: Request, device: Device) -> SessionBase | None:
    """Return the session that came with the request where it is alive and of the device's officer. No CSRF check."""
    came = signed_in(request)
    if came is None or came[0].pk != device.officer_id:
        return None
    session = came[1]
    # A session that was opened on a device revoked since is dead for every other device too.
    bound = session.get(SESSION_DEVICE)
    if bound not in (None, str(device.id)) and Device.objects.filter(id=bound, revoked_at__isnull=False).exists():
        return None
    return session


def signed_in(request: Request) -> tuple[Officer, SessionBase] | None:
    """Return the officer and the session that came by cookie or X-Session-Token, without a CSRF check."""
    plain: HttpRequest = request._request
    came: Any = (plain.user, plain.session)
    if not plain.user.is_authenticated:
        came = XSessionTokenAuthentication().authenticate(request)
    return came if came is not None and came[0].is_active else None


def whole_body(request: HttpRequest) -> bytes:
    """Return the body of a request of ordinary size. Raises `request_invalid`."""
    try:
        return request.body
    except RequestDataTooBig as error:
        raise problem("request_invalid", why="The body is too large.") from error


class EnrolmentSignatureAuthentication(BaseAuthentication):
    """Signed with the key that is to be enrolled, which stands in the body; the session says who asks.

    A page of another origin could make a key of its own, but it can send none of these headers; hence no CSRF check.
    """

    def authenticate(self, request: Request) -> tuple[Officer | AnonymousUser, SessionProof] | None:
        plain: HttpRequest = request._request
        if not is_signed(plain):
            return None
        body = whole_body(plain)
        content_digest_must_match(plain, body)
        asked = enrolment_request(body)
        signature_must_hold(plain, device_id=asked.device, public_key=asked.public_key)
        officer, session = signed_in(request) or (AnonymousUser(), plain.session)
        return officer, session_proof(session)

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class BrowserSessionAuthentication(SessionAuthentication):
    """Session cookie with CSRF check; answers 401 (not 403) to a request without a session, as RFC 9110 wants."""

    def authenticate(self, request: Request) -> tuple[Officer, SessionProof] | None:
        found = super().authenticate(request)
        return None if found is None else (found[0], session_proof(request._request.session))

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class ScriptSessionAuthentication(XSessionTokenAuthentication):  # type: ignore[misc]  # allauth publishes no types
    """The session named by X-Session-Token."""

    def authenticate(self, request: Request) -> tuple[Officer, SessionProof] | None:
        found = super().authenticate(request)
        return None if found is None else (found[0], session_proof(found[1]))


def session_proof(session: SessionBase) -> SessionProof:
    """Return the session with the device it is bound to. Raises `device_revoked`: such a session reads nothing more.

    Asked at every request, and not solved by deleting sessions at revocation: a session that is just being bound would
    escape, and the phone would only hear "sign in" and not why. It costs one look-up by primary key.
    """
    bound = session.get(SESSION_DEVICE)
    device = None if bound is None else Device.objects.filter(id=bound).first()
    if device is not None and device.revoked_at is not None:
        raise problem("device_revoked")
    return SessionProof(session, device)
