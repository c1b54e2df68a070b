"""SHELL: reads the frames of `fact_frames` from the tables, for days or for one window."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pandas as pd
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    When,
)
from django.db.models import TextField as Text
from django.db.models.functions import Cast, ExtractHour

from backend.reports.cuts import Cut
from backend.reports.fact_frames import NOWHERE, Facts, facts_of
from backend.reports.grounds import Ground, township_ground
from backend.reports.models import TownshipDay
from backend.reports.street_facts import cell_hours, passages, pieces, streets
from backend.reports.windows import Window
from geo.models import Premises
from geo.selectors import city_zone
from patrol.day_parts import NIGHT_FROM_HOUR, NIGHT_UNTIL_HOUR
from patrol.models import DayPart, LegTownship, Patrol
from visits.models import Campaign, Dispute, DisputeState, Visit

OPEN_STATES = (DisputeState.FOUND, DisputeState.REGISTERED, DisputeState.ASSIGNED, DisputeState.MEDIATING)


def load_days(first: date, last: date, areas: Sequence[int]) -> Facts:
    """Return what happened in the townships on each day: no denominators, no deadlines."""
    return load_ground_days(first, last, township_ground(areas))


def load_ground_days(first: date, last: date, ground: Ground) -> Facts:
    """Return what happened in the places of a ground on each day: no denominators, no deadlines."""
    cut = Cut(first, last, ground)
    return facts_of(judged_on=last, **_happened(cut, Q(pk__isnull=True)), **_worked(cut, _effort))


def load_window(window: Window, part: str, ground: Ground) -> Facts:
    """Return everything the figures of a window need. Kilometres and hours are sums of the townships' days."""
    cut = Cut(window.first, window.last, ground, period=window.first, part=part)
    stock = {"streets": streets(cut)}
    if ground.level.door:
        stock |= {"doors": _doors(cut, window), "earlier_visits": _earlier_visits(cut)}
    if cut.is_townships:
        stock["open_disputes"] = _open_disputes(cut)
    happened = _happened(cut, _in_denominator(window) if ground.level.door else Q())
    return facts_of(judged_on=window.judged_on, **stock, **happened, **_worked(cut, _effort_sums))


def _happened(cut: Cut, in_denominator: Q | Exists) -> dict[str, pd.DataFrame]:
    frames = {"pieces": pieces(cut)}
    if cut.ground.level.door:
        frames["visits"] = _visits(cut, in_denominator)
    if "passes" in cut.ground.level.codes:
        frames["passages"] = passages(cut)
    return frames


def _worked(cut: Cut, effort: Callable[[Cut], pd.DataFrame]) -> dict[str, pd.DataFrame]:
    if cut.is_townships:
        loaders = {"outings": _outings, "lone_visits": _lone_visits, "disputes": _disputes, "effort": effort}
        return {name: load(cut) for name, load in loaders.items()}
    return {"effort": cell_hours(cut)} if "patrol_hours" in cut.ground.level.codes else {}


def _hour(field: str) -> ExtractHour:
    return ExtractHour(field, tzinfo=city_zone())


def _current_visits(cut: Cut) -> QuerySet[Visit]:
    return Visit.objects.filter(cut.on("occurred_on"), cut.ground.visits(), is_current=True)


def _visit_place(cut: Cut) -> F:
    return F("area_id" if cut.is_townships else f"premises__{cut.ground.level.door}")


def _visits(cut: Cut, in_denominator: Q | Exists) -> pd.DataFrame:
    rows = _current_visits(cut).annotate(
        hour=_hour("occurred_at"),
        place=_visit_place(cut),
        door=Cast("premises_id", Text()),
        kind=F("premises__kind"),
        now_in=F(f"premises__{cut.ground.level.door}"),
        counts=Case(When(in_denominator, then=True), default=False, output_field=BooleanField()),
    )
    keys = cut.group("occurred_on", "place", "hour", "door", "kind", "outcome", "now_in", "counts")
    counted = rows.values(*keys).annotate(n=Count("pk"), last_on=Max("occurred_on")).values_list(*keys, "n", "last_on")
    frame = cut.frame(counted, "occurred_on", [*keys, "n", "last_on"])
    number, areas = cut.ground.level.number, set(cut.areas)
    # A door that moved out of these townships stands in none of their denominators.
    standing = [
        number(key) if counts and key is not None and (not cut.is_townships or key in areas) else NOWHERE
        for key, counts in zip(frame["now_in"], frame["counts"], strict=True)
    ]
    return frame.assign(denominator_area_id=pd.Series(standing, index=frame.index, dtype="int64"))


def _in_denominator(window: Window) -> Q | Exists:
    frozen = frozen_campaign(window)
    if frozen is None:
        return _active_on(window.first, "premises__")
    listed = Campaign.denominator.through.objects.filter(campaign_id=frozen, premises_id=OuterRef("premises_id"))
    return Exists(listed)


