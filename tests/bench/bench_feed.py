"""Measures the feed: writers on connections of their own, readers following by number; counts what readers missed.

`python tests/bench/bench_feed.py` with the environment of ops.servers (`make bench` does it).
ROWS=1000000 WRITERS=16 READERS=4 UNITS=4.
"""

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import django

django.setup()

from django.db import connection  # noqa: E402

from backend.accounts.models import Unit, UnitKind  # noqa: E402
from tests.bench.bench_report import write_report  # noqa: E402
from tests.bench.feed_traffic import Log, WriterPlan, follow, shares, verdicts, write  # noqa: E402

ROWS, WRITERS, READERS, UNITS = (
    int(os.environ.get(name, default))
    for name, default in (("ROWS", "1000000"), ("WRITERS", "16"), ("READERS", "4"), ("UNITS", "4"))
)


def main() -> None:
    """Make a database, run, compare, print, write the report, drop the database."""
    with fresh_database("bench_feed") as name:
        units = [Unit.objects.create(code=f"F{n}", name=f"F{n}", kind=UnitKind.STATION).id for n in range(UNITS)]
        started = time.perf_counter()
        written, read = traffic(name, units)
        wall_s = time.perf_counter() - started
    found = verdicts(written, read, UNITS)
    writing_s = max(log.took_s for log in written)
    report = {
        "rows": sum(len(rows) for log in written for rows in log.rows),
        "writers": WRITERS, "readers": READERS, "units": UNITS,
        "missed": sum(one.missed for one in found),
        "duplicated": sum(one.duplicated for one in found),
        "out_of_order": sum(one.out_of_order for one in found),
        "rows_read": sum(len(rows) for log in read for rows in log.rows),
        "written_a_second": round(ROWS / writing_s), "wall_s": round(wall_s, 1),
    }  # fmt: skip
    for what, value in report.items():
        print(f"{what:<20}{value:>14,}")
    write_report("bench-feed", report)
    if any(not one.is_clean for one in found):
        raise SystemExit("a reader missed rows, saw them twice or out of order")


def traffic(database: str, units: list[UUID]) -> tuple[list[Log], list[Log]]:
    """Return what the writers committed and what each reader saw."""
    context = get_context("forkserver")  # imports this file once
    with context.Manager() as manager, pool(context, READERS, database) as readers:
        stop = manager.Event()
        following = [readers.submit(partial(follow, seed, units, stop)) for seed in range(READERS)]
        with pool(context, WRITERS, database) as writers:
            plans = [WriterPlan(seed, units, count, first) for seed, (first, count) in enumerate(shares(ROWS, WRITERS))]
            written = list(writers.map(write, plans))
        stop.set()
        return written, [one.result() for one in following]


def pool(context: Any, size: int, database: str) -> ProcessPoolExecutor:
    """Return a pool of processes that work on the database."""
    return ProcessPoolExecutor(size, mp_context=context, initializer=use_database, initargs=(database,))


def use_database(name: str) -> None:
    """Work on the database of this name in this process."""
    connection.settings_dict["NAME"] = name


@contextmanager
def fresh_database(name: str) -> Iterator[str]:
    """Make a database for the block; its connections are this process's and those of the pools."""
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield name
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
