"""SHELL: who sees what, in one place. A user sees the own unit and below; every selector goes through here."""

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from backend.accounts.models import Officer, Unit

M = TypeVar("M", bound=Model)


def units_in_scope(officer: Officer) -> QuerySet[Unit]:
    """Return the units whose records the officer may see: own and below; none without a unit or when deactivated."""
    if officer.unit is None or not officer.is_active:
        return Unit.objects.none()
    return Unit.objects.filter(path__startswith=officer.unit.path)


def scoped(rows: QuerySet[M], officer: Officer, unit_field: str = "unit") -> QuerySet[M]:
    """Return the rows whose `unit_field` is in the officer's scope. A foreign row is not there: 404, never 403."""
    if officer.unit is None or not officer.is_active:
        return rows.none()
    return rows.filter(Q(**{f"{unit_field}__path__startswith": officer.unit.path}))


def in_scope(officer: Officer, unit: Unit) -> bool:
    """Return whether a unit lies in the officer's scope, without asking the database again."""
    return officer.unit is not None and officer.is_active and unit.path.startswith(officer.unit.path)
