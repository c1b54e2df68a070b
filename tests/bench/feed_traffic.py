"""SHELL: writers that append to the feeds of several units at once, and readers that follow them by number."""

from __future__ import annotations  # array is subscriptable for the type checker only

import random
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from django.db import OperationalError, connection, transaction

from backend.common.outcomes import Change
from backend.sync.feed import entries_after, feed_append
from tests.rings.feed_checker import Verdict, verdict

ROWS_OF_A_TRANSACTION = 120
ROLLED_BACK = 0.05


class Stop(Protocol):
    """An event of threads or of processes."""

    def is_set(self) -> bool: ...
    def wait(self, timeout: float | None = None) -> bool: ...


@dataclass(frozen=True)
class WriterPlan:
    """How much one writer writes, into which units; its rows are numbered from `first_row` on."""

    seed: int
    units: Sequence[UUID]
    rows: int
    first_row: int


@dataclass
class Log:
    """Rows by unit: those that a writer committed, or that a reader saw with their numbers."""

    rows: list[array[int]]
    numbers: list[array[int]] = field(default_factory=list)
    took_s: float = 0.0

    @classmethod
    def empty(cls, units: int) -> Log:
        return cls([array("q") for _ in range(units)], [array("q") for _ in range(units)])


class _Undone(Exception):
    """A writer changes its mind: its numbers must not leave a gap."""


def write(plan: WriterPlan) -> Log:
    """Commit transactions of random size over one to three units each, some of them rolled back; return what stayed."""
    chance, log = random.Random(plan.seed), Log.empty(len(plan.units))
    row, end = plan.first_row, plan.first_row + plan.rows
    started = time.perf_counter()
    while row < end:
        count = min(chance.randint(1, ROWS_OF_A_TRANSACTION), end - row)
        units = chance.sample(range(len(plan.units)), k=min(chance.randint(1, 3), len(plan.units)))
        placed = [(chance.choice(units), one) for one in range(row, row + count)]
        try:
            with transaction.atomic():
                feed_append(Change(plan.units[unit], "visit", UUID(int=one), 1) for unit, one in placed)
                if chance.random() < ROLLED_BACK:
                    raise _Undone
        except (_Undone, OperationalError):
            continue  # the same rows again
        row += count
        for unit, one in placed:
            log.rows[unit].append(one)
    log.took_s = time.perf_counter() - started
    connection.close()
    return log


def follow(seed: int, units: Sequence[UUID], stop: Stop) -> Log:
    """Read every unit's feed page by page until the writers have stopped and nothing more comes."""
    chance, log = random.Random(seed), Log.empty(len(units))
    last = [0] * len(units)
    while True:
        finished = stop.is_set()  # before the query: what was committed before it is in the query's snapshot
        fresh = 0
        for position, unit in enumerate(units):
            for entry in entries_after(unit_id=unit, n=last[position], limit=chance.randint(1, 500)):
                log.rows[position].append(entry.record_id.int)
                log.numbers[position].append(entry.n)
                last[position] = entry.n
                fresh += 1
        if finished and not fresh:
            connection.close()
            return log
        if not fresh:
            stop.wait(0.005)


def verdicts(written: Sequence[Log], read: Sequence[Log], units: int) -> list[Verdict]:
    """Return one verdict for each reader and unit. A number that is missing counts as out of order."""
    found = []
    for unit in range(units):
        committed = [row for log in written for row in log.rows[unit]]
        for log in read:
            numbers = log.numbers[unit]
            one = verdict(committed, list(zip(numbers, log.rows[unit], strict=True)))
            gaps = sum(n != position for position, n in enumerate(numbers, 1))
            found.append(Verdict(one.missed, one.duplicated, one.out_of_order + gaps))
    return found


def shares(rows: int, writers: int) -> list[tuple[int, int]]:
    """Return (first row, rows) of each writer."""
    each = [rows // writers + (one < rows % writers) for one in range(writers)]
    return [(1 + sum(each[:one]), each[one]) for one in range(writers)]
