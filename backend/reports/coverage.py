"""SHELL: the figures of all places of a level that an officer may see, in one window: rows, totals, their basis."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pandas as pd
from django.db.models import Count, Max, Q, Sum

from backend.accounts.models import Officer
from backend.accounts.scope import working_unit
from backend.reports.fact_frames import WHOLE, Facts, as_one_area, of_part
from backend.reports.fact_loaders import load_window
from backend.reports.figures import FIGURES, figure_table
from backend.reports.grounds import Ground, Place, ground_for
from backend.reports.levels import TOWNSHIP_CODES, TOWNSHIPS, Level
from backend.reports.missing import missing_by_area
from backend.reports.models import TownshipDay
from backend.reports.suppression import (
    small_places_suppressed,
    small_places_total,
    suppressed,
    suppressed_total,
)
from backend.reports.times import wire_time
from backend.reports.windows import Window, read_as_of, read_window
from geo.models import Deployment
from geo.selectors import city_day, deployment
from visits.models import Campaign

CODES = TOWNSHIP_CODES
COUNTED_WHOLE = {"doors", "visits", "deployments", "disputes", "passes"}


@dataclass(frozen=True)
class CoverageTable:
    """One row a place (contract keys plus `id` and `key`), the totals, and the window they speak of."""

    level: Level
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


def coverage_table(
    officer: Officer, level: Level, window: Window, part: str, *, now: datetime, within: str | None = None
) -> CoverageTable:
    """Return the figures of every place that the officer may see (`within`: of one township); others' small counts
    hidden.
    """
    ground, places = ground_for(officer, level, window, within)
    facts = _facts(ground, places, window, part)
    figures = _figures_by_place(level, facts)
    revisions, nothing = _revisions(window, part, ground.areas), (1, _newest_as_of(window))
    lacking = missing_by_area(list(ground.areas), now=now)
    rows = [
        {
            "id": place.id, "key": place.key, **_names(level, place), "own": place.own,
            **figures.get(place.id, _figure_row(level, {})),
            "revision": revisions.get(place.area.pk, nothing)[0], "as_of": revisions.get(place.area.pk, nothing)[1],
            "missing": lacking.get(place.area.pk, []),
        }
        for place in places
    ]  # fmt: skip
    totals = _figures_by_place(level, as_one_area(facts)).get(WHOLE, _figure_row(level, {}))
    totals |= {"revision": max((row["revision"] for row in rows), default=1), "missing": lacking.get(WHOLE, [])}
    return CoverageTable(level, *_told(level, rows, totals), window, part, deployment())


def _facts(ground: Ground, places: Sequence[Place], window: Window, part: str) -> Facts:
    facts = of_part(load_window(window, part, ground), part)
    if ground.level.name != "cells":
        return facts
    own = {place.id for place in places if place.own}
    return replace(facts, effort=facts.effort[facts.effort["area_id"].isin(own)])


def _told(
    level: Level, rows: list[dict[str, Any]], totals: dict[str, Any]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    if level is TOWNSHIPS:
        return suppressed(rows), suppressed_total(totals, rows)
    if not level.door:
        return rows, totals
    told = small_places_suppressed(rows)
    return told, small_places_total(totals, told, rows)


def _names(level: Level, place: Place) -> dict[str, str]:
    if level is TOWNSHIPS:
        county = place.area.parent
        return {"code": place.code, "name": place.name, "county": county.name if county else ""}
    return {
        "code": place.code, "name": place.name, "township": place.area.name, "township_code": place.area.code,
    }  # fmt: skip


def _figures_by_place(level: Level, facts: Facts) -> dict[int, dict[str, Any]]:
    table = figure_table(facts, level.codes)
    return {int(row.pop("area_id")): _figure_row(level, row) for row in table.reset_index().to_dict("records")}


def _figure_row(level: Level, row: dict[Any, Any]) -> dict[str, Any]:
    return {code: figure_value(code, row.get(code, FIGURES[code].absent)) for code in level.codes}


def figure_value(code: str, value: Any) -> Any:
    """Return a figure as the API writes it: counts whole, days as texts, nothing as None."""
    if value is None or pd.isna(value):
        return None
    if FIGURES[code].unit in COUNTED_WHOLE:
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
