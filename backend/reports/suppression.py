"""PURE: small counts of a place that is not the asker's read "<10" (6-security-privacy.md).

Of a township these are its disputes. Of a village, beat or cell they are its doors and visits as well, because there a
count of one is a household. What could be found by subtraction is hidden with them: the rest of a count that is nearly
all, and of several places in one township the next smallest, where one alone or a few with a small sum would be hidden.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

SMALL = 10
HIDDEN = f"<{SMALL}"
SENSITIVE = ("disputes_found", "disputes_resolved", "disputes_overdue")

# Each count of doors visited with the count it is a part of, and the share of both.
DOORS = (
    ("households", "households_visited", "household_coverage"),
    ("enterprises", "enterprises_visited", "enterprise_coverage"),
)
SMALL_PLACE = ("households", "households_visited", "enterprises", "enterprises_visited", "visits")

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


def small_places_suppressed(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the rows of villages, beats or cells with small counts hidden where `own` is false.

    Rows of one township share `township_code`. A day or share that would tell of a hidden count is None, and so are
    hours: where and when a neighbour's officers were is not told in squares of 500 m.
    """
    told = [dict(row) for row in rows]
    for name in SMALL_PLACE:
        for at in _hidden_with_company(rows, name):
            told[at][name] = HIDDEN
    for row in told:
        if not row["own"]:
            _silence(row)
    return told


def small_places_total(total: Row, told: Sequence[Row], rows: Sequence[Row]) -> dict[str, Any]:
    """Return the total without those counts that would give a hidden one away. `told` are the rows as shown."""
    revealing = []
    for name in SMALL_PLACE:
        cells = [row[name] for row, shown in zip(rows, told, strict=True) if shown.get(name) == HIDDEN]
        if cells and (len(cells) == 1 or sum(cells) < SMALL):
            revealing.append(name)
    shares = [share for whole, part, share in DOORS if {whole, part} & set(revealing)]
    return {**total, **dict.fromkeys(name for name in (*revealing, *shares) if name in total)}


def _hidden_with_company(rows: Sequence[Row], name: str) -> set[int]:
    """Return the positions of the rows whose count is hidden, township by township."""
    by_township: dict[Any, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        if not row["own"] and name in row:
            by_township[row["township_code"]].append(at)
    hidden: set[int] = set()
    for members in by_township.values():
        small = {at for at in members if _tells(rows[at], name)}
        rest = sorted(set(members) - small, key=lambda at: (rows[at][name], at))
        while small and rest and (len(small) == 1 or sum(rows[at][name] for at in small) < SMALL):
            small.add(rest.pop(0))
        hidden |= small
    return hidden


def _tells(row: Row, name: str) -> bool:
    whole = next((whole for whole, part, _ in DOORS if part == name), None)
    return bool(row[name] < SMALL or (whole is not None and row[whole] - row[name] < SMALL))


def _silence(row: dict[str, Any]) -> None:
    for whole, part, share in DOORS:
        if HIDDEN in (row.get(whole), row.get(part)):
            row[share] = None
    if row.get("visits") == HIDDEN:
        row["last_visit_on"] = None
    if "patrol_hours" in row:
        row["patrol_hours"] = None


def _is_hidden(row: Row, name: str) -> bool:
    return not row["own"] and row[name] < SMALL
