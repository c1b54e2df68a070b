"""SHELL: how to reach a party: opened for a reason, which is written down; erased some time after the dispute ended."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from backend.accounts.models import Device, Officer
from backend.accounts.scope import scoped
from backend.common.outcomes import Change
from backend.common.problems import problem
from backend.common.sealing import Unsealable, unseal
from visits.dispute_states import ENDED
from visits.models import ContactReveal, Dispute, DisputeEvent, Party

_INFO = b"xunfang/party/1"
_NO_CONTACT = {"name_masked": "", "phone_masked": "", "sealed": ""}


@dataclass(frozen=True)
class Contact:
    """Name and number of a party, in clear. Never stored, never logged."""

    name: str
    phone: str


def party_in_scope(officer: Officer, *, dispute_id: UUID, party_id: UUID) -> Party | None:
    """Return a party of a dispute that the officer may see; None for any other."""
    parties = scoped(Party.objects.select_related("dispute"), officer, "dispute__unit")
    return parties.filter(id=party_id, dispute=dispute_id).first()


@transaction.atomic
def contact_reveal(*, party: Party, officer: Officer, device: Device | None, reason: str, now: datetime) -> Contact:
    """Return a party's contact and write down who looked and why; neither happens without the other.

    Raises `contact_missing` and `contact_unreadable`.
    """
    if not party.sealed:
        raise problem("contact_missing")
    contact = _opened(party)
    ContactReveal.objects.create(
        dispute_ref=party.dispute_id,
        party_ref=party.id,
        unit_id=party.dispute.unit_id,
        officer=officer,
        device=device,
        revealed_at=now,
        reason=reason,
    )
    return contact


def contacts_due(*, before: datetime) -> list[UUID]:
    """Return the disputes with contacts that have ended, and in which nothing has moved since `before`."""
    moved = DisputeEvent.objects.filter(dispute=OuterRef("pk"), allowed=True, occurred_at__gte=before)
    held = Party.objects.filter(dispute=OuterRef("pk")).exclude(**_NO_CONTACT)
    ended = Dispute.objects.filter(Exists(held), ~Exists(moved.exclude(event="corrected")), state__in=ENDED)
    return list(ended.order_by("id").values_list("id", flat=True))


@transaction.atomic
def contacts_erase(*, dispute_ids: Iterable[UUID], before: datetime) -> list[Change]:
    """Erase the contacts of those disputes that are still due; return the changes for the feed. Roles stay."""
    due = set(contacts_due(before=before)) & set(dispute_ids)
    disputes: QuerySet[Dispute] = Dispute.objects.filter(id__in=due).select_for_update().order_by("id")
    rows = list(disputes.values_list("id", "unit_id", "version"))
    Party.objects.filter(dispute__in=due).update(**_NO_CONTACT)
    Dispute.objects.filter(id__in=due).update(version=F("version") + 1)
    return [Change(unit_id, "dispute", dispute_id, version + 1) for dispute_id, unit_id, version in rows]


def without_contacts(payload: Any) -> Any:
    """Return the payload of a `dispute.open` or `dispute.party` with nothing of any party but id and role."""
    if not isinstance(payload, dict):
        return payload
    bare = dict(payload)
    if isinstance(bare.get("parties"), list):
        bare["parties"] = [_bare(one) for one in bare["parties"]]
    if "party" in bare:
        bare["party"] = _bare(bare["party"])
    return bare


def _bare(party: Any) -> Any:
    return {name: party[name] for name in ("id", "role") if name in party} if isinstance(party, dict) else None


def _opened(party: Party) -> Contact:
    try:
        told = json.loads(unseal(party.sealed.encode(), info=_INFO, aad=str(party.id).encode()))
        return Contact(str(told.get("name", "")), str(told.get("phone", "")))
    except (Unsealable, ValueError, AttributeError) as error:
        raise problem("contact_unreadable") from error
