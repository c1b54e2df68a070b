"""Measures one night of a city: 186 townships, 1,050 raw tracks and 20,000 visits on top of three months.

`python -m tests.bench.bench_night` (`make bench-night`; NIGHT_SCALE=0.1 for a tenth). CPU of Python and of all of
PostgreSQL, reading and writing included; the night before has warmed the worker. The aim is 3 s (4-coverage.md).
"""

import os
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import django

django.setup()

from django.db import connection  # noqa: E402

from backend.reports import runs, services  # noqa: E402
from backend.reports.models import RunState  # noqa: E402
from ops import servers  # noqa: E402
from ops.processes import first_number, works_in  # noqa: E402
from tests.bench import night_facts  # noqa: E402
from tests.bench.bench_report import write_report  # noqa: E402
from tests.bench.processes_cpu import _own_s, _waited_s  # noqa: E402


def main() -> None:
    """Make a database, fill it, measure, print, write the report, drop the database."""
    connection.settings_dict["TEST"]["NAME"] = "bench_night"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        begun = time.monotonic()
        city = night_facts.fill()
        first, second = night_facts.DAYS
        city.night(first)
        print(f"filled in {time.monotonic() - begun:.0f} s")
        rows = [measured("the night before (cold)", first)]
        city.night(second)
        rows += [measured("one night, warm", second), measured("the same again", second)]
    finally:
        connection.creation.destroy_test_db("bench_night", verbosity=0)
    for row in rows:
        print("  ".join(f"{key} {value}" for key, value in row.items()))
    write_report("bench-night", rows)


def measured(what: str, day: Any) -> dict[str, Any]:
    """Return CPU seconds of the night after a day: planning, tracks, days; Python's and PostgreSQL's."""
    now = datetime(day.year, day.month, day.day, 18, 0, tzinfo=UTC) + timedelta(minutes=1)
    marks = [_cpu()]
    run = services.night_begin(runs.nobody, now=now)
    marks.append(_cpu())
    while (run.refresh_from_db(), run.state)[1] == RunState.LEGS:
        for step_id in runs.steps_left(run.pk):
            runs.step_do(step_id, runs.nobody)
    marks.append(_cpu())
    runs.run_here(run)
    marks.append(_cpu())
    parts = {name: _between(*marks[n : n + 2]) for n, name in enumerate(("planning", "tracks", "days"))}
    total = _between(marks[0], marks[-1])
    return {
        "what": what,
        "cpu_s": round(sum(total), 2),
        **{name: f"{python:.2f}+{postgres:.2f}" for name, (python, postgres) in parts.items()},
        "legs": run.legs_derived, "failed": run.legs_failed, "rows": run.rows_seen, "changed": run.rows_changed,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def _between(before: tuple[float, float], after: tuple[float, float]) -> tuple[float, float]:
    return after[0] - before[0], after[1] - before[1]


def _cpu() -> tuple[float, float]:
    """Return the CPU seconds used so far by this process and by all of PostgreSQL."""
    cluster = servers.servers_of(os.environ).places.cluster
    pids = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdecimal()]
    postmaster = first_number(cluster / "postmaster.pid")
    postgres = sum(_own_s(pid) for pid in pids if works_in(pid, cluster)) + (_waited_s(postmaster) if postmaster else 0)
    return time.process_time(), postgres


if __name__ == "__main__":
    main()
