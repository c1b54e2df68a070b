"""SHELL: what changes a door: a visit to it, a proposal from the field."""

from datetime import date, datetime
from uuid import UUID

from backend.accounts.models import Unit
from backend.common.conflicts import conflicting_fields
from backend.common.outcomes import Applied, Change, MutationContext, Touched, applied
from backend.common.problems import problem
from geo.models import Area, Premises, PremisesProposal
from geo.payloads import ChangedState, NewPremises, PremisesPropose
from geo.selectors import deployment, placement_at, township_at


def premises_for_work(*, premises_id: UUID, unit_path: str) -> Premises:
    """Return the door, locked for this transaction, that an officer of the unit at `unit_path` may work on.

    Raises the problems `premises_unknown` and `premises_of_another_unit`. The lock makes two visits of one door take
    their turn, so that the later one decides "last visited".
    """
    found = Premises.objects.select_for_update(of=("self",)).select_related("unit").filter(id=premises_id).first()
    if found is None:
        raise problem("premises_unknown", id=premises_id)
    if not found.unit.path.startswith(unit_path):
        raise problem("premises_of_another_unit", unit=found.unit.code)
    return found


def premises_last_visit_set(
    *, door: Premises, visited_at: datetime | None, outcome: str, next_due_on: date | None
) -> Change:
    """Write a locked door's last visit down (None: it has none any more) and return the change for the feed."""
    door.last_visited_at, door.last_outcome, door.next_due_on = visited_at, outcome, next_due_on
    door.version += 1
    door.save(update_fields=["last_visited_at", "last_outcome", "next_due_on", "version"])
    return Change(door.unit_id, "premises", door.id, door.version)


def premises_propose(*, context: MutationContext, payload: PremisesPropose) -> Applied:
    """Keep what a phone proposes: a new door, or a changed state of a known one."""
    match payload.root:
        case NewPremises() as new:
            return premises_new_propose(context=context, payload=new)
        case ChangedState() as changed:
            return premises_state_propose(context=context, payload=changed)


def premises_new_propose(*, context: MutationContext, payload: NewPremises) -> Applied:
    """Register a door proposed from the field. It can be visited at once, and counts once a lead has approved it."""
    area = township_at(payload.lon, payload.lat)
    if area is None:
        raise problem("place_outside_city", lon=payload.lon, lat=payload.lat, city=deployment().name)
    unit = Unit.objects.filter(areas=area, path__startswith=context.unit_path).order_by("path").first()
    found = placement_at(payload.lon, payload.lat, unit.id) if unit else None
    if unit is None or found is None:
        raise problem("record_of_another_unit")
    Premises.objects.create(
        id=context.record_id,
        unit=unit,
        area=area,
        kind=payload.kind,
        address=payload.address,
        name=payload.name,
        door_plate=payload.door_plate,
        lon=payload.lon,
        lat=payload.lat,
        beat=found.beat,
        border_uncertain=found.border_uncertain,
    )
    return applied([Change(unit.id, "premises", context.record_id, 1)], [_today(area, context)])


def premises_state_propose(*, context: MutationContext, payload: ChangedState) -> Applied:
    """Keep a proposal to change a door's state for the lead; the door itself does not change yet."""
    door = premises_for_work(premises_id=payload.premises, unit_path=context.unit_path)
    base, current = {"state": payload.base.state}, {"state": door.state}
    for found in conflicting_fields(base=base, current=current, wanted={"state": payload.state}):
        raise problem("base_values_changed", field=found.field, base=found.base, current=found.current)
    PremisesProposal.objects.create(
        id=context.record_id,
        premises=door,
        unit_id=door.unit_id,
        author_id=context.officer_id,
        wanted_state=payload.state,
        base_state=payload.base.state,
        reason=payload.reason,
        proposed_at=context.occurred_at,
    )
    return applied([Change(door.unit_id, "premises_proposal", context.record_id, 1)])


def _today(area: Area, context: MutationContext) -> Touched:
    return Touched(area.pk, context.occurred_on)
