"""Measures an import of many doors, file to commit: rows a second, CPU of Python and PostgreSQL, peak memory.

`python -m tests.bench.bench_import` (`make bench-import ROWS=500000 FORMATS=csv,gpkg,…`), into a database of its own
with 186 invented townships. Each format is read in a process of its own, so that its peak is its own.
"""

import io
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import django

django.setup()

import geopandas  # noqa: E402
import numpy  # noqa: E402
import pandas  # noqa: E402
import shapely  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from geo.models import Area, Premises, UnitArea  # noqa: E402
from tests.bench.bench_night import _cpu  # noqa: E402
from tests.bench.bench_report import write_report  # noqa: E402
from tests.factories import EDITION, LIST, DeploymentFactory, UnitFactory  # noqa: E402

WEST, SOUTH, COLUMNS, ROWS_OF_AREAS, SIDE_DEG = 113.9, 27.5, 31, 6, 0.06


def main() -> None:
    """Make a database and a file, import it in a child process for each format, print, write the report, drop all."""
    rows = int(os.environ.get("ROWS", "500000"))
    formats = (os.environ.get("FORMATS") or "csv,gpkg").split(",")
    connection.settings_dict["TEST"]["NAME"] = "bench_import"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        fill()
        measured = [in_a_child(kind, rows) for kind in formats]
    finally:
        connection.creation.destroy_test_db("bench_import", verbosity=0)
    for row in measured:
        print("  ".join(f"{key} {value}" for key, value in row.items()))
    write_report("bench-import", measured)


def fill() -> None:
    """Lay 186 square townships, each with a station."""
    DeploymentFactory()
    bureau = UnitFactory(kind="bureau", code="B")
    for number in range(COLUMNS * ROWS_OF_AREAS):
        west, south = WEST + number % COLUMNS * SIDE_DEG, SOUTH + number // COLUMNS * SIDE_DEG
        square = shapely.MultiPolygon([shapely.box(west, south, west + SIDE_DEG, south + SIDE_DEG)])
        place = Area.objects.create(
            list=LIST, edition=EDITION, code=f"99{number:07d}", level="township", name=f"示例{number}镇",
            boundary=square.wkt, valid_from="2026-01-01",
        )  # fmt: skip
        UnitArea.objects.create(unit=UnitFactory(code=f"S{number}", parent=bureau), area=place)


def write(path: Path, rows: int) -> None:
    """Write doors at random places of the city, in the format that the name of the file says."""
    rng = numpy.random.default_rng(7)
    lon = rng.uniform(WEST, WEST + COLUMNS * SIDE_DEG, rows).round(6)
    lat = rng.uniform(SOUTH, SOUTH + ROWS_OF_AREAS * SIDE_DEG, rows).round(6)
    columns = {
        "ref": [f"door/{number}" for number in range(rows)],
        "address": [f"示范路 {number % 400} 号 {number} 室" for number in range(rows)],
        "kind": ["enterprise" if number % 9 == 0 else "household" for number in range(rows)],
    }
    if path.suffix == ".csv":
        pandas.DataFrame({**columns, "lon": lon, "lat": lat}).to_csv(path, index=False)
        return
    frame = geopandas.GeoDataFrame(columns, geometry=shapely.points(lon, lat), crs=4326)
    frame.to_parquet(path) if path.suffix == ".parquet" else frame.to_file(path, engine="pyogrio")


def in_a_child(kind: str, rows: int) -> dict[str, Any]:
    """Import a file twice (new, then unchanged) in a child and return what the first and the second cost."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"doors.{kind}"
        write(path, rows)
        read_end, write_end = os.pipe()
        Premises.objects.all().delete()
        connection.close()
        connection.close_pool()
        child = os.fork()
        if child == 0:
            os.write(write_end, json.dumps(imported(path, rows)).encode())
            os._exit(0)
        os.close(write_end)
        with os.fdopen(read_end) as answer:
            told: dict[str, Any] = json.loads(answer.read() or "{}")
        os.waitpid(child, 0)
        return {"format": kind, "rows": rows, "file_mib": path.stat().st_size // 2**20, **told}


def imported(path: Path, rows: int) -> dict[str, Any]:
    said = ["--crs", "EPSG:4326", "--lon-field", "lon", "--lat-field", "lat"] if path.suffix == ".csv" else []
    base_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told: dict[str, Any] = {}
    for name in ("new", "again"):
        begun, before = time.monotonic(), _cpu()
        call_command("import_premises", str(path), *said, "--apply", stdout=io.StringIO())
        python_s, postgres_s = (round(now - was, 1) for now, was in zip(_cpu(), before, strict=True))
        told |= {
            f"{name}_rows_s": round(rows / (time.monotonic() - begun)),
            f"{name}_cpu_s": f"{python_s}+{postgres_s}",
        }
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {**told, "base_mib": base_mib, "peak_mib": peak_mib}


if __name__ == "__main__":
    main()
