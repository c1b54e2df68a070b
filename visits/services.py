"""SHELL: what writes visits down. Facts are append-only: a correction is a new visit that takes the old one's place."""

from collections.abc import Sequence
from uuid import UUID

from backend.common.outcomes import Applied, Change, MutationContext, Touched, applied
from backend.common.problems import Problem, problem
from geo.models import Premises
from geo.premises_services import last_visit_note, premises_last_visits_save, premises_locked
from visits.models import Visit
from visits.payloads import VisitCorrect
from visits.schedule import next_due_on
from visits.visit_rows import VisitItem, known_of, visit_of, visits_save


def visits_record(*, items: Sequence[VisitItem]) -> list[Applied | Problem]:
    """Store visits, move each door's "last visited" if a visit is its latest, and say of each what changed.

    Answers in the order of `items`. A visit that names what it must not is answered with its problem and leaves nothing
    behind; what the database itself refuses is raised, and then nothing of `items` was written.
    """
    known = known_of(items)
    made, moved, answers = [], {}, list[Applied | Problem]()
    for item in items:
        try:
            new = visit_of(item, known)
        except Problem as found:
            answers.append(found)
            continue
        door, visit = known.doors[new.visit.premises_id], new.visit
        changes = [Change(door.unit_id, "visit", visit.id, 1)]
        # The door is locked, so an older visit that arrives late cannot overtake a newer one.
        if door.last_visited_at is None or door.last_visited_at < visit.occurred_at:
            changes.append(_last_visit_note(door, visit))
            moved[door.id] = door
        made.append(new)
        answers.append(applied(changes, [Touched(visit.area_id, visit.occurred_on)]))
    visits_save(made)
    premises_last_visits_save(moved.values())
    return answers


def visit_correct(*, context: MutationContext, payload: VisitCorrect) -> Applied:
    """Store the corrected visit in place of the earlier one. It keeps the time at which the visit took place."""
    original = Visit.objects.select_for_update(of=("self",)).select_related("unit").filter(id=payload.corrects).first()
    if original is None:
        raise problem("visit_unknown", id=payload.corrects)
    if not original.unit.path.startswith(context.unit_path):
        raise problem("record_of_another_unit")
    if not original.is_current:
        # Two people correct the same visit: the first stands, the second is shown to both.
        raise problem("base_values_changed", field="is_current", base=True, current=False)
    item = (context, payload)
    new = visit_of(item, known_of([item]), original=original)
    Visit.objects.filter(id=original.id).update(is_current=False, version=original.version + 1)
    visits_save([new])
    changes = [
        Change(new.visit.unit_id, "visit", new.visit.id, 1),
        Change(original.unit_id, "visit", original.id, original.version + 1),
        *_last_visits_rebuilt({new.visit.premises_id, original.premises_id}),
    ]
    days = {Touched(v.area_id, v.occurred_on) for v in (new.visit, original)}
    return applied(changes, days)


def _last_visits_rebuilt(premises_ids: set[UUID]) -> list[Change]:
    doors = premises_locked(premises_ids)
    changes = []
    for door in doors.values():
        latest = Visit.objects.filter(premises=door, is_current=True).order_by("-occurred_at", "-id").first()
        changes.append(_last_visit_note(door, latest))
    premises_last_visits_save(doors.values())
    return changes


def _last_visit_note(door: Premises, visit: Visit | None) -> Change:
    return last_visit_note(
        door=door,
        visited_at=visit.occurred_at if visit else None,
        outcome=visit.outcome if visit else "",
        next_due_on=next_due_on(visit.outcome, visit.occurred_on) if visit else None,
    )
