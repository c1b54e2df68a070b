"""PURE: cuts the wanted days into pieces of work that one transaction each can hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

# Each township-day is one advisory lock, and PostgreSQL's table of locks holds 64 a connection by default.
LOCKS_MAX = 2000

# Day → its townships, or None for all of them.
Wanted = dict[date, Sequence[int] | None]


@dataclass(frozen=True)
class Chunk:
    """Some days in a row and the townships (sorted) to be counted on each."""

    first: date
    last: date
    areas: list[int]


def day_chunks(wanted: Mapping[date, Sequence[int] | None], everywhere: Sequence[int]) -> list[Chunk]:
    """Return the wanted days in order, days in a row with the same townships together, within `LOCKS_MAX`."""
    chunks: list[Chunk] = []
    for day in sorted(wanted):
        given = wanted[day]
        areas = sorted(set(everywhere if given is None else given))
        last = chunks[-1] if chunks else None
        follows = last is not None and last.last + timedelta(days=1) == day and last.areas == areas
        if last is not None and follows and len(areas) * ((day - last.first).days + 1) <= LOCKS_MAX:
            chunks[-1] = replace(last, last=day)
        else:
            chunks.append(Chunk(day, day, areas))
    return chunks
