"""SHELL: reads the frames of `fact_frames` from the tables, for days or for one window."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from django.contrib.postgres.aggregates import BoolOr
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

from backend.reports.fact_frames import NOWHERE, Facts, facts_of
from backend.reports.models import TownshipDay
from backend.reports.windows import Window
from geo.models import Premises, StreetPiece
from geo.selectors import city_zone
from patrol.day_parts import day_parts
from patrol.models import LegTownship, Patrol, PieceLeg, PieceState
from visits.models import Campaign, Dispute, DisputeState, Visit

OPEN_STATES = (DisputeState.FOUND, DisputeState.REGISTERED, DisputeState.ASSIGNED, DisputeState.MEDIATING)


@dataclass(frozen=True)
class Cut:
    """Which days and townships, and what a period is: each day (None), or the window that begins on `period`.

    The hour is read only where a rule needs it: with it 70,000 visits are twice as many groups. `part` is the part of
    the day that a window asks for; days are always read with both.
    """

    first: date
    last: date
    areas: Sequence[int]
    period: date | None = None
    part: str = "all"

    @property
    def by_part(self) -> bool:
        """Whether day and night must be told apart."""
        return self.period is None or self.part != "all"

    def on(self, day_field: str, area_field: str = "area") -> Q:
        """Return the condition "on these days in these townships"."""
        return Q(**{f"{day_field}__range": (self.first, self.last), f"{area_field}__in": self.areas})

    def group(self, day_field: str, *others: str) -> list[str]:
        """Return the columns to group by: the day only where each day is a period, the hour only where it is needed."""
        days = [] if self.period else [day_field]
        return [*days, *(name for name in others if self.by_part or name not in {"hour", "part"})]

    def frame(self, rows: Iterable[tuple[Any, ...]], day_field: str, columns: Sequence[str]) -> pd.DataFrame:
        """Return rows as a frame with `period`, and `part` in place of `hour`."""
        frame = pd.DataFrame.from_records(list(rows), columns=list(columns))
        frame = frame.assign(period=self.period) if self.period else frame.rename(columns={day_field: "period"})
        if "hour" in frame:
            frame = frame.assign(part=day_parts(frame["hour"].to_numpy(dtype="int64"))).drop(columns="hour")
        return frame


def load_days(first: date, last: date, areas: Sequence[int]) -> Facts:
    """Return what happened in the townships on each day: no denominators, no deadlines."""
    cut = Cut(first, last, areas)
    return facts_of(
        judged_on=last,
        visits=_visits(cut, Q(pk__isnull=True)),
        outings=_outings(cut),
        lone_visits=_lone_visits(cut),
        disputes=_disputes(cut),
        effort=_effort(cut),
        pieces=_pieces(cut),
    )


def load_window(window: Window, part: str, areas: Sequence[int]) -> Facts:
    """Return everything the figures of a window need. Kilometres and hours are sums of the townships' days."""
    cut = Cut(window.first, window.last, areas, period=window.first, part=part)
    return facts_of(
        judged_on=window.judged_on,
        visits=_visits(cut, _in_denominator(window)),
        outings=_outings(cut),
        lone_visits=_lone_visits(cut),
        disputes=_disputes(cut),
        open_disputes=_open_disputes(cut),
        effort=_effort_sums(cut),
        pieces=_pieces(cut),
        doors=_doors(cut, window),
        streets=_streets(cut),
        earlier_visits=_earlier_visits(cut),
    )


def _hour(field: str) -> ExtractHour:
    return ExtractHour(field, tzinfo=city_zone())


def _current_visits(cut: Cut) -> QuerySet[Visit]:
    return Visit.objects.filter(cut.on("occurred_on"), is_current=True)


