"""Measures vector tiles in a city: 186 townships, 60,000 street segments, 2 million passes, 500,000 doors.

`python -m tests.bench.bench_tiles` (`make bench-tiles`; DOORS=500000, NIGHT_SCALE=0.1 for a tenth of the streets). The
tile in the middle of a township full of streets, made anew `ROUNDS` times: bytes, wall, CPU of Python and PostgreSQL.
"""

import gzip
import json
import math
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import django

django.setup()

from django.db import connection  # noqa: E402

from backend.accounts.models import Officer, Role  # noqa: E402
from backend.reports.tile_tracks import track_tile  # noqa: E402
from backend.reports.windows import Window  # noqa: E402
from geo.tile_layers import LAYERS  # noqa: E402
from geo.tiles import TileKey, layer_tile  # noqa: E402
from tests.bench import night_facts  # noqa: E402
from tests.bench.bench_night import _cpu  # noqa: E402
from tests.bench.city_facts import FIRST, LAST  # noqa: E402

DOORS = int(os.environ.get("DOORS", "500000"))
ROUNDS = 5
# In the middle of the first township, where a copy of the streets lies.
LON, LAT = 114.05, 27.05
_DOORS = """
    INSERT INTO geo_premises (id, unit_id, area_id, kind, address, name, door_plate, credit_code, external_ref,
             lon, lat, border_uncertain, state, active_from, next_due_on, last_outcome, version)
    SELECT md5('more' || n)::uuid, md5('unit' || n %% 186)::uuid, n %% 186 + (SELECT min(id) FROM geo_area),
           'household', '', '', '', '', '', 114.02 + n %% 186 %% 14 * 0.1 + n / 186 %% 60 * 0.001,
           27.02 + n %% 186 / 14 * 0.1 + n / 186 / 60 %% 60 * 0.001, false, 'active', '2020-01-01',
           date '2026-11-01' + n %% 60, '', 1
      FROM generate_series(1, %s) AS n
"""


def main() -> None:
    """Make a database, fill it, measure, print, write the report, drop the database."""
    connection.settings_dict["TEST"]["NAME"] = "bench_tiles"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        begun = time.monotonic()
        night_facts.fill()
        with connection.cursor() as cursor:
            cursor.execute(_DOORS, [DOORS])
            cursor.execute("ANALYZE")
        print(f"filled in {time.monotonic() - begun:.0f} s; load average {os.getloadavg()[0]:.1f}")
        rows = measured_all()
    finally:
        connection.creation.destroy_test_db("bench_tiles", verbosity=0)
    report = Path(os.environ["XUNFANG_HOME"]) / "reports" / "bench-tiles.json"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(json.dumps(rows, indent=2))


def measured_all() -> list[dict[str, Any]]:
    """Measure each layer at the zooms at which it is looked at, for the account that sees most of it."""
    analyst = Officer.objects.get(username="analyst")
    lead = Officer.objects.get(username="officer0")
    lead.roles = [Role.LEAD]
    window = Window(FIRST, LAST, "90d", LAST)
    rows = []
    for name in ("townships", "cells", "streets", "premises", "tracks"):
        for zoom in (7, 11, 13, 15):
            who = lead if name == "premises" else analyst
            rows.append(measured(name, zoom, who, window))
            print("  ".join(f"{key} {value}" for key, value in rows[-1].items()))
    return rows


def measured(name: str, zoom: int, officer: Officer, window: Window) -> dict[str, Any]:
    """Make one tile several times; return its size and the median of wall and CPU seconds."""
    y = (1 - math.asinh(math.tan(math.radians(LAT))) / math.pi) / 2
    key = TileKey(zoom, int((LON + 180) / 360 * 2**zoom), int(y * 2**zoom))
    walls, cpus, made = [], [], b""
    for _ in range(ROUNDS):
        begun, before = time.monotonic(), _cpu()
        made = track_tile(officer, key, window, "all") if name == "tracks" else layer_tile(LAYERS[name], officer, key)
        after = _cpu()
        walls.append(time.monotonic() - begun)
        cpus.append(sum(after) - sum(before))
    middle = ROUNDS // 2
    return {
        "layer": name, "zoom": zoom, "bytes": len(made), "gzip": len(gzip.compress(made)),
        "wall_ms": round(sorted(walls)[middle] * 1000), "cpu_ms": round(sorted(cpus)[middle] * 1000),
    }  # fmt: skip


if __name__ == "__main__":
    main()
