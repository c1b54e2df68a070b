"""SHELL: a place day by day: one row a day of the window, the days without a deed as well."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from backend.accounts.models import Officer
from backend.reports.coverage import figure_value
from backend.reports.fact_frames import of_part
from backend.reports.fact_loaders import load_ground_days
from backend.reports.figures import FIGURES, figure_table
from backend.reports.grounds import ground_for, place_ground
from backend.reports.levels import TOWNSHIPS, Level, day_codes
from backend.reports.suppression import suppressed
from backend.reports.windows import Window

Rows = list[dict[str, Any]]


def history(officer: Officer, level: Level, code: str, window: Window, part: str) -> Rows:
    """Return a row a day, oldest first: `on` and the figures that a single day has. Raises `not_found`.

    Of a township whose figures one may see; of a smaller place only of one's own: a day of a beat is somebody's round.
    """
    own = True
    if level is TOWNSHIPS:
        ground, [place] = ground_for(officer, level, window, code)
        own = place.own
        ground = replace(ground, only=place.key)
    else:
        ground, place = place_ground(officer, level, code, window)
    codes = day_codes(level)
    table = figure_table(of_part(load_ground_days(window.first, window.last, ground), part), codes)
    found = {row["period"]: row for row in table.reset_index().to_dict("records") if int(row["area_id"]) == place.id}
    rows = [_row(on, found.get(on, {}), codes) for on in _days(window)]
    if own:
        return rows
    # A day has no overdue disputes of its own; the rule that hides small counts looks at all three.
    hidden = suppressed([{"own": False, "disputes_overdue": 0, **row} for row in rows])
    return [{name: row[name] for name in ("on", *codes)} for row in hidden]


def _row(on: date, found: dict[Any, Any], codes: tuple[str, ...]) -> dict[str, Any]:
    return {"on": on.isoformat(), **{code: figure_value(code, found.get(code, FIGURES[code].absent)) for code in codes}}


def _days(window: Window) -> list[date]:
    return [window.first + timedelta(days=step) for step in range((window.last - window.first).days + 1)]
