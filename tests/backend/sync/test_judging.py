"""Neighbours of one kind are judged together, with the verdicts that each would get alone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.accounts.models import Officer
from backend.common.outcomes import Applied, Change, MutationContext
from backend.common.problems import Problem, problem
from backend.sync.judging import Waiting, judge_all
from backend.sync.models import Mutation
from backend.sync.registry import Kind
from backend.sync.wire import Envelope
from geo.models import Premises
from tests.builders import context_of, visit
from tests.conftest import codes_of, outcomes_of
from tests.factories import NOON, DeviceFactory, PremisesFactory, new_id
from visits.models import Hazard, Visit
from visits.payloads import VisitRecord


def _fire(hazard_id: UUID) -> dict[str, Any]:
    return {"id": str(hazard_id), "kind": "fire"}


def _waiting(officer: Officer, door: Premises, count: int) -> list[Waiting]:
    device = DeviceFactory(officer=officer).id
    envelopes = [Envelope.model_validate(visit(door.id)) for _ in range(count)]
    return [Waiting(context_of(officer, envelope, device=device), envelope) for envelope in envelopes]


def test_one_visit_that_the_database_refuses_does_not_hold_up_its_neighbours(
    push: Any, officer: Officer, door: Premises
) -> None:
    taken = new_id()
    push(officer, visit(door.id, hazards=[_fire(taken)]))
    outcomes = push(
        officer, visit(door.id), visit(door.id, hazards=[_fire(taken)]), visit(door.id, hazards=[_fire(new_id())])
    )
    assert outcomes_of(outcomes) == ["applied", "conflict", "applied"]
    assert (Visit.objects.count(), Hazard.objects.count(), Mutation.objects.count()) == (3, 2, 4)


def test_a_refused_visit_in_the_middle_leaves_nothing_behind(
    push: Any, officer: Officer, door: Premises, foreign_door: Premises
) -> None:
    outcomes = push(officer, visit(door.id), visit(foreign_door.id), visit(new_id()), visit(door.id, "moved"))
    assert codes_of(outcomes) == [None, "premises_of_another_unit", "premises_unknown", "payload_invalid"]
    assert Visit.objects.count() == 1


def test_two_visits_of_one_door_in_one_batch_leave_the_later_one_on_the_door(
    push: Any, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id, "met", at=NOON), visit(door.id, "refused", at=NOON - timedelta(hours=2)))
    door.refresh_from_db()
    assert (door.last_visited_at, door.last_outcome, door.version) == (NOON, "met", 2)


def test_each_visit_of_a_batch_has_its_own_officers_and_hazards(push: Any, officer: Officer, lead: Officer) -> None:
    doors = [PremisesFactory(area=area) for area in officer.unit.areas.all() for _ in range(3)]
    push(officer, *(visit(door.id, officers=[str(lead.id)] if n else []) for n, door in enumerate(doors)))
    found = [set(one.officers.all()) for one in Visit.objects.order_by("id")]
    assert found == [{officer}, {officer, lead}, {officer, lead}]


@pytest.mark.django_db
def test_a_handler_that_breaks_in_a_run_spoils_only_the_mutation_it_breaks_on(officer: Officer, door: Premises) -> None:
    waiting = _waiting(officer, door, 3)
    poison = waiting[1].envelope.id

    def fragile(*, items: Any) -> list[Applied | Problem]:
        if any(context.mutation_id == poison for context, _ in items):
            raise ZeroDivisionError
        return [Applied((Change(context.unit_id, "visit", context.record_id, 1),)) for context, _ in items]

    judged = judge_all(waiting, {"visit.record": Kind(VisitRecord, handler_of_many=fragile)})
    assert [one.verdict for one in judged] == ["applied", "retry", "applied"]


@pytest.mark.django_db
def test_a_run_is_one_call_and_keeps_its_order(officer: Officer, door: Premises) -> None:
    waiting = _waiting(officer, door, 3)
    calls: list[list[UUID]] = []

    def noting(*, items: Any) -> list[Applied | Problem]:
        found: list[tuple[MutationContext, VisitRecord]] = list(items)
        calls.append([context.mutation_id for context, _ in found])
        return [problem("premises_unknown", id=payload.premises) for _, payload in found]

    judged = judge_all(waiting, {"visit.record": Kind(VisitRecord, handler_of_many=noting)})
    assert calls == [[one.envelope.id for one in waiting]]
    assert [one.verdict for one in judged] == ["quarantined"] * 3