def frozen_campaign(window: Window) -> Any:
    frozen = Campaign.objects.filter(pk=window.campaign_id, frozen_at__isnull=False) if window.campaign_id else None
    return frozen.values_list("pk", flat=True).first() if frozen is not None else None


def _active_on(day: date, prefix: str = "") -> Q:
    still = Q(**{f"{prefix}active_until__isnull": True}) | Q(**{f"{prefix}active_until__gt": day})
    return Q(**{f"{prefix}active_from__lte": day}) & still


def _doors(cut: Cut, window: Window) -> pd.DataFrame:
    frozen = frozen_campaign(window)
    rows = Premises.objects.filter(cut.ground.doors())
    rows = rows.filter(_active_on(window.first)) if frozen is None else rows.filter(campaigns=frozen)
    rows = rows.annotate(place=F(cut.ground.level.door))
    counted = rows.values("place", "kind").annotate(n=Count("pk")).values_list("place", "kind", "n")
    return cut.frame(counted, "", ["place", "kind", "n"])


def _outings(cut: Cut) -> pd.DataFrame:
    keys = cut.group("started_on", "area_id", "hour")
    rows = Patrol.objects.filter(cut.here("started_on")).annotate(hour=_hour("started_at"))
    counted = rows.values(*keys).annotate(n=Count("officers")).values_list(*keys, "n")
    return cut.frame(counted, "started_on", [*keys, "n"])


def _lone_visits(cut: Cut) -> pd.DataFrame:
    rows = _current_visits(cut).filter(patrol=None)
    rows = rows.annotate(hour=_hour("occurred_at"), officer=Cast("officers__id", Text()), day=F("occurred_on"))
    keys = cut.group("occurred_on", "day", "area_id", "hour", "officer")
    frame = cut.frame(rows.values_list(*keys).distinct(), "occurred_on", keys)
    return frame.rename(columns={"day": "on"})


def _disputes(cut: Cut) -> pd.DataFrame:
    keys = cut.group("opened_on", "area_id", "hour", "state", "is_resolved")
    rows = Dispute.objects.filter(cut.here("opened_on")).annotate(
        hour=_hour("opened_at"),
        is_resolved=ExpressionWrapper(Q(resolved_on__isnull=False), output_field=BooleanField()),
    )
    return cut.frame(rows.values(*keys).annotate(n=Count("pk")).values_list(*keys, "n"), "opened_on", [*keys, "n"])


def _open_disputes(cut: Cut) -> pd.DataFrame:
    keys = ["area_id", "hour", "state", "assign_due_on", "resolve_due_on"]
    rows = Dispute.objects.filter(opened_on__lte=cut.last, area__in=cut.areas, state__in=OPEN_STATES)
    counted = rows.annotate(hour=_hour("opened_at")).values(*keys).annotate(n=Count("pk")).values_list(*keys, "n")
    return cut.frame(counted, "", [*keys, "n"])


def _effort(cut: Cut) -> pd.DataFrame:
    columns = ["on", "area_id", "part", "km", "hours"]
    return cut.frame(LegTownship.objects.filter(cut.here("on")).values_list(*columns), "on", columns)


def _effort_sums(cut: Cut) -> pd.DataFrame:
    rows = TownshipDay.objects.filter(cut.here("on"), part=cut.part).values("area_id", "part")
    summed = rows.annotate(km=Sum("patrol_km"), hours=Sum("patrol_hours")).values_list("area_id", "part", "km", "hours")
    return cut.frame(summed, "", ["area_id", "part", "km", "hours"])


def _earlier_visits(cut: Cut) -> pd.DataFrame:
    if not cut.is_townships:
        return _earlier_visits_by_place(cut)
    only = Q() if cut.ground.only is None else Q(area=cut.ground.only)
    rows = TownshipDay.objects.filter(only, area__in=cut.areas, on__lt=cut.first, part=cut.part, visits__gt=0)
    latest = rows.values("area_id").annotate(last_on=Max("on")).values_list("area_id", "last_on")
    return cut.frame(latest, "", ["area_id", "last_on"])


def _earlier_visits_by_place(cut: Cut) -> pd.DataFrame:
    rows = Visit.objects.filter(cut.ground.visits(), occurred_on__lt=cut.first, is_current=True)
    if cut.part != "all":
        by_night = Q(hour__gte=NIGHT_FROM_HOUR) | Q(hour__lt=NIGHT_UNTIL_HOUR)
        rows = rows.annotate(hour=_hour("occurred_at")).filter(by_night if cut.part == DayPart.NIGHT else ~by_night)
    rows = rows.annotate(place=_visit_place(cut))
    latest = rows.values("place").annotate(last_on=Max("occurred_on")).values_list("place", "last_on")
    return cut.frame(latest, "", ["place", "last_on"])
