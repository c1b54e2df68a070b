"""A city's streets, and two nights of raw tracks and visits on top of the three months of `city_facts`.

80 copies of the shipped Helsinki streets (about 60,000 segments) lie in 80 of the 186 townships. A night has 1,050 legs
of about 750 fixes each, walked by the simulator on one copy and moved to another, and 20,000 visits. NIGHT_SCALE=0.1
makes a tenth of the tracks and streets, NIGHT_SCALE=8.6 a province: 1,600 townships, everything else in proportion.
Everything is copied in; nothing is chance.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import geopandas
import numpy as np
import shapely
from django.db import connection
from pyproj import Transformer

from geo.matching.network import network_of
from geo.pieces import cut_streets
from geo.simulator import Conditions, Walk, simulate
from tests.bench import city_facts
from tests.bench.street_networks import STREETS, helsinki_lines

SCALE = float(os.environ.get("NIGHT_SCALE", "1"))
COPIES, LEGS, VISITS = (max(1, round(n * SCALE)) for n in (80, 1050, 20_000))
WALKS, WALK_M, BLOCKS = 30, 4000, 3
# A tenth of what three months of such nights leave: laying more takes longer than all the rest.
OLD_PASSES = 2_000_000
# Pieces in a row that an old leg went along.
LONG = 200
METRIC_EPSG = 4547
# Less than a city has fewer tracks and streets; more has more of everything.
SIZES = city_facts.sizes(max(1, SCALE))
STATIONS, DOORS = SIZES["townships"], SIZES["doors"]
DAYS = [city_facts.LAST + timedelta(days=n) for n in (1, 2)]

_wgs84 = Transformer.from_crs(METRIC_EPSG, 4326, always_xy=True)


@dataclass(frozen=True)
class NightCity:
    """Where the copies of the streets lie, and the walks that are walked there."""

    offsets: np.ndarray[Any, Any]
    walks: list[Walk]

    def night(self, day: date) -> None:
        """Write the tracks and visits of one day."""
        _tracks(day, self.walks, self.offsets)
        _visits(day)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def fill() -> NightCity:
    """Write the city and its three months into the current, empty database."""
    city_facts.fill(max(1, SCALE))
    return NightCity(_lay_streets(), _walks())


def _base() -> tuple[list[Any], Any]:
    lines = helsinki_lines(ranks_up_to=STREETS)
    west, south, east, north = shapely.total_bounds(np.array(lines, dtype=object))
    middle = np.array([(west + east) / 2, (south + north) / 2])
    return [shapely.transform(line, lambda xy: xy - middle) for line in lines], middle


def _lay_streets() -> np.ndarray[Any, Any]:
    """Put the copies in place of the bench's invented streets, with passes over them; return where each lies."""
    lines, _ = _base()
    pieces = cut_streets(geopandas.GeoDataFrame(geometry=lines))
    lon, lat = [114.05 + n % 14 * 0.1 for n in range(COPIES)], [27.05 + n // 14 * 0.1 for n in range(COPIES)]
    offsets = np.column_stack(Transformer.from_crs(4326, METRIC_EPSG, always_xy=True).transform(lon, lat))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM patrol_legpieces; DELETE FROM geo_streetpiece; DELETE FROM geo_street")
        cursor.execute("ALTER TABLE geo_streetpiece DISABLE TRIGGER USER")
        cursor.execute("SELECT min(id) FROM geo_area")
        (area,) = cursor.fetchone()
    streets = ((("bench", f"{n}/{i}", "", "residential", wkb) for n, copied in enumerate(_copies(lines, offsets))
                for i, wkb in enumerate(copied)))  # fmt: skip
    _copy("geo_street", ["edition", "ref", "name", "street_class", "line"], streets)
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM geo_street")
        (street,) = cursor.fetchone()
    owners, ordinals, lengths = (pieces[name].tolist() for name in ("street", "ordinal", "length_m"))
    cut = enumerate(_copies(list(pieces.geometry), offsets))
    rows = ((street + n * len(lines) + owners[i], ordinals[i], lengths[i], wkb, area + n)
            for n, copied in cut for i, wkb in enumerate(copied))  # fmt: skip
    _copy("geo_streetpiece", ["street_id", "ordinal", "length_m", "line", "area_id"], rows)
    _old_passes()
    return offsets


def _copies(lines: Sequence[Any], offsets: np.ndarray[Any, Any]) -> Iterable[list[str]]:
    whole = np.array(lines, dtype=object)
    for offset in offsets:
        moved = shapely.transform(whole, lambda xy, by=offset: np.column_stack(_wgs84.transform(*(xy + by).T)))
        yield shapely.to_wkb(shapely.set_srid(moved, 4326), hex=True, include_srid=True).tolist()


def _old_passes() -> None:
    """Spread passes of the three months over the streets, in the order of their days, as nights write them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO patrol_legpieces (leg_id, area_id, "on", part, passed, seconds, passes, unknown)
            SELECT leg, area_id, "on", part,
                   coalesce(array_agg(piece ORDER BY piece) FILTER (WHERE passed), '{{}}'),
                   coalesce(array_agg(15 ORDER BY piece) FILTER (WHERE passed), '{{}}'),
                   coalesce(array_agg(1 ORDER BY piece) FILTER (WHERE passed), '{{}}'),
                   coalesce(array_agg(piece ORDER BY piece) FILTER (WHERE NOT passed), '{{}}')
              FROM (SELECT md5('patrol' || leg %% %(outings)s)::uuid AS leg,
                           (leg::bigint * 7919 %% (total / {LONG}) * {LONG} + n %% {LONG}) + first AS piece,
                           date '2026-08-01' + (n * 90 / %(total)s)::int AS "on",
                           CASE WHEN leg %% 4 = 0 THEN 'night' ELSE 'day' END AS part, n %% 10 <> 0 AS passed
                      FROM (SELECT n, n / {LONG} AS leg FROM generate_series(0, %(total)s - 1) AS n) AS numbered,
                           (SELECT count(*) AS total, min(id) AS first FROM geo_streetpiece) AS pieces) AS walked
              JOIN geo_streetpiece ON geo_streetpiece.id = piece
             GROUP BY leg, area_id, "on", part
             ORDER BY "on"
            """,  # noqa: S608 (our own number)
            {"total": round(OLD_PASSES * SCALE), "outings": SIZES["outings"]},
        )


