"""SHELL: who sees what, in one place. A user sees the own unit and below; every selector goes through here."""

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from backend.accounts.models import Officer, Unit, UnitKind

M = TypeVar("M", bound=Model)


def working_unit(officer: Officer) -> Unit | None:
    """Return the unit whose records the officer works with; None without a unit or when deactivated.

    It is the own unit; for a beat team it is its station, whose doors and disputes its teams share.
    """
    unit = officer.unit
    if unit is None or not officer.is_active:
        return None
    return unit.parent if unit.kind == UnitKind.BEAT_TEAM and unit.parent else unit


def units_in_scope(officer: Officer) -> QuerySet[Unit]:
    """Return the units whose records the officer may see: the working unit and below."""
    unit = working_unit(officer)
    return Unit.objects.none() if unit is None else Unit.objects.filter(path__startswith=unit.path)


def scoped(rows: QuerySet[M], officer: Officer, unit_field: str = "unit") -> QuerySet[M]:
    """Return the rows whose `unit_field` is in the officer's scope. A foreign row is not there: 404, never 403."""
    unit = working_unit(officer)
    return rows.none() if unit is None else rows.filter(Q(**{f"{unit_field}__path__startswith": unit.path}))


def in_scope(officer: Officer, unit_path: str) -> bool:
    """Return whether the unit with this path lies in the officer's scope, without asking the database again."""
    unit = working_unit(officer)
    return unit is not None and unit_path.startswith(unit.path)
