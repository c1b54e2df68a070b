"""SHELL: a counted row as the API shows it, with the words of the reader's language. No narrative leaves here."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import get_language

from backend.reports.times import wire_time
from patrol.models import PatrolKind
from visits.models import DisputeCategory, DisputeState, VisitOutcome

_LONE = {"zh": "走访（未建出勤）", "en": "visits without an outing"}


def language() -> str:
    """Return "en" or "zh", whichever the request asked for."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def record_json(row: dict[Any, Any]) -> dict[str, Any]:
    """Return type, id, unit (code), occurred_at, title and detail of one counted row."""
    return {
        "type": row["type"], "id": row["id"], "unit": row["unit"], "occurred_at": wire_time(row["occurred_at"]),
        "title": _title(row), "detail": _detail(row),
    }  # fmt: skip


def _title(row: dict[Any, Any]) -> str:
    return _word(DisputeCategory, row["title"]) if row["type"] == "dispute" else str(row["title"])


def _detail(row: dict[Any, Any]) -> str:
    if row["word"] == "lone":
        return _LONE[language()]
    if row["type"] == "dispute":
        return f"{_word(DisputeState, row['word'])} · {row['resolve_due_on'].isoformat()}"
    return _word(PatrolKind if row["type"] == "patrol" else VisitOutcome, row["word"])


def _word(choices: type[TextChoices], code: str) -> str:
    return code.replace("_", " ") if language() == "en" else str(choices(code).label)