def _walks() -> list[Walk]:
    lines, _ = _base()
    network, rng = network_of(lines), np.random.default_rng(0)
    return [simulate(network, Conditions(rho=0.9), length_m=WALK_M, rng=rng) for _ in range(WALKS)]


def _tracks(day: date, walks: Sequence[Walk], offsets: np.ndarray[Any, Any]) -> None:
    people = _people()
    outings, legs, blocks, officers = [], [], [], []
    for n in range(LEGS):
        walk, offset = walks[n % len(walks)], offsets[n % len(offsets)]
        # Copy k of the streets lies in township k: a station's officers walk in their own.
        unit, officer, device, area = people[n % len(offsets)]
        start = datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC) + timedelta(hours=n % 14, seconds=n)
        end = start + timedelta(seconds=float(walk.t_s[-1]) + 5)
        patrol, leg = _id("patrol", day, n), _id("leg", day, n)
        common = (unit, officer, device, start, 0.0, start, end, "0" * 64, 1)
        outings.append((patrol, *common, "street", area, start, day, end, "officer"))
        legs.append((leg, *common, patrol, "foot", start, "", 0))
        officers.append((patrol, officer))
        lon, lat = _wgs84.transform(walk.x_m + offset[0], walk.y_m + offset[1])
        t_ms = np.round((start.timestamp() + walk.t_s) * 1000).astype(np.int64)
        for k, part in enumerate(np.array_split(np.arange(len(t_ms)), BLOCKS)):
            values = (t_ms[part].tolist(), *(np.round(one[part], 7).tolist() for one in (lon, lat, walk.accuracy_m)))
            blocks.append((_id("block", day, n, k), *common, leg, "phone", *values, 0))
    record = ["id", "unit_id", "author_id", "device_id", "recorded_at", "clock_skew_s", "occurred_at", "received_at",
              "payload_sha256", "version"]  # fmt: skip
    _copy("patrol_patrol", [*record, "kind", "area_id", "started_at", "started_on", "ended_at", "ended_how"], outings)
    _copy("patrol_leg", [*record, "patrol_id", "mode", "started_at", "derived_from", "ground_change"], legs)
    _copy("patrol_patrol_officers", ["patrol_id", "officer_id"], officers)
    columns = ["leg_id", "source", "t_ms", "lon", "lat", "accuracy_m", "outside_count"]
    _copy("patrol_fixblock", [*record, *columns], blocks)


def _people() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT md5('unit' || n)::uuid, md5('officer' || n)::uuid, md5('device' || n)::uuid,
                   n + (SELECT min(id) FROM geo_area) FROM generate_series(0, %s) AS n
            """,
            [STATIONS - 1],
        )
        return list(cursor.fetchall())


def _visits(day: date) -> None:
    """Twenty thousand visits of one day, by the same arithmetic as those of the three months."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO visits_visit (id, unit_id, author_id, device_id, recorded_at, clock_skew_s, occurred_at,
                     received_at, payload_sha256, version, premises_id, area_id, outcome, occurred_on, no_place_reason,
                     advice, help_asked, note, dispute_ids, correction_reason, is_current)
            SELECT md5(%(day)s || 'visit' || n)::uuid, md5('unit' || n %% %(stations)s)::uuid,
                   md5('officer' || n %% %(stations)s)::uuid, md5('device' || n %% %(stations)s)::uuid,
                   at, 0, at, at, repeat('0', 64), 1,
                   md5('door' || n::bigint * 7919 %% %(doors)s / %(stations)s * %(stations)s + n %% %(stations)s)::uuid,
                   n %% %(stations)s + (SELECT min(id) FROM geo_area),
                   (ARRAY['met', 'met', 'met', 'nobody_home', 'refused'])[n %% 5 + 1], %(day)s::date,
                   '', '{}', '', '', '{}', '', true
              FROM (SELECT n, %(day)s::timestamp AT TIME ZONE 'UTC' + interval '30 min'
                           + (n / 90 %% 14) * interval '1 h' AS at FROM generate_series(1, %(n)s) AS n) AS made
            """,
            {"day": day.isoformat(), "n": VISITS, "stations": STATIONS, "doors": DOORS},
        )
        cursor.execute(
            "INSERT INTO visits_visit_officers (visit_id, officer_id)"
            " SELECT id, author_id FROM visits_visit WHERE occurred_on = %s",
            [day],
        )


def _id(*parts: Any) -> UUID:
    return uuid5(NAMESPACE_URL, "/".join(str(part) for part in parts))


def _copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as stream:
        for row in rows:
            stream.write_row(row)
