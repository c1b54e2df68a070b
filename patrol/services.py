"""SHELL: what writes outings down. Every function answers with what changed, for the feed and the figures."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from backend.accounts.models import Officer, Unit
from backend.common.outcomes import (
    SKEW_TOLERANCE_S,
    Applied,
    Change,
    MutationContext,
    Touched,
    applied,
    clock_error,
)
from backend.common.payloads import place_columns
from backend.common.problems import problem
from geo.selectors import primary_area
from patrol.models import FixBlock, Leg, Observation, Patrol
from patrol.pauses import corrected_pauses, in_pause
from patrol.payloads import PatrolEnd, PatrolFixes, PatrolLeg, PatrolObserve, PatrolStart
from patrol.plans import plan_is_foreign

MAX_OUTING = timedelta(hours=12)
# The skew of a wrong clock is measured anew at each push and holds the time the request was under way: the start and
# the fixes of one outing, sent in two pushes, may be corrected by amounts that differ by as much, and near the
# tolerance one may be corrected and the other not.
_SKEW_JITTER_MS = round(SKEW_TOLERANCE_S * 1000) + 10_000


def patrol_start(*, context: MutationContext, payload: PatrolStart) -> Applied:
    """Open an outing of the author and partners, counted for the unit's own township until its track says otherwise."""
    officers = officers_on_it(context, payload.officers, officer_paths(payload.officers))
    if payload.plan is not None and plan_is_foreign(payload.plan, context.unit_path):
        raise problem("plan_unknown", id=payload.plan)
    row = Patrol.objects.create(
        **context.record_columns(),
        kind=payload.kind,
        plan_id=payload.plan,
        area=primary_area(Unit.objects.get(id=context.unit_id)),
        started_at=context.occurred_at,
        started_on=context.occurred_on,
    )
    Patrol.officers.through.objects.bulk_create(
        Patrol.officers.through(patrol_id=row.id, officer_id=officer_id) for officer_id in officers
    )
    return _changed(row)


def leg_start(*, context: MutationContext, payload: PatrolLeg) -> Applied:
    """Open a leg of an outing; it ends where the next one starts or the outing ends."""
    outing = _patrol_for_work(payload.patrol, context.unit_path)
    Leg.objects.create(**_columns_of(outing, context), patrol=outing, mode=payload.mode, started_at=context.occurred_at)
    return applied([Change(outing.unit_id, "leg", context.record_id, 1)])


def fixes_add(*, context: MutationContext, payload: PatrolFixes) -> Applied:
    """Store a block of GPS readings. Times are corrected by the measured clock skew, as `occurred_at` is.

    Readings outside the outing are counted and not stored: an officer's position exists only inside an outing.
    """
    leg = Leg.objects.filter(id=payload.leg).values_list("patrol_id", flat=True).first()
    if leg is None:
        raise problem("leg_unknown", id=payload.leg)
    outing = _patrol_for_work(leg, context.unit_path)
    shift_ms = round(clock_error(context.clock_skew_s).total_seconds() * 1000)
    block = FixBlock(
        **_columns_of(outing, context),
        leg_id=payload.leg,
        source=payload.source,
        t_ms=[t - shift_ms for t in payload.t_ms],
        lon=payload.lon,
        lat=payload.lat,
        accuracy_m=payload.accuracy_m,
        speed_mps=payload.speed_mps,
        heading_deg=payload.heading_deg,
    )
    _drop_outside(block, outing)
    block.save(force_insert=True)
    return _changed(outing, Change(outing.unit_id, "fix_block", context.record_id, 1))


def observation_add(*, context: MutationContext, payload: PatrolObserve) -> Applied:
    """Store something noted on the way."""
    outing = _patrol_for_work(payload.patrol, context.unit_path)
    Observation.objects.create(
        **_columns_of(outing, context),
        patrol=outing,
        category=payload.category,
        text=payload.text,
        **place_columns(payload.place),
    )
    return applied([Change(outing.unit_id, "observation", context.record_id, 1)])


def patrol_end(*, context: MutationContext, payload: PatrolEnd) -> Applied:
    """End an outing. The officer's own end replaces the one the server assumed after 12 h, never another officer's."""
    outing = _patrol_for_work(payload.patrol, context.unit_path)
    if outing.ended_at is not None and outing.ended_how == "officer":
        raise problem("base_values_changed", field="ended_at", base=None, current=outing.ended_at.isoformat())
    outing.pauses = corrected_pauses(payload.pauses, context.clock_skew_s) or None
    trimmed = _end(outing, ended_at=max(context.occurred_at, outing.started_at), ended_how=payload.ended_how)
    return _changed(outing, Change(outing.unit_id, "patrol", outing.id, outing.version), *trimmed)


