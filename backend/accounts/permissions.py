"""SHELL: the policy that every route declares. A view without one answers nothing, and a test fails."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from backend.accounts.models import Officer, Role, UnitKind
from backend.accounts.proofs import DeviceProof
from backend.common.problems import Problem, problem

if TYPE_CHECKING:  # DRF loads this module while it is still loading its own views
    from rest_framework.views import APIView


@dataclass(frozen=True)
class Policy:
    """Who may call a route: anybody, any signed-in officer, or those with one of `roles`. Scope comes on top.

    With `device_may` an enrolled device may call it with its signature alone: it can then send, and read nothing.
    """

    name: str
    roles: frozenset[str] | None = None
    unit_kinds: frozenset[str] | None = None
    public: bool = False
    device_may: bool = False


PUBLIC = Policy("public", public=True)
SIGNED_IN = Policy("signed_in")
# Field work is done by stations: a lead of a branch reads figures and has no feed to keep on a phone.
FIELD_WORK = Policy(
    "field_work", frozenset({Role.OFFICER, Role.LEAD}), frozenset({UnitKind.STATION, UnitKind.BEAT_TEAM})
)
UPLOAD = replace(FIELD_WORK, name="upload", device_may=True)
LEAD = Policy("lead", frozenset({Role.LEAD}))
ADMINISTRATOR = Policy("administrator", frozenset({Role.ADMINISTRATOR}))
FIGURES = Policy("figures", frozenset({Role.OFFICER, Role.LEAD, Role.ANALYST}))


class PolicyPermission(BasePermission):
    """DRF permission that reads `view.policy`; a view that declares none is refused."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        policy: Policy | None = getattr(view, "policy", None)
        if policy is None:
            return False
        if policy.public:
            return True
        proof = request.auth if isinstance(request.auth, DeviceProof) else None
        if policy.device_may and proof is not None:
            return True
        if not request.user.is_authenticated:
            raise (proof and proof.refusal) or NotAuthenticated
        if missing := missing_right(signed_in_officer(request), policy):
            raise missing
        return True


def missing_right(officer: Officer, policy: Policy) -> Problem | None:
    """Return what an officer lacks for a policy, None for one who may."""
    if policy.roles is not None and not officer.has_role(*policy.roles):
        return problem("not_allowed", roles=", ".join(sorted(policy.roles)))
    if policy.unit_kinds is not None and (officer.unit is None or officer.unit.kind not in policy.unit_kinds):
        return problem("not_allowed", roles=f"of a unit of kind {' or '.join(sorted(policy.unit_kinds))}")
    return None


def signed_in_officer(request: Request) -> Officer:
    """Return the officer of a request that passed `PolicyPermission`."""
    return cast(Officer, request.user)
