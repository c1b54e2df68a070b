"""SHELL: what changes a door: a visit to it, a proposal from the field."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.contrib.gis.geos import Point
from django.contrib.gis.measure import D
from django.db import connection
from django.db.models import Q

from backend.accounts.models import Unit
from backend.common.conflicts import conflicting_fields
from backend.common.outcomes import Applied, Change, MutationContext, Touched, applied
from backend.common.problems import problem
from backend.common.rows_json import rows_json
from geo.models import Area, Premises, PremisesProposal
from geo.payloads import ChangedState, NewPremises, PremisesPropose
from geo.selectors import deployment, placement_at, township_at

# What services read of a door they have locked; the rest would be read for nothing, fifty doors a batch.
_WORKED_WITH = ("unit_id", "area_id", "lon", "lat", "state", "last_visited_at", "version")
# Two doors of one plate number that stand closer than this are one door read twice.
SAME_PLATE_WITHIN_M = 10.0
_SAVE_LAST_VISITS = """
    UPDATE geo_premises AS door
    SET last_visited_at = noted.visited_at, last_outcome = noted.outcome, next_due_on = noted.due_on,
        version = noted.version
    FROM json_to_recordset(%s) AS noted (id uuid, visited_at timestamptz, outcome text, due_on date, version int)
    WHERE door.id = noted.id
"""


def premises_for_work(*, premises_id: UUID, unit_path: str) -> Premises:
    """Return the door, locked for this transaction, that an officer of the unit at `unit_path` may work on.

    Raises the problems `premises_unknown` and `premises_of_another_unit`. The lock makes two visits of one door take
    their turn, so that the later one decides "last visited".
    """
    return door_for_work(premises_locked([premises_id]), premises_id=premises_id, unit_path=unit_path)


def premises_locked(ids: Iterable[UUID]) -> dict[UUID, Premises]:
    """Return the doors among `ids` that exist, with their units, locked in the order of their ids."""
    wanted = Premises.objects.only(*_WORKED_WITH).filter(id__in=set(ids)).order_by("id").select_for_update()
    doors = {door.id: door for door in wanted}
    # Fifty doors stand in one or two units: joining would build the same unit fifty times.
    units = Unit.objects.in_bulk({door.unit_id for door in doors.values()})
    for door in doors.values():
        door.unit = units[door.unit_id]
    return doors


def door_for_work(doors: Mapping[UUID, Premises], *, premises_id: UUID, unit_path: str) -> Premises:
    """Return one of the locked `doors` if an officer of the unit at `unit_path` may work on it; raises if not."""
    found = doors.get(premises_id)
    if found is None:
        raise problem("premises_unknown", id=premises_id)
    if not found.unit.path.startswith(unit_path):
        raise problem("premises_of_another_unit", unit=found.unit.code)
    return found


def last_visit_note(*, door: Premises, visited_at: datetime | None, outcome: str, next_due_on: date | None) -> Change:
    """Note a locked door's last visit (None: it has none any more); `premises_last_visits_save` writes it down.

    Returns the change for the feed.
    """
    door.last_visited_at, door.last_outcome, door.next_due_on = visited_at, outcome, next_due_on
    door.version += 1
    return Change(door.unit_id, "premises", door.id, door.version)


def premises_last_visits_save(doors: Iterable[Premises]) -> None:
    """Write down what was noted of locked doors, all of them in one statement."""
    rows = [
        {
            "id": door.id,
            "visited_at": door.last_visited_at,
            "outcome": door.last_outcome,
            "due_on": door.next_due_on,
            "version": door.version,
        }
        for door in doors
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_SAVE_LAST_VISITS, [rows_json(rows)])


def premises_propose(*, context: MutationContext, payload: PremisesPropose) -> Applied:
    """Keep what a phone proposes: a new door, or a changed state of a known one."""
    match payload.root:
        case NewPremises() as new:
            return premises_new_propose(context=context, payload=new)
        case ChangedState() as changed:
            return premises_state_propose(context=context, payload=changed)


def premises_new_propose(*, context: MutationContext, payload: NewPremises) -> Applied:
    """Register a door proposed from the field. It can be visited at once, and counts once a lead has approved it.

    One that may be known already is marked, not refused: an officer in front of a door is not to be sent away.
    """
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
        duplicate_of=_known_like(payload, area),
    )
    return applied([Change(unit.id, "premises", context.record_id, 1)], [_today(area, context)])


def _known_like(payload: NewPremises, area: Area) -> Premises | None:
    """Return a door of the township that may be the proposed one: same address and name, or same plate within 10 m."""
    same = Q(address=payload.address.strip(), name=payload.name)
    if payload.door_plate:
        place = Point(payload.lon, payload.lat, srid=4326)
        same |= Q(door_plate=payload.door_plate, point__distance_lte=(place, D(m=SAME_PLATE_WITHIN_M)))
    return Premises.objects.filter(same, area=area, kind=payload.kind).order_by("active_from", "id").first()


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