@transaction.atomic
def patrols_end_overdue(*, now: datetime) -> list[Change]:
    """End every outing that has been open for more than 12 h and return the changes for the feed."""
    overdue = Patrol.objects.select_for_update(skip_locked=True).filter(ended_at=None, started_at__lt=now - MAX_OUTING)
    changes: list[Change] = []
    for outing in overdue:
        trimmed = _end(outing, ended_at=outing.started_at + MAX_OUTING, ended_how="timeout")
        changes += [Change(outing.unit_id, "patrol", outing.id, outing.version), *trimmed]
    return changes


def officer_paths(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the path of each known officer's unit ("" without one), by officer."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = Officer.objects.filter(id__in=wanted).values_list("id", "unit__path")
    return {officer_id: path or "" for officer_id, path in rows}


def officers_on_it(context: MutationContext, partners: Iterable[UUID], paths: Mapping[UUID, str]) -> list[UUID]:
    """Return the ids of the author and the partners, who must belong to the author's unit or below it.

    `paths` are the partners' `officer_paths`.
    """
    others = set(partners) - {context.officer_id}
    strangers = {one for one in others if not paths.get(one, "").startswith(context.unit_path)}
    if strangers:
        raise problem("officer_unknown", id=min(strangers))
    return sorted({context.officer_id, *others})


def _patrol_for_work(patrol_id: UUID, unit_path: str) -> Patrol:
    # The lock makes a block of fixes and the end of its outing take turns: neither can miss the other's bounds.
    outing = Patrol.objects.select_for_update(of=("self",)).select_related("unit").filter(id=patrol_id).first()
    if outing is None:
        raise problem("patrol_unknown", id=patrol_id)
    if not outing.unit.path.startswith(unit_path):
        raise problem("record_of_another_unit")
    return outing


def _end(outing: Patrol, *, ended_at: datetime, ended_how: str) -> list[Change]:
    """End an outing; return the changes of the blocks that lost readings, which phones may hold already."""
    new = {"ended_at": ended_at, "ended_how": ended_how, "pauses": outing.pauses}
    Patrol.objects.filter(id=outing.id).update(**new, version=F("version") + 1)
    outing.ended_at, outing.ended_how, outing.version = ended_at, ended_how, outing.version + 1
    trimmed = []
    for block in FixBlock.objects.filter(leg__patrol=outing).order_by("id"):
        if _drop_outside(block, outing):
            block.version += 1
            block.save()
            trimmed.append(Change(block.unit_id, "fix_block", block.id, block.version))
    return trimmed


def _drop_outside(block: FixBlock, outing: Patrol) -> int:
    """Drop the readings of a block that lie outside its outing or in a pause of it; count and return them."""
    corrected = clock_error(block.clock_skew_s) or clock_error(outing.clock_skew_s)
    slack_ms = _SKEW_JITTER_MS if corrected else 0
    first_ms = outing.started_at.timestamp() * 1000 - slack_ms
    last_ms = (outing.ended_at or outing.started_at + MAX_OUTING).timestamp() * 1000 + slack_ms
    kept = [first_ms <= t <= last_ms and not in_pause(t, outing.pauses) for t in block.t_ms]
    keep = [position for position, stays in enumerate(kept) if stays]
    dropped = len(block.t_ms) - len(keep)
    if dropped:
        for name in ("t_ms", "lon", "lat", "accuracy_m", "speed_mps", "heading_deg"):
            column = getattr(block, name)
            setattr(block, name, None if column is None else [column[position] for position in keep])
        block.outside_count += dropped
    return dropped


def _columns_of(outing: Patrol, context: MutationContext) -> dict[str, object]:
    # What belongs to an outing belongs to its unit, whoever of the unit's superiors sent it.
    return {**context.record_columns(), "unit_id": outing.unit_id}


def _changed(outing: Patrol, *first: Change) -> Applied:
    own = () if first else (Change(outing.unit_id, "patrol", outing.id, outing.version),)
    touched = [] if outing.area_id is None else [Touched(outing.area_id, outing.started_on)]
    return applied([*first, *own], touched)
