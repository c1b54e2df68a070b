"""PURE: the period a figure speaks of: reads `7d`, `30d`, `90d`, `2026-10-01..2026-10-31` and `campaign:<id>`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from backend.common.problems import FieldError, Problem, problem

ROLLING_DAYS = (7, 30, 90)
# Three years: longer than any report, short enough that one request cannot ask for the whole history of a province.
LONGEST_DAYS = 1096
CAMPAIGN = "campaign:"

CampaignDays = Callable[[UUID], tuple[date, date] | None]


@dataclass(frozen=True)
class Window:
    """Both ends included, in the city's zone. `as_of` is the day from which deadlines are judged."""

    first: date
    last: date
    label: str
    as_of: date
    campaign_id: UUID | None = None

    @property
    def judged_on(self) -> date:
        """The day on which "overdue" is decided: the window's last day, but never after `as_of`."""
        return min(self.last, self.as_of)


def read_as_of(text: str | None, *, today: date) -> date:
    """Return the day that `as_of` names; `today` (in the city's zone) when it is not given."""
    return today if not text else _read_day(text, "as_of")


def read_window(text: str | None, *, as_of: date, campaign_days: CampaignDays) -> Window:
    """Return the window that `text` names (default `30d`). Raises the problem `window_invalid`.

    `campaign_days` returns first and last day of a campaign that the asker may see, or None.
    """
    label = text or "30d"
    if label.startswith(CAMPAIGN):
        return _of_campaign(label, as_of, campaign_days)
    if ".." in label:
        return _of_days(label, as_of)
    for days in ROLLING_DAYS:
        if label == f"{days}d":
            return Window(as_of - timedelta(days=days - 1), as_of, label, as_of)
    raise _invalid("window", f"{label!r} is none of 7d, 30d, 90d, YYYY-MM-DD..YYYY-MM-DD, campaign:<id>.")


def _of_days(label: str, as_of: date) -> Window:
    first_text, last_text = label.split("..", 1)
    first, last = _read_day(first_text, "window"), _read_day(last_text, "window")
    if last < first:
        raise _invalid("window", f"The window ends on {last} before it begins on {first}.")
    if (last - first).days >= LONGEST_DAYS:
        raise _invalid("window", f"The window is longer than {LONGEST_DAYS} days.")
    return Window(first, last, label, as_of)


def _of_campaign(label: str, as_of: date, campaign_days: CampaignDays) -> Window:
    try:
        campaign_id = UUID(label.removeprefix(CAMPAIGN))
    except ValueError:
        raise _invalid("window", f"{label!r} does not name a campaign by its id.") from None
    days = campaign_days(campaign_id)
    if days is None:
        raise _invalid("window", "There is no such campaign.")
    return Window(days[0], days[1], label, as_of, campaign_id)


def _read_day(text: str, field: str) -> date:
    # date.fromisoformat also reads 20261101 and 2026-W45-1; the contract knows one spelling only.
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _invalid(field, f"{text!r} is not a day written YYYY-MM-DD.") from None
    if text != day.isoformat() or day.year < 1900 or day.year > 9000:
        raise _invalid(field, f"{text!r} is not a day written YYYY-MM-DD.")
    return day


def _invalid(field: str, why: str) -> Problem:
    return problem("window_invalid", why=why, errors=[FieldError(field, "window_invalid", why)])
