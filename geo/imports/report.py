"""PURE: what an import says it did, row by row."""

from dataclasses import dataclass, field
from typing import Literal

from backend.common.outcomes import Change

RowCode = Literal[
    "geometry_missing", "geometry_type", "geometry_unreadable", "geometry_repaired", "coordinates_out_of_range",
    "coordinates_unreadable", "encoding_wrong", "overlap", "hole", "code_of_another_list", "unit_unknown",
    "role_unknown", "username_invalid", "password_in_file", "role_needs_unit",
    "code_missing", "code_duplicate", "name_missing", "parent_unknown", "kind_unknown", "address_missing",
    "household_with_name", "outside_city", "no_unit", "zero_length", "too_long",
]  # fmt: skip


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

    @property
    def refused(self) -> int:
        """How many rows did not come in."""
        return len({entry.row for entry in self.problems if entry.refused})

    def lines(self) -> list[str]:
        """Return the report as lines of text: one a remark, in the order of the rows, then the sum."""
        said = [_line(entry) for entry in sorted(self.problems, key=lambda entry: entry.row)]
        total = f"{self.read} rows read: {self.created} created, {self.changed} changed, {self.unchanged} unchanged"
        return [*said, f"{total}, {self.refused} refused"]


def _line(entry: RowProblem) -> str:
    mark = "refused" if entry.refused else "note"
    return f"row {entry.row}\t{entry.code or '-'}\t{mark}\t{entry.problem}{': ' + entry.detail if entry.detail else ''}"