def _visits(cut: Cut, in_denominator: Q | Exists) -> pd.DataFrame:
    rows = _current_visits(cut).annotate(
        hour=_hour("occurred_at"),
        door=Cast("premises_id", Text()),
        kind=F("premises__kind"),
        denominator_area_id=Case(When(in_denominator, then=F("premises__area_id")), default=NOWHERE),
    )
    keys = cut.group("occurred_on", "area_id", "hour", "door", "kind", "outcome", "denominator_area_id")
    counted = rows.values(*keys).annotate(n=Count("pk"), last_on=Max("occurred_on")).values_list(*keys, "n", "last_on")
    frame = cut.frame(counted, "occurred_on", [*keys, "n", "last_on"])
    # A door that moved out of these townships stands in none of their denominators.
    outside = ~frame["denominator_area_id"].isin(list(cut.areas))
    return frame.assign(denominator_area_id=frame["denominator_area_id"].mask(outside, NOWHERE))


def _in_denominator(window: Window) -> Q | Exists:
    frozen = _frozen_campaign(window)
    if frozen is None:
        return _active_on(window.first, "premises__")
    listed = Campaign.denominator.through.objects.filter(campaign_id=frozen, premises_id=OuterRef("premises_id"))
    return Exists(listed)


def _frozen_campaign(window: Window) -> Any:
    frozen = Campaign.objects.filter(pk=window.campaign_id, frozen_at__isnull=False) if window.campaign_id else None
    return frozen.values_list("pk", flat=True).first() if frozen is not None else None


def _active_on(day: date, prefix: str = "") -> Q:
    still = Q(**{f"{prefix}active_until__isnull": True}) | Q(**{f"{prefix}active_until__gt": day})
    return Q(**{f"{prefix}active_from__lte": day}) & still


def _doors(cut: Cut, window: Window) -> pd.DataFrame:
    frozen = _frozen_campaign(window)
    rows = Premises.objects.filter(area__in=cut.areas)
    rows = rows.filter(_active_on(window.first)) if frozen is None else rows.filter(campaigns=frozen)
    counted = rows.values("area_id", "kind").annotate(n=Count("pk")).values_list("area_id", "kind", "n")
    return cut.frame(counted, "", ["area_id", "kind", "n"])


def _outings(cut: Cut) -> pd.DataFrame:
    keys = cut.group("started_on", "area_id", "hour")
    rows = Patrol.objects.filter(cut.on("started_on")).annotate(hour=_hour("started_at"))
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
    rows = Dispute.objects.filter(cut.on("opened_on")).annotate(
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
    return cut.frame(LegTownship.objects.filter(cut.on("on")).values_list(*columns), "on", columns)


def _effort_sums(cut: Cut) -> pd.DataFrame:
    rows = TownshipDay.objects.filter(cut.on("on"), part=cut.part).values("area_id", "part")
    summed = rows.annotate(km=Sum("patrol_km"), hours=Sum("patrol_hours")).values_list("area_id", "part", "km", "hours")
    return cut.frame(summed, "", ["area_id", "part", "km", "hours"])


def _pieces(cut: Cut) -> pd.DataFrame:
    keys = cut.group("on", "area_id", "part", "piece_id", "length_m")
    rows = PieceLeg.objects.filter(cut.on("on", "piece__area"))
    rows = rows.filter(part=cut.part) if cut.part != "all" else rows
    rows = rows.annotate(area_id=F("piece__area_id"), length_m=F("piece__length_m"))
    grouped = rows.values(*keys).annotate(is_passed=BoolOr(Q(state=PieceState.PASSED)))
    frame = cut.frame(grouped.values_list(*keys, "is_passed"), "on", [*keys, "is_passed"])
    return frame.rename(columns={"piece_id": "piece"})


def _streets(cut: Cut) -> pd.DataFrame:
    summed = StreetPiece.objects.filter(area__in=cut.areas).values("area_id").annotate(length=Sum("length_m"))
    frame = cut.frame(summed.values_list("area_id", "length"), "", ["area_id", "length"])
    return frame.rename(columns={"length": "length_m"})


def _earlier_visits(cut: Cut) -> pd.DataFrame:
    rows = TownshipDay.objects.filter(area__in=cut.areas, on__lt=cut.first, part=cut.part, visits__gt=0)
    latest = rows.values("area_id").annotate(last_on=Max("on")).values_list("area_id", "last_on")
    return cut.frame(latest, "", ["area_id", "last_on"])
