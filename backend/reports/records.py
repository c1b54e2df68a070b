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
from backend.reports.fact_frames import NOWHERE, WHOLE, Facts, facts_of, of_part
from backend.reports.fact_loaders import OPEN_STATES
from backend.reports.figures import FIGURES, RECORD_FIGURES, Figure
from backend.reports.grounds import Ground
from backend.reports.levels import TOWNSHIPS, Level
from backend.reports.record_words import record_json
from backend.reports.windows import Window
from geo.selectors import city_zone
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


def figure_known(code: str | None, level: Level = TOWNSHIPS) -> Figure:
    """Return the figure whose records can be listed at a level, or raise `figure_unknown`."""
    known = figures_with_records(level)
    if code not in known:
        raise problem("figure_unknown", known=", ".join(known))
    return FIGURES[code]


def figures_with_records(level: Level) -> tuple[str, ...]:
    """Return the figures of a level that open to records."""
    # Visits met have no column of their own: wherever visits are counted, they are, too.
    return tuple(code for code in RECORD_FIGURES if code in level.codes or (code == "visits_met" and level.door))


def record_page(
    officer: Officer,
    ground: Ground,
    figure: Figure,
    window: Window,
    part: str,
    *,
    after: str | None = None,
    size: int = PAGE,
) -> RecordPage:
    """Return the records of the one place of `ground` after the key `after`, in an order that new ones leave alone."""
    rows = counted_rows(ground, figure, window, part)
    visible = rows[[in_scope(officer, path) for path in rows["unit_path"]]] if len(rows) else rows
    ordered = visible.assign(key=_keys(visible)).sort_values("key", ascending=False)
    rest = ordered if after is None else ordered[ordered["key"] < after]
    page = rest.head(size)
    results = [record_json(row) for row in page.to_dict("records")]
    more = str(page["key"].iloc[-1]) if len(rest) > len(page) else None
    return RecordPage(results, more, len(rows) - len(visible), figure)


def counted_rows(ground: Ground, figure: Figure, window: Window, part: str) -> pd.DataFrame:
    """Return every row that the figure counts in the one place of `ground`, of whatever unit."""
    assert figure.counted is not None  # noqa: S101 (`figure_known` let it through)
    return figure.counted(of_part(_LOADERS[figure.records](ground, window), part))


def _keys(rows: pd.DataFrame) -> Any:
    # Fixed width, so that text order is time order; the id makes it unique, the officer within an outing.
    at = rows["occurred_at"].map(lambda instant: f"{instant.timestamp():017.6f}") if len(rows) else rows["occurred_at"]
    return at.astype(str) + "|" + rows["id"].astype(str) + "|" + rows["officer"].astype(str)


def _frame(rows: QuerySet[Any], at_field: str, window: Window, columns: dict[str, Any]) -> pd.DataFrame:
    """Return one row a record: `columns` (name → field or expression), hour as part, and what every record shows."""
    shown = {
        "area_id": Value(WHOLE), "unit": "unit__code", "unit_path": "unit__path", "occurred_at": at_field,
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


def _visits_in(ground: Ground, window: Window) -> QuerySet[Visit]:
    days = (window.first, window.last)
    return Visit.objects.filter(ground.visits(), occurred_on__range=days, is_current=True).order_by("occurred_at", "pk")


def _of_visits(ground: Ground, window: Window, *, by_door: bool = False) -> Facts:
    columns = {
        "type": Value("premises" if by_door else "visit"), "id": _text("premises_id" if by_door else "pk"),
        "door": _text("premises_id"), "kind": "premises__kind", "outcome": "outcome", "last_on": "occurred_on",
        "denominator_area_id": Value(NOWHERE), "officer": Value(""), "title": _TITLE, "word": "outcome",
    }  # fmt: skip
    frame = _frame(_visits_in(ground, window), "occurred_at", window, columns)
    return facts_of(judged_on=window.judged_on, visits=frame)


def _of_doors(ground: Ground, window: Window) -> Facts:
    return _of_visits(ground, window, by_door=True)


def _of_outings(ground: Ground, window: Window) -> Facts:
    officer = {"officer": _text("officers__pk"), "title": "officers__name"}
    outings = Patrol.objects.filter(
        area=ground.only, started_on__range=(window.first, window.last), officers__isnull=False
    )
    columns = {"type": Value("patrol"), "id": _text("pk"), "word": "kind", **officer}
    lone = {"type": Value("visit"), "id": _text("pk"), "word": Value("lone"), "on": "occurred_on", **officer}
    lone_visits = _visits_in(ground, window).filter(patrol=None, officers__isnull=False)
    return facts_of(
        judged_on=window.judged_on, outings=_frame(outings, "started_at", window, columns),
        lone_visits=_frame(lone_visits, "occurred_at", window, lone),
    )  # fmt: skip


def _of_disputes(ground: Ground, window: Window) -> Facts:
    is_resolved = ExpressionWrapper(Q(resolved_on__isnull=False), output_field=BooleanField())
    columns = {
        "type": Value("dispute"), "id": _text("pk"), "state": "state", "is_resolved": is_resolved,
        "assign_due_on": "assign_due_on", "resolve_due_on": "resolve_due_on", "officer": Value(""),
        "title": "category", "word": "state",
    }  # fmt: skip
    found = Dispute.objects.filter(area=ground.only, opened_on__range=(window.first, window.last))
    pending = Dispute.objects.filter(area=ground.only, opened_on__lte=window.last, state__in=OPEN_STATES)
    return facts_of(
        judged_on=window.judged_on, disputes=_frame(found, "opened_at", window, columns),
        open_disputes=_frame(pending, "opened_at", window, columns),
    )  # fmt: skip


_LOADERS: dict[str, Callable[[Ground, Window], Facts]] = {
    "visit": _of_visits,
    "premises": _of_doors,
    "patrol": _of_outings,
    "dispute": _of_disputes,
}
