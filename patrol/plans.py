"""SHELL: which outings are planned for an officer, and when each is due."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from backend.accounts.models import Officer, Unit
from patrol.models import Patrol, PatrolPlan


def plans_of(officer: Officer, unit: Unit, *, today: date) -> list[dict[str, Any]]:
    """Return the running plans that name the officer, or nobody of the officer's working unit; first due first.

    A plan is done on the day on which an outing that answers it started, whoever went.
    """
    found = [_shown(plan, today) for plan in _running(officer, unit, today)]
    return sorted(found, key=lambda plan: (plan["due_on"], plan["name"], plan["id"]))


def plan_is_foreign(plan_id: UUID, unit_path: str) -> bool:
    """Return whether a plan is of another unit than that at `unit_path` or one below it. One that is missing is not."""
    return PatrolPlan.objects.filter(id=plan_id).exclude(unit__path__startswith=unit_path).exists()


def _running(officer: Officer, unit: Unit, today: date) -> QuerySet[PatrolPlan, Any]:
    running = PatrolPlan.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today)
    # A plan of an officer's beat team is theirs; what the station plans, all its teams share.
    of_unit = running.filter(unit__in={unit.pk, officer.unit_id})
    named = PatrolPlan.officers.through.objects.filter(patrolplan=OuterRef("pk"))
    for_me = Exists(named.filter(officer=officer)) | ~Exists(named)
    done = Patrol.objects.filter(plan=OuterRef("pk")).order_by("-started_on").values("started_on")[:1]
    return of_unit.filter(for_me).annotate(last_done_on=Subquery(done)).prefetch_related("beats")


def _shown(plan: Any, today: date) -> dict[str, Any]:
    done = plan.last_done_on
    return {
        "id": plan.id,
        "name": plan.name,
        "beats": [{"code": str(beat.id), "name": beat.name} for beat in plan.beats.all()],
        "every_days": plan.every_days,
        "part": plan.part,
        "due_on": plan.starts_on if done is None else done + timedelta(days=plan.every_days),
        "last_done_on": done,
    }
