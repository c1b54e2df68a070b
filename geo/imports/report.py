"""PURE: what an import says it did, row by row."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO, Literal

from backend.common.outcomes import Change

RowCode = Literal[
    "geometry_missing", "geometry_type", "geometry_unreadable", "geometry_repaired", "coordinates_out_of_range",
    "coordinates_unreadable", "encoding_wrong", "overlap", "hole", "code_of_another_list", "unit_unknown",
    "role_unknown", "role_not_from_file", "username_invalid",
    "area_new", "area_gone", "area_redrawn", "area_renamed", "area_renumbered", "station_missing", "station_taken_over",
    "level_missing",
    "code_missing", "code_duplicate", "name_missing", "parent_unknown", "kind_unknown", "address_missing",
    "household_with_name", "outside_city", "no_unit", "zero_length", "too_long",
]  # fmt: skip

# A wrong column makes a remark of every row: nobody reads half a million lines.
LINES_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing to say about one row: its number in the file from 1, its code if it has one, what is wrong.

    `refused` is False for a remark on a row that came in nevertheless.
    """

    row: int
    code: str
    problem: RowCode
    detail: str = ""
    refused: bool = True


@dataclass(frozen=True)
class ImportReport:
    """The counts of an import, its remarks, and the changes that must go into the feed."""

    read: int
    created: int
    changed: int
    unchanged: int
    problems: tuple[RowProblem, ...] = ()
    changes: tuple[Change, ...] = field(default=(), repr=False)
    # Further counts by name: what had to move because of it.
    moved: Mapping[str, int] = field(default_factory=dict)

    def plus(self, more: "ImportReport") -> "ImportReport":
        """Return both together: the chunks of one file."""
        return ImportReport(
            self.read + more.read,
            self.created + more.created,
            self.changed + more.changed,
            self.unchanged + more.unchanged,
            (*self.problems, *more.problems),
            (*self.changes, *more.changes),
        )

    @property
    def refused(self) -> int:
        """How many rows did not come in."""
        return len({entry.row for entry in self.problems if entry.refused})

    def lines(self) -> list[str]:
        """Return the report as lines of text: one a remark, in the order of the rows, then the sum."""
        ordered = sorted(self.problems, key=lambda entry: entry.row)
        said = [_line(entry) for entry in ordered[:LINES_SHOWN]]
        if len(ordered) > LINES_SHOWN:
            said.append(f"and {len(ordered) - LINES_SHOWN} more remarks; --report FILE writes all of them")
        total = f"{self.read} rows read: {self.created} created, {self.changed} changed, {self.unchanged} unchanged"
        return [*said, f"{total}, {self.refused} refused"]


def _line(entry: RowProblem) -> str:
    mark = "refused" if entry.refused else "note"
    return f"row {entry.row}\t{entry.code or '-'}\t{mark}\t{entry.problem}{': ' + entry.detail if entry.detail else ''}"


def report_write(problems: Iterable[RowProblem], file: IO[str]) -> None:
    """Write remarks as CSV, in the order of the rows: row, code, outcome, problem, detail."""
    writer = csv.writer(file)
    writer.writerow(("row", "code", "outcome", "problem", "detail"))
    for entry in sorted(problems, key=lambda entry: entry.row):
        outcome = "refused" if entry.refused else "note"
        writer.writerow((entry.row, _plain(entry.code), outcome, entry.problem, _plain(entry.detail)))


def _plain(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
