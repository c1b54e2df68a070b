"""SHELL: what the accounts tidy up by themselves."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from backend.accounts.enrolment import FAILURES_WITHIN
from backend.accounts.models import EnrolmentFailure, SignatureNonce
from backend.accounts.signatures import NONCE_KEPT_S


@shared_task(name="accounts.forget_used_nonces")
def forget_used_nonces() -> int:
    """Delete nonces whose signatures are too old to be tried again, and old failures; return how many nonces."""
    now = timezone.now()
    EnrolmentFailure.objects.filter(failed_at__lte=now - FAILURES_WITHIN).delete()
    deleted, _ = SignatureNonce.objects.filter(seen_at__lt=now - timedelta(seconds=NONCE_KEPT_S)).delete()
    return deleted
