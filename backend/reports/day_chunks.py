"""PURE: cuts the wanted days into pieces of work that one transaction each can hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# Each township-day is one advisory lock, and PostgreSQL's table of locks holds 64 a connection by default.
LOCKS_MAX = 1000
# Asking the database costs more than counting so many township-days.
LITTLE = 100

# Day → its townships, or None for all of them.
Wanted = dict[date, Sequence[int] | None]


@dataclass(frozen=True)
class Chunk:
    """Some days in a row and the townships (sorted) to be counted on each."""

    first: date
    last: date
    areas: list[int]


def day_chunks(wanted: Mapping[date, Sequence[int] | None], everywhere: Sequence[int]) -> list[Chunk]:
    """Return the wanted days in order, days in a row together within `LOCKS_MAX` where that counts little in vain."""
    chunks: list[Chunk] = []
    for day in sorted(wanted):
        given = wanted[day]
        areas = sorted(set(everywhere if given is None else given))
        mine = Chunk(day, day, areas)
        joined = _joined(chunks[-1], mine) if chunks else None
        if joined is None:
            chunks.append(mine)
        else:
            chunks[-1] = joined
    return chunks


def _joined(one: Chunk, other: Chunk) -> Chunk | None:
    """Return both as one; None when they are too far apart, or together much more than what was asked for."""
    whole = Chunk(one.first, other.last, sorted({*one.areas, *other.areas}))
    asked = _size(one) + _size(other)
    is_near = other.first - one.last <= timedelta(days=1)
    return whole if is_near and _size(whole) <= min(LOCKS_MAX, max(LITTLE, asked * 5 // 4)) else None


def _size(chunk: Chunk) -> int:
    return ((chunk.last - chunk.first).days + 1) * len(chunk.areas)
