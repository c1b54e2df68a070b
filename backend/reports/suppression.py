"""PURE: small counts of disputes in a township that is not the asker's read "<10" (6-security-privacy.md)."""

from collections.abc import Mapping, Sequence
from typing import Any

SMALL = 10
HIDDEN = f"<{SMALL}"
SENSITIVE = ("disputes_found", "disputes_resolved", "disputes_overdue")

Row = Mapping[str, Any]


def suppressed(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the rows with small dispute counts hidden where `own` is false. Zero is a small count, too."""
    return [{**row, **{name: HIDDEN for name in SENSITIVE if _is_hidden(row, name)}} for row in rows]


def suppressed_total(total: Row, rows: Sequence[Row]) -> dict[str, Any]:
    """Return the total with those counts left out (None) that would give a hidden cell away by subtraction.

    `rows` are the rows before suppression. One hidden cell is the total less the others; several whose sum is small are
    a small cell themselves.
    """
    hidden = {name: [row[name] for row in rows if _is_hidden(row, name)] for name in SENSITIVE}
    revealing = [name for name, cells in hidden.items() if cells and (len(cells) == 1 or sum(cells) < SMALL)]
    return {**total, **dict.fromkeys(revealing)}


def _is_hidden(row: Row, name: str) -> bool:
    return not row["own"] and row[name] < SMALL
