"""SHELL: Django system checks of the whole installation."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError

DEMO_USERNAMES = ("officer", "lead", "neighbour", "analyst", "administrator")


@register(Tags.security, Tags.database)
def demo_accounts_are_not_for_real_use(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn when the well-known demo accounts exist outside DEBUG; runs where a database is named (--database)."""
    from backend.accounts.models import Officer

    if settings.DEBUG or not databases:
        return []
    try:
        found = list(
            Officer.objects.filter(username__in=DEMO_USERNAMES, is_active=True).values_list("username", flat=True)
        )
    except DatabaseError:
        return []
    if not found:
        return []
    return [
        Warning(
            f"Demo accounts with a published password exist: {', '.join(sorted(found))}.",
            hint="Deactivate them (manage.py seed_demo --remove-accounts) before real records are entered.",
            id="xunfang.W001",
        )
    ]
