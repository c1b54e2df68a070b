"""SHELL: what writes law-outreach sessions down."""

from backend.accounts.models import Unit
from backend.common.outcomes import Applied, Change, MutationContext, applied
from backend.common.problems import problem
from geo.models import Area
from geo.selectors import deployment, primary_area, township_at
from patrol.models import Patrol
from visits.models import OutreachSession
from visits.payloads import OutreachRecord


def outreach_record(*, context: MutationContext, payload: OutreachRecord) -> Applied:
    """Store a session: in the township of its place, or in the unit's own where the place is not known."""
    if payload.patrol is not None:
        ours = Patrol.objects.filter(id=payload.patrol, unit__path__startswith=context.unit_path)
        if not ours.exists():
            raise problem("patrol_unknown", id=payload.patrol)
    session = OutreachSession.objects.create(
        **context.record_columns(),
        topic=payload.topic,
        place_text=payload.place_text,
        area=_area(context, payload),
        audience_count=payload.audience_count,
        patrol_id=payload.patrol,
        occurred_on=context.occurred_on,
    )
    return applied([Change(session.unit_id, "outreach", session.id, session.version)])


def _area(context: MutationContext, payload: OutreachRecord) -> Area | None:
    if payload.place is None:
        return primary_area(Unit.objects.get(id=context.unit_id))
    found = township_at(payload.place.lon, payload.place.lat)
    if found is None:
        raise problem("place_outside_city", lon=payload.place.lon, lat=payload.place.lat, city=deployment().name)
    return found
