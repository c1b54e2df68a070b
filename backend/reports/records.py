"""SHELL: the records behind a figure: the same rows that the figure counts, one by one, and only those in scope."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from django.db.models import BooleanField, Case, CharField, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, ExtractHour

from backend.accounts.models import Officer
from backend.accounts.scope import in_scope
from backend.common.problems import problem
from backend.reports.fact_frames import NOWHERE, Facts, facts_of, of_part
from backend.reports.fact_loaders import OPEN_STATES
from backend.reports.figures import FIGURES, RECORD_FIGURES, Figure
from backend.reports.record_words import record_json
from backend.reports.windows import Window
from geo.models import Area
from geo.selectors import areas_own, city_zone
from patrol.day_parts import day_parts
from patrol.models import Patrol
from visits.models import Dispute, Visit

PAGE = 100


@dataclass(frozen=True)
class RecordPage:
    """Some records of a figure, newest first; `next_key` is None at the end.

    `withheld` counts records of the figure that belong to another unit (a township shared by two stations).
    """

    results: list[dict[str, Any]]
    next_key: str | None
    withheld: int
    figure: Figure


def figure_known(code: str | None) -> Figure:
    """Return the figure whose records can be listed, or raise `figure_unknown`."""
    if code not in RECORD_FIGURES:
        raise problem("figure_unknown", known=", ".join(RECORD_FIGURES))
    return FIGURES[code]


def township_known(officer: Officer, code: str) -> Area:
    """Return the township whose records the officer may open, or raise `not_found`."""
    area = areas_own(officer).filter(code=code).first()
    if area is None:
        raise problem("not_found")
    return area


def record_page(
    officer: Officer,
    area: Area,
    figure: Figure,
    window: Window,
    part: str,
    *,
    after: str | None = None,
    size: int = PAGE,
) -> RecordPage:
    """Return the records after the key `after`, in one order that new records do not disturb."""
    rows = counted_rows(area, figure, window, part)
    visible = rows[[in_scope(officer, path) for path in rows["unit_path"]]] if len(rows) else rows
    ordered = visible.assign(key=_keys(visible)).sort_values("key", ascending=False)
    rest = ordered if after is None else ordered[ordered["key"] < after]
    page = rest.head(size)
    results = [record_json(row) for row in page.to_dict("records")]
    more = str(page["key"].iloc[-1]) if len(rest) > len(page) else None
    return RecordPage(results, more, len(rows) - len(visible), figure)


def counted_rows(area: Area, figure: Figure, window: Window, part: str) -> pd.DataFrame:
    """Return every row that the figure counts in the township, of whatever unit."""
    assert figure.counted is not None  # noqa: S101 (`figure_known` let it through)
    return figure.counted(of_part(_LOADERS[figure.records](area, window), part))


def _keys(rows: pd.DataFrame) -> Any:
    # Fixed width, so that text order is time order; the id makes it unique, the officer within an outing.
    at = rows["occurred_at"].map(lambda instant: f"{instant.timestamp():017.6f}") if len(rows) else rows["occurred_at"]
    return at.astype(str) + "|" + rows["id"].astype(str) + "|" + rows["officer"].astype(str)


def _frame(rows: QuerySet[Any], at_field: str, window: Window, columns: dict[str, Any]) -> pd.DataFrame:
    """Return one row a record: `columns` (name → field or expression), hour as part, and what every record shows."""
    shown = {
        "area_id": "area_id", "unit": "unit__code", "unit_path": "unit__path", "occurred_at": at_field,
        "hour": ExtractHour(at_field, tzinfo=city_zone()), **columns,
    }  # fmt: skip
    named = {f"col_{name}": F(source) if isinstance(source, str) else source for name, source in shown.items()}
    found = list(rows.annotate(**named).values_list(*named))
    frame = pd.DataFrame.from_records(found, columns=list(shown))
    parts = day_parts(frame["hour"].to_numpy(dtype="int64"))
    return frame.drop(columns="hour").assign(part=parts, period=window.first, n=1)


def _text(field: str) -> Cast:
    return Cast(field, CharField())


_TITLE = Case(When(premises__name="", then="premises__address"), default="premises__name", output_field=CharField())


def _visits_in(area: Area, window: Window) -> QuerySet[Visit]:
    days = (window.first, window.last)
    return Visit.objects.filter(area=area, occurred_on__range=days, is_current=True).order_by("occurred_at", "pk")


def _of_visits(area: Area, window: Window, *, by_door: bool = False) -> Facts:
    columns = {
        "type": Value("premises" if by_door else "visit"), "id": _text("premises_id" if by_door else "pk"),
        "door": _text("premises_id"), "kind": "premises__kind", "outcome": "outcome", "last_on": "occurred_on",
        "denominator_area_id": Value(NOWHERE), "officer": Value(""), "title": _TITLE, "word": "outcome",
    }  # fmt: skip
    frame = _frame(_visits_in(area, window), "occurred_at", window, columns)
    return facts_of(judged_on=window.judged_on, visits=frame)


def _of_doors(area: Area, window: Window) -> Facts:
    return _of_visits(area, window, by_door=True)


def _of_outings(area: Area, window: Window) -> Facts:
    officer = {"officer": _text("officers__pk"), "title": "officers__name"}
    outings = Patrol.objects.filter(area=area, started_on__range=(window.first, window.last), officers__isnull=False)
    columns = {"type": Value("patrol"), "id": _text("pk"), "word": "kind", **officer}
    lone = {"type": Value("visit"), "id": _text("pk"), "word": Value("lone"), "on": "occurred_on", **officer}
    lone_visits = _visits_in(area, window).filter(patrol=None, officers__isnull=False)
    return facts_of(
        judged_on=window.judged_on, outings=_frame(outings, "started_at", window, columns),
        lone_visits=_frame(lone_visits, "occurred_at", window, lone),
    )  # fmt: skip


def _of_disputes(area: Area, window: Window) -> Facts:
    is_resolved = ExpressionWrapper(Q(resolved_on__isnull=False), output_field=BooleanField())
    columns = {
        "type": Value("dispute"), "id": _text("pk"), "state": "state", "is_resolved": is_resolved,
        "assign_due_on": "assign_due_on", "resolve_due_on": "resolve_due_on", "officer": Value(""),
        "title": "category", "word": "state",
    }  # fmt: skip
    found = Dispute.objects.filter(area=area, opened_on__range=(window.first, window.last))
    pending = Dispute.objects.filter(area=area, opened_on__lte=window.last, state__in=OPEN_STATES)
    return facts_of(
        judged_on=window.judged_on, disputes=_frame(found, "opened_at", window, columns),
        open_disputes=_frame(pending, "opened_at", window, columns),
    )  # fmt: skip


_LOADERS: dict[str, Callable[[Area, Window], Facts]] = {
    "visit": _of_visits,
    "premises": _of_doors,
    "patrol": _of_outings,
    "dispute": _of_disputes,
}
