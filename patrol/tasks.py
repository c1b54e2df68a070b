"""SHELL: the Celery tasks of outings; ids only, each may run twice."""

from uuid import UUID

from celery import shared_task

from patrol.derivation import leg_derive


@shared_task(name="patrol.derive_leg")
def derive_leg(leg_id: str) -> None:
    """Rewrite what is derived from one leg."""
    leg_derive(leg_id=UUID(leg_id))
