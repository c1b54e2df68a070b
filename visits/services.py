"""SHELL: what writes visits down. Facts are append-only: a correction is a new visit that takes the old one's place."""

from uuid import UUID

from pyproj import Geod

from backend.common.outcomes import Applied, Change, MutationContext, Touched, applied
from backend.common.payloads import place_columns
from backend.common.problems import problem
from geo.models import Premises
from geo.premises_services import premises_for_work, premises_last_visit_set
from patrol.models import Patrol
from patrol.services import officers_on_it
from visits.models import Campaign, Hazard, Visit
from visits.payloads import VisitCorrect, VisitRecord
from visits.schedule import next_due_on

_WGS84 = Geod(ellps="WGS84")


def visit_record(*, context: MutationContext, payload: VisitRecord) -> Applied:
    """Store a visit, move the door's "last visited" if this visit is the latest, and say what changed."""
    door = premises_for_work(premises_id=payload.premises, unit_path=context.unit_path)
    visit = _visit_create(context, payload, door)
    changes = [Change(door.unit_id, "visit", visit.id, 1), *_door_follows(door, visit)]
    return applied(changes, [Touched(visit.area_id, visit.occurred_on)])


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
    door = premises_for_work(premises_id=payload.premises, unit_path=context.unit_path)
    Visit.objects.filter(id=original.id).update(is_current=False, version=original.version + 1)
    visit = _visit_create(context, payload, door, original=original)
    changes = [
        Change(door.unit_id, "visit", visit.id, 1),
        Change(original.unit_id, "visit", original.id, original.version + 1),
        *_last_visits_rebuilt({door.id, original.premises_id}),
    ]
    days = {Touched(v.area_id, v.occurred_on) for v in (visit, original)}
    return applied(changes, days)


def distance_m(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Return metres along the WGS 84 ellipsoid between two points in degrees."""
    return float(_WGS84.inv(lon_a, lat_a, lon_b, lat_b)[2])


def _visit_create(
    context: MutationContext, payload: VisitRecord, door: Premises, original: Visit | None = None
) -> Visit:
    officers = officers_on_it(context, payload.officers)
    _references_must_exist(payload, context.unit_path)
    columns = context.record_columns() | {"unit_id": door.unit_id}
    if original is not None and isinstance(payload, VisitCorrect):
        columns |= {"occurred_at": original.occurred_at, "corrects": original, "correction_reason": payload.reason}
    visit = Visit.objects.create(
        **columns,
        **place_columns(payload.place),
        premises=door,
        area_id=door.area_id,
        outcome=payload.outcome,
        occurred_on=context.occurred_on if original is None else original.occurred_on,
        patrol_id=payload.patrol,
        campaign_id=payload.campaign,
        no_place_reason=payload.no_place_reason or "",
        distance_to_door_m=_distance_to_door_m(payload, door),
        advice=list(payload.advice),
        help_asked=payload.help_asked,
        note=payload.note,
        checklist=payload.checklist.model_dump() if payload.checklist else None,
        dispute_ids=payload.disputes,
    )
    Visit.officers.through.objects.bulk_create(
        Visit.officers.through(visit_id=visit.id, officer_id=officer_id) for officer_id in officers
    )
    Hazard.objects.bulk_create(
        Hazard(id=h.id, visit=visit, premises=door, kind=h.kind, note=h.note, found_at=visit.occurred_at)
        for h in payload.hazards
    )
    return visit


def _references_must_exist(payload: VisitRecord, unit_path: str) -> None:
    ours = Patrol.objects.filter(unit__path__startswith=unit_path)
    if payload.patrol is not None and not ours.filter(id=payload.patrol).exists():
        raise problem("patrol_unknown", id=payload.patrol)
    if payload.campaign is not None and not Campaign.objects.filter(id=payload.campaign).exists():
        raise problem("campaign_unknown", id=payload.campaign)


def _distance_to_door_m(payload: VisitRecord, door: Premises) -> float | None:
    place = payload.place
    return None if place is None else distance_m(place.lon, place.lat, door.lon, door.lat)


def _door_follows(door: Premises, visit: Visit) -> list[Change]:
    # The door is locked (premises_for_work), so an older visit that arrives late cannot overtake a newer one.
    if door.last_visited_at is not None and door.last_visited_at >= visit.occurred_at:
        return []
    return [_last_visit_set(door, visit)]


def _last_visits_rebuilt(premises_ids: set[UUID]) -> list[Change]:
    changes = []
    for door in Premises.objects.select_for_update().filter(id__in=premises_ids).order_by("id"):
        latest = Visit.objects.filter(premises=door, is_current=True).order_by("-occurred_at", "-id").first()
        changes.append(_last_visit_set(door, latest))
    return changes


def _last_visit_set(door: Premises, visit: Visit | None) -> Change:
    return premises_last_visit_set(
        door=door,
        visited_at=visit.occurred_at if visit else None,
        outcome=visit.outcome if visit else "",
        next_due_on=next_due_on(visit.outcome, visit.occurred_on) if visit else None,
    )
