"""Measures vector tiles in a city: 186 townships, 70,000 street segments, 500,000 doors.

`python -m tests.bench.bench_tiles` (`make bench-tiles`; DOORS=500000, NIGHT_SCALE=0.1 for a tenth of the streets). The
tile in the middle of a city centre: 10,600 segments in one township, walked by 20 legs a day for 90 days, 125 pieces
each. Made anew `ROUNDS` times: bytes, wall, CPU of Python and PostgreSQL.
"""

import gzip
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
from tests.bench.bench_report import write_report  # noqa: E402
from tests.bench.city_facts import FIRST, LAST  # noqa: E402

DOORS = int(os.environ.get("DOORS", "500000"))
ROUNDS = 10
# In the middle of the first township, where the copies of the streets lie.
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

# Borders as winding as real ones: 2,000 points each.
_BORDERS = """
    ALTER TABLE geo_area DISABLE TRIGGER USER;
    UPDATE geo_area SET boundary = ST_Multi(ST_MakePolygon(ST_AddPoint(line, ST_StartPoint(line))))
      FROM (SELECT id AS area_id, ST_SetSRID(ST_MakeLine(ST_MakePoint(x + r * cos(i * pi() / 1000),
                                                                      y + r * sin(i * pi() / 1000)) ORDER BY i), 4326)
                   AS line
              FROM (SELECT id, i, ST_X(ST_Centroid(boundary)) AS x, ST_Y(ST_Centroid(boundary)) AS y,
                           0.05 + 0.003 * sin(i * 0.9) + 0.001 * sin(i * 7.1) AS r
                      FROM geo_area, generate_series(0, 1999) AS i) AS points
             GROUP BY id) AS lines
     WHERE id = area_id;
    ALTER TABLE geo_area ENABLE TRIGGER USER
"""
# Sixteen more copies of the first township's streets side by side; every seventh street of the city is a main road.
_CENTRE = """
    ALTER TABLE geo_street DISABLE TRIGGER USER;
    ALTER TABLE geo_streetpiece DISABLE TRIGGER USER;
    INSERT INTO geo_street (edition, ref, name, street_class, line)
    SELECT edition, 'centre' || n || '/' || ref, name, street_class,
           ST_Translate(line, (n % 4 - 1.5) * 0.022, (n / 4 - 1.5) * 0.02)
      FROM geo_street, generate_series(0, 15) AS n WHERE ref LIKE '0/%';
    INSERT INTO geo_streetpiece (street_id, ordinal, length_m, line, area_id)
    SELECT copy.id, piece.ordinal, piece.length_m,
           ST_Translate(piece.line, (n % 4 - 1.5) * 0.022, (n / 4 - 1.5) * 0.02), piece.area_id
      FROM generate_series(0, 15) AS n, geo_street AS street
      JOIN geo_streetpiece AS piece ON piece.street_id = street.id, geo_street AS copy
     WHERE street.ref LIKE '0/%' AND copy.ref = 'centre' || n || '/' || street.ref;
    UPDATE geo_street SET street_class = 'secondary', name = '大道' || id % 400 WHERE id % 7 = 0;
    ALTER TABLE geo_street ENABLE TRIGGER USER;
    ALTER TABLE geo_streetpiece ENABLE TRIGGER USER;
    DELETE FROM patrol_legpieces WHERE area_id = (SELECT min(id) FROM geo_area);
    WITH pieces AS (SELECT area_id, array_agg(id ORDER BY id) AS ids, count(*)::int AS n FROM geo_streetpiece
                     WHERE area_id = (SELECT min(id) FROM geo_area) GROUP BY area_id)
    INSERT INTO patrol_legpieces (leg_id, area_id, "on", part, passed, seconds, passes, unknown)
    SELECT md5('centre' || day || '/' || leg)::uuid, area_id, date '2026-08-01' + day,
           CASE WHEN leg % 5 = 0 THEN 'night' ELSE 'day' END, ids[at:at + 124], array_fill(20, array[125]),
           array_fill(1::smallint, array[125]), ids[at + 125:at + 130]
      FROM pieces, generate_series(0, 89) AS day, generate_series(0, 19) AS leg,
           LATERAL (SELECT 1 + (day * 20 + leg) * 7919 % (n - 130) AS at) AS start
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
            # One by one: a table with rows to be checked at the end of a transaction cannot have its triggers switched.
            for statement in f"{_BORDERS};{_CENTRE}".split(";"):
                cursor.execute(statement)
            cursor.execute("ANALYZE")
        print(f"filled in {time.monotonic() - begun:.0f} s; load average {os.getloadavg()[0]:.1f}")
        rows = measured_all()
    finally:
        connection.creation.destroy_test_db("bench_tiles", verbosity=0)
    write_report("bench-tiles", rows)


def measured_all() -> list[dict[str, Any]]:
    """Measure each layer at the zooms at which it is looked at, for the account that sees most of it."""
    analyst = Officer.objects.get(username="analyst")
    lead = Officer.objects.get(username="officer0")
    lead.roles = [Role.LEAD]
    window = Window(FIRST, LAST, "90d", LAST)
    rows = []
    for name in ("townships", "cells", "streets", "premises", "tracks"):
        for zoom in (8, 11, 13, 15):
            who = lead if name == "premises" else analyst
            rows.append(measured(name, zoom, who, window))
            print("  ".join(f"{key} {value}" for key, value in rows[-1].items()))
    return rows


def measured(name: str, zoom: int, officer: Officer, window: Window) -> dict[str, Any]:
    """Make one tile several times; return its size, the median of wall and the mean of CPU time."""
    y = (1 - math.asinh(math.tan(math.radians(LAT))) / math.pi) / 2
    key = TileKey(zoom, int((LON + 180) / 360 * 2**zoom), int(y * 2**zoom))
    walls, made = [], b""
    # Together: PostgreSQL's CPU is told in hundredths of a second, and asking for it costs as much as a tile.
    before = _cpu()
    for _ in range(ROUNDS):
        begun = time.monotonic()
        made = track_tile(officer, key, window, "all") if name == "tracks" else layer_tile(LAYERS[name], officer, key)
        walls.append(time.monotonic() - begun)
    cpu_s = (sum(_cpu()) - sum(before)) / ROUNDS
    return {
        "layer": name, "zoom": zoom, "bytes": len(made), "gzip": len(gzip.compress(made)),
        "wall_ms": round(sorted(walls)[ROUNDS // 2] * 1000), "cpu_ms": round(cpu_s * 1000),
    }  # fmt: skip


if __name__ == "__main__":
    main()
