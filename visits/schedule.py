"""PURE: when a door is due again, and by when a dispute must have moved."""

from collections.abc import Mapping
from datetime import date, timedelta

# 2-records.md: days until the next visit; a vacant or vanished door is not due (its state is what needs a decision).
DUE_AFTER_DAYS: Mapping[str, int] = {"met": 90, "nobody_home": 7, "refused": 30}

ASSIGN_WITHIN_DAYS = 3
RESOLVE_WITHIN_DAYS = 30
FOLLOW_UP_AFTER_DAYS = 30


def next_due_on(outcome: str, visited_on: date, due_after_days: Mapping[str, int] = DUE_AFTER_DAYS) -> date | None:
    """Return the day on which the door is due again, or None when this outcome makes no door due."""
    days = due_after_days.get(outcome)
    return None if days is None else visited_on + timedelta(days=days)


def assign_due_on(opened_on: date) -> date:
    """Return the last day on which a found dispute should be assigned to somebody."""
    return opened_on + timedelta(days=ASSIGN_WITHIN_DAYS)


def resolve_due_on(opened_on: date) -> date:
    """Return the last day on which a found dispute should be resolved, transferred or failed."""
    return opened_on + timedelta(days=RESOLVE_WITHIN_DAYS)


def follow_up_due_on(resolved_on: date) -> date:
    """Return the day on which a resolved dispute is asked after."""
    return resolved_on + timedelta(days=FOLLOW_UP_AFTER_DAYS)
