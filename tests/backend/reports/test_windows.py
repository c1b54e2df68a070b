"""Reading the window of a question."""

from datetime import date
from uuid import UUID

import pytest

from backend.common.problems import Problem
from backend.reports.windows import Window, read_as_of, read_window

TODAY = date(2026, 11, 22)
CAMPAIGN = UUID("01890000-0000-7000-8000-000000000001")


def read(text: str | None, as_of: date = TODAY) -> Window:
    days = (date(2026, 11, 1), date(2026, 12, 31))
    return read_window(text, as_of=as_of, campaign_days=lambda pk: days if pk == CAMPAIGN else None)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("7d", "2026-11-16", "2026-11-22"),
        ("30d", "2026-10-24", "2026-11-22"),
        ("90d", "2026-08-25", "2026-11-22"),
        (None, "2026-10-24", "2026-11-22"),
        ("2026-02-28..2026-03-01", "2026-02-28", "2026-03-01"),
        ("2026-11-22..2026-11-22", "2026-11-22", "2026-11-22"),
        (f"campaign:{CAMPAIGN}", "2026-11-01", "2026-12-31"),
    ],
)
def test_both_ends_are_included(text: str | None, first: str, last: str) -> None:
    window = read(text)
    assert (window.first.isoformat(), window.last.isoformat()) == (first, last)


def test_deadlines_are_judged_on_the_last_day_and_never_after_as_of() -> None:
    assert read("2026-01-01..2026-01-31").judged_on == date(2026, 1, 31)
    assert read(f"campaign:{CAMPAIGN}").judged_on == TODAY


@pytest.mark.parametrize(
    "text",
    [
        "0d", "-7d", "7", "d", "7D", "31d", "..", "2026-11-01..", "..2026-11-01", "2026-11-02..2026-11-01",
        "2026-02-30..2026-03-01",
        "20261101..20261102", "2026-W45-1..2026-W45-2", "2026-11-01...2026-11-02", "0001-01-01..0001-01-02",
        "2020-01-01..2026-01-01", "campaign:", "campaign:7", "campaign:01890000-0000-7000-8000-000000000002", "٧d",
    ],
)  # fmt: skip
def test_what_is_no_window_is_told_so(text: str) -> None:
    with pytest.raises(Problem) as caught:
        read(text)
    assert (caught.value.code, caught.value.errors[0].field) == ("window_invalid", "window")
    assert caught.value.detail


def test_as_of_is_today_unless_given() -> None:
    assert read_as_of(None, today=TODAY) == read_as_of("", today=TODAY) == TODAY
    assert read_as_of("2026-11-01", today=TODAY) == date(2026, 11, 1)
    with pytest.raises(Problem, match="window_invalid"):
        read_as_of("01.11.2026", today=TODAY)
