"""SHELL: from what a phone says of visits to their rows: whose door, who was there, what they point to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from pyproj import Geod

from backend.common.outcomes import MutationContext
from backend.common.payloads import place_columns
from backend.common.problems import problem
from backend.common.rows_copy import models_copy, rows_copy
from geo.models import Premises
from geo.premises_services import door_for_work, premises_locked
from patrol.models import Patrol
from patrol.services import officer_paths, officers_on_it
from visits.checklists import FormDefinition, answers_wrong
from visits.form_services import FormKey, forms_named
from visits.models import Campaign, Hazard, Visit
from visits.payloads import VisitCorrect, VisitRecord

VisitItem = tuple[MutationContext, VisitRecord]
_WGS84 = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Known:
    """What the visits of a batch may name, and what is known of that: locked doors, partners, outings, forms."""

    doors: Mapping[UUID, Premises]
    officer_paths: Mapping[UUID, str]
    patrol_paths: Mapping[UUID, str]
    campaigns: frozenset[UUID]
    forms: Mapping[FormKey, FormDefinition]


@dataclass(frozen=True)
class NewVisit:
    """A visit that is not written yet, with its rows in other tables."""

    visit: Visit
    officers: Sequence[UUID]
    hazards: Sequence[Hazard]


def known_of(items: Sequence[VisitItem]) -> Known:
    """Return what `items` name, with one question a table and none for what nobody names."""
    payloads = [payload for _, payload in items]
    outings = {payload.patrol for payload in payloads if payload.patrol is not None}
    campaigns = {payload.campaign for payload in payloads if payload.campaign is not None}
    forms = {(one.form, one.version) for payload in payloads if (one := payload.checklist) is not None}
    return Known(
        doors=premises_locked(payload.premises for payload in payloads),
        officer_paths=officer_paths(one for payload in payloads for one in payload.officers),
        patrol_paths=dict(Patrol.objects.filter(id__in=outings).values_list("id", "unit__path")) if outings else {},
        campaigns=frozenset(Campaign.objects.filter(id__in=campaigns).values_list("id", flat=True))
        if campaigns
        else frozenset(),
        forms=forms_named(forms) if forms else {},
    )


def visit_of(item: VisitItem, known: Known, original: Visit | None = None) -> NewVisit:
    """Return the rows of one visit; raises the problem of what it names and must not. Writes nothing.

    A correction (`original` given) keeps the time at which the visit took place.
    """
    context, payload = item
    door = door_for_work(known.doors, premises_id=payload.premises, unit_path=context.unit_path)
    officers = officers_on_it(context, payload.officers, known.officer_paths)
    _references_must_exist(item, known)
    _answers_must_fit(payload, known)
    columns = context.record_columns() | {"unit_id": door.unit_id}
    if original is not None and isinstance(payload, VisitCorrect):
        columns |= {"occurred_at": original.occurred_at, "corrects": original, "correction_reason": payload.reason}
    visit = Visit(
        **columns,
        **place_columns(payload.place),
        premises_id=door.id,
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
    return NewVisit(visit, officers, [_hazard(one.id, one.kind, one.note, visit) for one in payload.hazards])


def visits_save(made: Sequence[NewVisit]) -> None:
    """Write new visits down, each table in one go."""
    there = [(one.visit.id, officer) for one in made for officer in one.officers]
    models_copy([one.visit for one in made])
    rows_copy(Visit.officers.through, ["visit_id", "officer_id"], there)
    models_copy([hazard for one in made for hazard in one.hazards])


def distance_m(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Return metres along the WGS 84 ellipsoid between two points in degrees."""
    return float(_WGS84.inv(lon_a, lat_a, lon_b, lat_b)[2])


def _hazard(hazard_id: UUID, kind: str, note: str, visit: Visit) -> Hazard:
    return Hazard(
        id=hazard_id,
        visit_id=visit.id,
        premises_id=visit.premises_id,
        kind=kind,
        note=note,
        found_at=visit.occurred_at,
    )


def _references_must_exist(item: VisitItem, known: Known) -> None:
    context, payload = item
    if payload.patrol is not None and not known.patrol_paths.get(payload.patrol, "").startswith(context.unit_path):
        raise problem("patrol_unknown", id=payload.patrol)
    if payload.campaign is not None and payload.campaign not in known.campaigns:
        raise problem("campaign_unknown", id=payload.campaign)


def _answers_must_fit(payload: VisitRecord, known: Known) -> None:
    checklist = payload.checklist
    if checklist is None:
        return
    form = known.forms.get((checklist.form, checklist.version))
    if form is None:
        raise problem("form_unknown", form=checklist.form, version=checklist.version)
    wrong = answers_wrong(form, checklist.answers, payload.outcome)
    if wrong:
        raise problem("answers_invalid", errors=wrong, form=checklist.form, version=checklist.version)


def _distance_to_door_m(payload: VisitRecord, door: Premises) -> float | None:
    place = payload.place
    return None if place is None else distance_m(place.lon, place.lat, door.lon, door.lat)
