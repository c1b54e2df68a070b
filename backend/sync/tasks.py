"""SHELL: what sync does by itself."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from backend.sync.contact_erasure import contacts_erase_due
from backend.sync.feed import feed_append
from patrol.services import patrols_end_overdue


@shared_task(name="sync.end_overdue_patrols")
def end_overdue_patrols() -> int:
    """End outings that have been open for more than 12 h, tell the phones, and return how many there were."""
    with transaction.atomic():
        changes = patrols_end_overdue(now=timezone.now())
        feed_append(changes)
    return len(changes)


@shared_task(name="sync.erase_contacts")
def erase_contacts() -> int:
    """Erase the contacts of parties of disputes that ended long ago; return of how many disputes. May run twice."""
    return contacts_erase_due(now=timezone.now())
