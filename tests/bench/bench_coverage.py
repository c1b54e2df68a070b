"""Measures the nightly aggregation and the coverage answers on a city's three months; prints a table, writes JSON.

`python tests/bench/bench_coverage.py` with the environment of ops.servers (`make bench` does it).
"""

import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import django

django.setup()

from django.db import connection  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402

from backend.accounts.models import Officer  # noqa: E402
from backend.reports.services import aggregate_days  # noqa: E402
from tests.bench import city_facts  # noqa: E402
from tests.bench.bench_report import write_report  # noqa: E402

REPEATS = 5
AS_OF = {"as_of": city_facts.LAST.isoformat()}


def main() -> None:
    """Make a database, fill it, measure, print, write the report, drop the database."""
    connection.settings_dict["TEST"]["NAME"] = "bench_coverage"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        city_facts.fill()
        rows = measured()
    finally:
        connection.creation.destroy_test_db("bench_coverage", verbosity=0)
    for row in rows:
        print(f"{row['what']:<58}{row['wall_ms']:>10.0f} ms{row['cpu_ms']:>10.0f} ms of Python")
    write_report("bench-coverage", rows)


def measured() -> list[dict[str, Any]]:
    """Return wall and CPU milliseconds by what was done; of repeated things the median."""
    client = APIClient(SERVER_NAME="localhost")
    client.force_login(Officer.objects.get(username="analyst"))
    last = city_facts.LAST

    def get(address: str, **query: str) -> Callable[[], None]:
        def ask() -> None:
            response = client.get(address, {**AS_OF, **query})
            assert response.status_code in (200, 204), response.content

        return ask

    townships = "/api/v1/coverage/townships"
    records = f"{townships}/990000007/records"
    return [
        timed("aggregate 90 days of 186 townships, first time", lambda: aggregate(city_facts.FIRST), 1),
        timed("aggregate 90 days again, nothing changed", lambda: aggregate(city_facts.FIRST), 1),
        timed("aggregate one night (2 days)", lambda: aggregate(last - timedelta(days=1))),
        *(timed(f"coverage {days}, figures only", get(townships, window=days, geometry="none")) for days in WINDOWS),
        timed("coverage 90d by night, figures only", get(townships, window="90d", part="night", geometry="none")),
        timed("coverage 30d with boundaries", get(townships, window="30d")),
        timed("coverage 30d as CSV", get(f"{townships}.csv", window="30d")),
        timed("coverage 30d as GeoParquet", get(f"{townships}.parquet", window="30d")),
        timed("records behind visits of a township, 90d", get(records, figure="visits", window="90d")),
        timed("township tile at zoom 7", get("/tiles/townships/7/104/54.mvt")),
    ]


WINDOWS = ("7d", "30d", "90d")


def aggregate(first: Any) -> None:
    """Aggregate from `first` to the last day."""
    aggregate_days(first=first, last=city_facts.LAST)


def timed(what: str, act: Callable[[], None], repeats: int = REPEATS) -> dict[str, Any]:
    """Return the median wall and CPU time of some runs; the first of several only warms up."""
    runs = []
    for _ in range(repeats + (repeats > 1)):
        wall, cpu = time.perf_counter(), time.process_time()
        act()
        runs.append((1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)))
    kept = sorted(runs[1:] or runs)
    wall_ms, cpu_ms = kept[len(kept) // 2]
    return {"what": what, "wall_ms": round(wall_ms, 1), "cpu_ms": round(cpu_ms, 1)}


if __name__ == "__main__":
    main()
