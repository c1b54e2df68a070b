"""SHELL: contacts of residents are erased on time wherever they lie: with the party, and in what phones had sent."""

import json
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from backend.sync.feed import feed_append
from backend.sync.models import Mutation, MutationVariant, StoredOutcome
from backend.sync.wire import storable_text
from visits.contacts import contacts_due, contacts_erase, without_contacts

# One transaction for so many disputes: it holds the counters of their units.
AT_ONCE = 200
_KINDS = ("dispute.open", "dispute.party")


def contacts_erase_due(*, now: datetime) -> int:
    """Erase the contacts of disputes that ended more than `CONTACT_KEPT_DAYS` ago; return of how many.

    What stays of a sent record is its hash, which tells nobody a number. A record that still waits for a lead keeps
    its contact: the lead may yet release it.
    """
    before = now - timedelta(days=settings.CONTACT_KEPT_DAYS)
    due = contacts_due(before=before)
    for first in range(0, len(due), AT_ONCE):
        ids = due[first : first + AT_ONCE]
        with transaction.atomic():
            changes = contacts_erase(dispute_ids=ids, before=before)
            _bare_payloads(Mutation.objects.filter(kind="dispute.open", record_id__in=[one.id for one in changes]))
            feed_append(changes)
    discarded = Q(outcome=StoredOutcome.DISCARDED, received_at__lt=before, kind__in=_KINDS)
    with transaction.atomic():
        _bare_payloads(Mutation.objects.filter(discarded))
    return len(due)


def _bare_payloads(mutations: QuerySet[Mutation]) -> None:
    """Take the contacts out of the payloads of these mutations, and of other contents that came under their ids."""
    rows = list(mutations.order_by("id").values_list("id", "payload"))
    for mutation_id, text in rows:
        bare = _bare(text)
        if bare != text:
            Mutation.objects.filter(id=mutation_id).update(payload=bare)
    variants = MutationVariant.objects.filter(mutation_id__in=[row[0] for row in rows])
    for pk, raw in variants.values_list("pk", "raw"):
        MutationVariant.objects.filter(pk=pk).update(raw=_bare_envelope(raw))


def _bare(text: str | None) -> str | None:
    return None if text is None else storable_text(without_contacts(json.loads(text)))


def _bare_envelope(raw: str) -> str:
    told = json.loads(raw)
    if isinstance(told, dict) and "payload" in told:
        return storable_text({**told, "payload": without_contacts(told["payload"])})
    return storable_text(without_contacts(told))
