"""PURE: every published figure, defined once. Map, table, export, records list and nightly task all count by these.

`counted(facts)` returns the rows that a figure counts; the figure is the sum of their `n`, and the records list behind
it is the same rows, one by one. docs/figures.md is generated from `FIGURES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from backend.reports import counting
from backend.reports.counting import KEY
from backend.reports.fact_frames import Facts


@dataclass(frozen=True)
class Figure:
    """One published figure: its names, the rule in words, its unit, and how it is counted.

    `value` returns a series by (area_id, period). `counted` and `records` exist for the figures that open to records.
    """

    code: str
    name_zh: str
    name_en: str
    rule_zh: str
    rule_en: str
    unit: str
    value: Callable[[Facts], pd.Series[Any]]
    counted: Callable[[Facts], pd.DataFrame] | None = None
    records: str = ""
    absent: float | None = 0


def figure_table(facts: Facts, codes: Iterable[str], figures: Mapping[str, Figure] | None = None) -> pd.DataFrame:
    """Return the figures `codes` by (area_id, period), sorted; counts that are absent are 0, shares NaN, days None."""
    known = FIGURES if figures is None else figures
    columns = {code: known[code].value(facts) for code in codes}
    table = pd.DataFrame(columns).sort_index()
    table.index = table.index.set_names(KEY) if table.index.nlevels == len(KEY) else table.index
    for code in columns:
        if known[code].absent is not None:
            table[code] = table[code].astype(float).fillna(0.0)
    return table


_CURRENT_ZH = "被更正的记录不计，更正后的记录计入。"
_CURRENT_EN = "A corrected visit does not count, the correcting one does."

_FIGURES = (
    Figure(
        "households",
        "户数",
        "Households",
        "统计期第一天在用的户（专项行动：冻结名单中的户）。",
        "Households active on the first day of the window (campaign: those on the frozen list).",
        "doors",
        counting.doors_of("household"),
    ),
    Figure(
        "households_visited",
        "走访户数",
        "Households visited",
        f"统计期内至少有一次结果为“见到人”的走访的户，每户只计一次。{_CURRENT_ZH}",
        f"Distinct households with at least one visit with outcome met in the window. {_CURRENT_EN}",
        "doors",
        counting.count_of(lambda facts: counting.doors_met(facts, "household")),
        lambda facts: counting.doors_met(facts, "household"),
        "premises",
    ),
    Figure(
        "household_coverage",
        "入户走访率",
        "Household coverage",
        "走访户数 ÷ 户数；分子只计分母中的户，统计期第一天以后登记的户不计。无户可计时为空。",
        "Households visited / households. Only doors of the denominator count in the numerator: a door registered "
        "later does not. Empty where the denominator is 0.",
        "share",
        counting.door_coverage("household"),
        absent=None,
    ),
    Figure(
        "enterprises",
        "企事业单位数",
        "Enterprises",
        "统计期第一天在用的企事业单位（专项行动：冻结名单中的单位）。",
        "Enterprises active on the first day of the window (campaign: those on the frozen list).",
        "doors",
        counting.doors_of("enterprise"),
    ),
    Figure(
        "enterprises_visited",
        "走访企事业单位数",
        "Enterprises visited",
        f"统计期内至少有一次结果为“见到人”的走访的企事业单位，每家只计一次。{_CURRENT_ZH}",
        f"Distinct enterprises with at least one visit with outcome met in the window. {_CURRENT_EN}",
        "doors",
        counting.count_of(lambda facts: counting.doors_met(facts, "enterprise")),
        lambda facts: counting.doors_met(facts, "enterprise"),
        "premises",
    ),
    Figure(
        "enterprise_coverage",
        "企事业单位走访率",
        "Enterprise coverage",
        "走访企事业单位数 ÷ 企事业单位数；分子只计分母中的单位。无单位可计时为空。",
        "Enterprises visited / enterprises; only doors of the denominator count. Empty where the denominator is 0.",
        "share",
        counting.door_coverage("enterprise"),
        absent=None,
    ),
    Figure(
        "visits",
        "走访次数",
        "Visits (attempts)",
        f"统计期内的全部走访，不论结果。{_CURRENT_ZH}",
        f"Every visit in the window, whatever its outcome. {_CURRENT_EN}",
        "visits",
        counting.count_of(counting.visits),
        counting.visits,
        "visit",
    ),
    Figure(
        "visits_met",
        "见到人的走访次数",
        "Visits with somebody met",
        f"结果为“见到人”的走访。{_CURRENT_ZH}",
        f"Visits with outcome met. {_CURRENT_EN}",
        "visits",
        counting.count_of(counting.visits_met),
        counting.visits_met,
        "visit",
    ),
    Figure(
        "officer_deployments",
        "出动警力（人次）",
        "Officer-deployments",
        "每次出勤的人数之和，计入出勤时间最长的乡镇；不属于任何出勤的走访，每名民警每天计一次（合计中也只计一次）。",
        "The officers on each outing, counted for the township where most of its time was spent; visits without an "
        "outing count once per officer and day (once in the total, too).",
        "deployments",
        counting.count_of(counting.officer_deployments),
        counting.officer_deployments,
        "patrol",
    ),
    Figure(
        "patrol_km",
        "巡逻里程",
        "Patrol kilometres",
        "匹配到道路后的里程，加上路网以外（里弄、院落、田野）走过的里程；轨迹缺口不计。",
        "Way along the streets that the track was matched to, and what was walked off them (alleys, yards, fields); "
        "gaps are not counted.",
        "km",
        lambda facts: counting.total(facts.effort, "km", 3),
    ),
    Figure(
        "patrol_hours",
        "巡逻时长",
        "Patrol hours",
        "道路上和路网以外的巡逻时间之和；超过 60 秒无有效定位的时段不计。",
        "Time on the streets and off them; any 60 s without a usable fix is a gap and not counted.",
        "hours",
        lambda facts: counting.total(facts.effort, "hours", 4),
    ),
    Figure(
        "street_m",
        "道路长度",
        "Street metres",
        "道路分段（约 20 米）长度之和。",
        "Metres of all street pieces (about 20 m each).",
        "m",
        lambda facts: counting.total(facts.streets, "length_m", 2),
    ),
    Figure(
        "street_m_covered",
        "已巡道路长度",
        "Street metres covered",
        "统计期内至少经过一次的道路分段；每段只计一次。轨迹须匹配到该路，且走过分段的六成以上，路过路口或平行道路不算。",
        "Street pieces passed at least once in the window, each once. Passed: the track was matched to this street "
        "and went along at least 60 % of the piece; crossing it, or walking a parallel street, does not count.",
        "m",
        lambda facts: counting.total(counting.passed(facts), "length_m", 2),
    ),
    Figure(
        "street_m_unknown",
        "不明道路长度",
        "Street metres unknown",
        "在轨迹缺口内可能到达、且统计期内未确认经过的道路分段。不明既不算已巡，也不算未巡。",
        "Street pieces within reach of a gap (the bird's path between its two ends at the leg's speed) that were not "
        "otherwise passed in the window. Unknown is neither covered nor not covered.",
        "m",
        lambda facts: counting.total(counting.unknown(facts), "length_m", 2),
    ),
    Figure(
        "street_coverage",
        "道路覆盖率",
        "Street coverage",
        "已巡道路长度 ÷ 道路长度。无道路数据时为空。",
        "Street metres covered / street metres. Empty where no street is on file.",
        "share",
        counting.street_coverage,
        absent=None,
    ),
    Figure(
        "disputes_found",
        "发现矛盾纠纷",
        "Disputes found",
        "统计期内登记发现的矛盾纠纷。",
        "Disputes opened in the window.",
        "disputes",
        counting.count_of(counting.disputes_found),
        counting.disputes_found,
        "dispute",
    ),
    Figure(
        "disputes_resolved",
        "化解矛盾纠纷",
        "Disputes resolved",
        "统计期内发现的纠纷中已化解的（含已回访、已结案），不论何时化解；与发现数为同一批。",
        "Those of the disputes opened in the window that stand resolved (or followed up or closed after it), whenever "
        "that was: the same cohort as disputes found.",
        "disputes",
        counting.count_of(counting.disputes_resolved),
        counting.disputes_resolved,
        "dispute",
    ),
    Figure(
        "disputes_overdue",
        "超期矛盾纠纷",
        "Disputes overdue",
        "统计期末以前发现、至今未办结，且在统计截止日之前已过期限（未指派的看指派期限，其余看化解期限）的纠纷，不限发现时间。",
        "Disputes opened by the end of the window, whenever, still without an end, whose deadline (to assign while "
        "nobody has it, else to resolve) lay before the as-of day.",
        "disputes",
        counting.count_of(counting.disputes_overdue),
        counting.disputes_overdue,
        "dispute",
    ),
    Figure(
        "last_visit_on",
        "最近走访日",
        "Last visit on",
        f"统计期末以前最近一次走访的日期，不论结果，可早于统计期。{_CURRENT_ZH}",
        f"Day of the last visit, whatever its outcome, by the end of the window; it may lie before it. {_CURRENT_EN}",
        "date",
        counting.last_visit_on,
        absent=None,
    ),
    Figure(
        "passes",
        "巡经次数",
        "Passes",
        "统计期内经过该道路任一分段的巡段数；同一巡段每天白天、夜间各只计一次。合计为各条道路之和。仅按道路统计。",
        "Legs that passed any piece of the street, each once a day and part of the day. The total is the sum of the "
        "streets. Told of streets only.",
        "passes",
        lambda facts: counting.total(facts.passages, "n"),
    ),
    Figure(
        "last_passed_on",
        "最近巡经日",
        "Last passed on",
        "统计期末以前最近一次经过该道路的日期，可早于统计期。仅按道路统计。",
        "Day on which the street was last passed by the end of the window; it may lie before it. Told of streets only.",
        "date",
        counting.last_passed_on("last_on"),
        absent=None,
    ),
    Figure(
        "last_night_on",
        "最近夜间巡经日",
        "Last passed at night on",
        "统计期末以前最近一次在夜间经过该道路的日期，可早于统计期。仅按道路统计。",
        "Day on which the street was last passed at night (20:00–06:00) by the end of the window; it may lie before "
        "it. Told of streets only.",
        "date",
        counting.last_passed_on("last_night_on"),
        absent=None,
    ),
)

FIGURES: dict[str, Figure] = {figure.code: figure for figure in _FIGURES}
RECORD_FIGURES: tuple[str, ...] = tuple(figure.code for figure in _FIGURES if figure.counted is not None)
