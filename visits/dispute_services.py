"""SHELL: what writes disputes and their steps down. The state is the fold of the steps, in the server's order."""

from typing import Any
from uuid import UUID

from backend.accounts.models import Officer, Unit
from backend.common.outcomes import Applied, Change, MutationContext, Touched, applied
from backend.common.problems import problem
from geo.premises_services import premises_for_work
from geo.selectors import city_day, deployment, primary_area, township_at
from visits.dispute_states import CaseEvent, CaseState, fold, step
from visits.models import Dispute, DisputeEvent, Party
from visits.payloads import DisputeEventPayload, DisputeOpen, DisputeParty
from visits.schedule import assign_due_on, follow_up_due_on, resolve_due_on


def dispute_open(*, context: MutationContext, payload: DisputeOpen) -> Applied:
    """Register a case: at a door, at a place, or in the unit's own township when neither is known."""
    columns = context.record_columns() | _where(context, payload)
    opened_on = context.occurred_on
    dispute = Dispute.objects.create(
        **columns,
        category=payload.category,
        summary=payload.summary,
        source=payload.source,
        risk=payload.risk,
        place_lon=payload.place.lon if payload.place else None,
        place_lat=payload.place.lat if payload.place else None,
        place_text=payload.place_text,
        visit_ref=payload.visit,
        patrol_ref=payload.patrol,
        opened_at=context.occurred_at,
        opened_on=opened_on,
        assign_due_on=assign_due_on(opened_on),
        resolve_due_on=resolve_due_on(opened_on),
    )
    Party.objects.bulk_create(Party(**one.model_dump(), dispute=dispute) for one in payload.parties)
    return _changed(dispute)


def dispute_event_add(*, context: MutationContext, payload: DisputeEventPayload) -> Applied:
    """Append a step. One that the state does not allow is kept and marked, never dropped."""
    dispute = _dispute_for_work(payload, context)
    earlier = list(dispute.events.order_by("ordinal"))
    ordinal = earlier[-1].ordinal + 1 if earlier else 1
    before, _ = fold(CaseEvent(one.event, bool(one.agreement_form)) for one in earlier)
    after, allowed = step(before, CaseEvent(payload.event, payload.agreement is not None))
    event = DisputeEvent.objects.create(
        **context.record_columns() | {"unit_id": dispute.unit_id},
        dispute=dispute,
        event=payload.event,
        ordinal=ordinal,
        allowed=allowed,
        note=payload.note,
        assignee_id=payload.assignee,
        transferred_to=payload.transferred_to,
        agreement_form=payload.agreement.form if payload.agreement else "",
        agreement_terms=payload.agreement.terms if payload.agreement else "",
        follow_up=payload.follow_up or "",
        corrects_id=payload.corrects,
    )
    if allowed:
        _move(dispute, after, event)
    return _changed(dispute, Change(dispute.unit_id, "dispute_event", event.id, 1))


def _where(context: MutationContext, payload: DisputeOpen) -> dict[str, Any]:
    if payload.premises is not None:
        door = premises_for_work(premises_id=payload.premises, unit_path=context.unit_path)
        return {"premises": door, "unit_id": door.unit_id, "area_id": door.area_id}
    if payload.place is None:
        return {"area": primary_area(Unit.objects.get(id=context.unit_id))}
    area = township_at(payload.place.lon, payload.place.lat)
    if area is None:
        raise problem("place_outside_city", lon=payload.place.lon, lat=payload.place.lat, city=deployment().name)
    return {"area": area}


def dispute_party_put(*, context: MutationContext, payload: DisputeParty) -> Applied:
    """Add a party, or replace role and contact of the one with this id: the later number in the feed wins."""
    dispute = _dispute_locked(payload.dispute, context)
    party = payload.party.model_dump(exclude={"id"})
    if not dispute.parties.filter(id=payload.party.id).update(**party):
        # The id of another dispute's party is refused by its primary key.
        Party.objects.create(id=payload.party.id, dispute=dispute, **party)
    dispute.version += 1
    dispute.save(update_fields=["version"])
    return _changed(dispute)


def _dispute_locked(dispute_id: UUID, context: MutationContext) -> Dispute:
    # The lock gives all phones' events one order: the fold never sees two events with the same ordinal.
    dispute = Dispute.objects.select_for_update(of=("self",)).select_related("unit").filter(id=dispute_id).first()
    if dispute is None:
        raise problem("dispute_unknown", id=dispute_id)
    if not dispute.unit.path.startswith(context.unit_path):
        raise problem("record_of_another_unit")
    return dispute


def _dispute_for_work(payload: DisputeEventPayload, context: MutationContext) -> Dispute:
    dispute = _dispute_locked(payload.dispute, context)
    if (
        payload.assignee
        and not Officer.objects.filter(id=payload.assignee, unit__path__startswith=dispute.unit.path).exists()
    ):
        raise problem("officer_unknown", id=payload.assignee)
    if payload.corrects and not dispute.events.filter(id=payload.corrects).exists():
        raise problem("dispute_unknown", id=payload.corrects)
    return dispute


def _move(dispute: Dispute, after: CaseState, event: DisputeEvent) -> None:
    dispute.state = after.state
    dispute.version += 1
    if event.event == "assigned":
        dispute.assignee_id = event.assignee_id
    if event.event == "resolved":
        dispute.resolved_on = city_day(event.occurred_at)
        dispute.follow_up_due_on = follow_up_due_on(dispute.resolved_on)
    if event.event == "reopened":
        dispute.resolved_on = dispute.follow_up_due_on = None
    dispute.save(update_fields=["state", "version", "assignee", "resolved_on", "follow_up_due_on"])


def _changed(dispute: Dispute, *first: Change) -> Applied:
    touched = [] if dispute.area_id is None else [Touched(dispute.area_id, dispute.opened_on)]
    return applied([*first, Change(dispute.unit_id, "dispute", dispute.id, dispute.version)], touched)
