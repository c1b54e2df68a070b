"""SHELL: what authentication found out beside the officer; it stands in `request.auth`."""

from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase

from backend.accounts.models import Device
from backend.common.problems import Problem


@dataclass(frozen=True)
class DeviceProof:
    """Of a request whose signature holds: the device that sent it, and why it may not act (None: it may).

    `session` is the session that came along, where it is alive and of the device's officer.
    """

    device: Device
    session: SessionBase | None
    refusal: Problem | None


@dataclass(frozen=True)
class SessionProof:
    """Of an unsigned request: its session, and the device that the session was bound to at enrolment."""

    session: SessionBase
    device: Device | None
