"""SHELL: `manage.py renew_epoch`, after a restore that PostgreSQL does not tell from the original (a copied folder)."""

from typing import Any

from django.core.management.base import BaseCommand

from backend.sync.feed import epoch_renew


class Command(BaseCommand):
    """Begins a new epoch of the feed."""

    help = "Begin a new epoch: every phone pulls anew and offers what it sent in the last 7 days."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"The feed's epoch is {epoch_renew()} now.")
