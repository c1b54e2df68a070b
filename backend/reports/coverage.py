"""SHELL: the figures of all townships that an officer may see, in one window: rows, totals, and what they rest on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pandas as pd
from django.contrib.gis.db.models import MultiPolygonField
from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import Count, Func, Max, Q, Sum, Value

from backend.accounts.models import Officer
from backend.accounts.scope import working_unit
from backend.reports.fact_frames import WHOLE, Facts, as_one_area, of_part
from backend.reports.fact_loaders import load_window
from backend.reports.figures import FIGURES, figure_table
from backend.reports.missing import missing_by_area
from backend.reports.models import TownshipDay
from backend.reports.suppression import suppressed, suppressed_total
from backend.reports.times import wire_time
from backend.reports.windows import Window, read_as_of, read_window
from geo.models import Area, Deployment
from geo.selectors import areas_own, areas_with_figures, city_day, deployment
from visits.models import Campaign

# The contract's figures, in its order.
CODES = (
    "households", "households_visited", "household_coverage", "enterprises", "enterprises_visited",
    "enterprise_coverage", "street_m", "street_m_covered", "street_m_unknown", "street_coverage", "patrol_km",
    "patrol_hours", "officer_deployments", "visits", "disputes_found", "disputes_resolved", "disputes_overdue",
    "last_visit_on",
)  # fmt: skip
WHOLE_NUMBERS = {code for code in CODES if FIGURES[code].unit in {"doors", "visits", "deployments", "disputes"}}
# About 50 m: half a pixel where a whole county fills the screen.
SIMPLIFIED_DEG = 0.0005


@dataclass(frozen=True)
class CoverageTable:
    """One row a township (contract keys plus `id`), the totals, and the window they speak of."""

    rows: list[dict[str, Any]]
    totals: dict[str, Any]
    window: Window
    part: str
    place: Deployment


def window_for(officer: Officer, window: str | None, as_of: str | None, *, now: datetime) -> Window:
    """Return the window an officer asks for; `window_invalid` for one that cannot be read or is not theirs to see."""

    def campaign_days(campaign_id: UUID) -> tuple[date, date] | None:
        unit = working_unit(officer)
        path = unit.path if unit else ""
        above = [code for code in path.split("/") if code]
        seen = Q(unit__code__in=above) | Q(unit__path__startswith=path or "-")
        return Campaign.objects.filter(seen, pk=campaign_id).values_list("starts_on", "ends_on").first()

    return read_window(window, as_of=read_as_of(as_of, today=city_day(now)), campaign_days=campaign_days)


def township_coverage(officer: Officer, window: Window, part: str, *, now: datetime) -> CoverageTable:
    """Return the figures of every township that the officer may see, small dispute counts of others hidden."""
    own = set(areas_own(officer).values_list("pk", flat=True))
    columns = ("pk", "code", "name", "parent__name")
    areas = list(areas_with_figures(officer).order_by("code").values_list(*columns))
    ids = [pk for pk, *_ in areas]
    facts = of_part(load_window(window, part, ids), part)
    figures = _figures_by_area(facts)
    revisions = _revisions(window, part, ids)
    lacking = missing_by_area(ids, now=now)
    nothing = (1, _newest_as_of(window))
    rows = [
        {
            "id": pk, "code": code, "name": name, "county": county or "", "own": pk in own,
            **figures.get(pk, _figure_row({})), "revision": revisions.get(pk, nothing)[0],
            "as_of": revisions.get(pk, nothing)[1], "missing": lacking.get(pk, []),
        }
        for pk, code, name, county in areas
    ]  # fmt: skip
    totals = _figures_by_area(as_one_area(facts)).get(WHOLE, _figure_row({}))
    totals |= {"revision": max((row["revision"] for row in rows), default=1), "missing": lacking.get(WHOLE, [])}
    return CoverageTable(suppressed(rows), suppressed_total(totals, rows), window, part, deployment())


def geometries(areas: Sequence[int]) -> dict[int, str]:
    """Return the boundaries as GeoJSON text in WGS 84, thinned to about 50 m; for looking at, not for deciding."""
    thinned = Func(
        "boundary",
        Value(SIMPLIFIED_DEG),
        function="ST_SimplifyPreserveTopology",
        template="ST_Multi(%(function)s(%(expressions)s))",
        output_field=MultiPolygonField(srid=4326),
    )
    rows = Area.objects.filter(pk__in=areas).annotate(thin=AsGeoJSON(thinned, precision=5))
    return dict(rows.values_list("pk", "thin"))


def _figures_by_area(facts: Facts) -> dict[int, dict[str, Any]]:
    table = figure_table(facts, CODES)
    return {int(row.pop("area_id")): _figure_row(row) for row in table.reset_index().to_dict("records")}


def _figure_row(row: dict[Any, Any]) -> dict[str, Any]:
    return {code: _value(code, row.get(code, FIGURES[code].absent)) for code in CODES}


def _value(code: str, value: Any) -> Any:
    if value is None or pd.isna(value):
        return None
    if code in WHOLE_NUMBERS:
        return int(value)
    return value.isoformat() if isinstance(value, date) else float(value)


def _newest_as_of(window: Window) -> str:
    """Return when anything was last counted: what a township without a row in the window is as of."""
    newest = TownshipDay.objects.aggregate(at=Max("as_of"))["at"]
    return wire_time(newest) if newest else f"{window.as_of.isoformat()}T00:00:00.000Z"


def _revisions(window: Window, part: str, areas: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Return revision and as_of by township: the revision rises by one whenever any day of the window changes."""
    rows = TownshipDay.objects.filter(on__range=(window.first, window.last), part=part, area__in=areas)
    summed = rows.values("area_id").annotate(changes=Sum("revision") - Count("pk"), at=Max("as_of"))
    return {pk: (1 + changes, wire_time(at)) for pk, changes, at in summed.values_list("area_id", "changes", "at")}
