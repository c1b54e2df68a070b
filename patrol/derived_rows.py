"""SHELL: reads the raw blocks of many legs and writes what is derived from them, each in one statement a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from struct import pack
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
import psycopg
from django.db import connection
from django.db.models import Exists, OuterRef

from backend.accounts.models import Unit
from backend.common.copying import arrays_binary, copy_binary, copy_binary_rows
from geo.projected import to_metric
from geo.selectors import primary_area
from patrol.leg_readings import Readings, merged
from patrol.leg_rows import Rows
from patrol.models import LegTownship, Patrol
from patrol.track_blob import decode_tracks

Floats = npt.NDArray[np.float64]

# The bounds of a leg: it ends where the next one of its outing begins, or with the outing.
_LEGS = """
    SELECT leg.id, leg.patrol_id, leg.mode, leg.started_at,
           coalesce((SELECT min(later.started_at) FROM patrol_leg AS later
                      WHERE later.patrol_id = leg.patrol_id AND later.started_at > leg.started_at), outing.ended_at),
           CASE WHEN leg.raw_dropped_at IS NOT NULL THEN leg.track END
      FROM patrol_leg AS leg JOIN patrol_patrol AS outing ON outing.id = leg.patrol_id
     WHERE leg.id = ANY(%s)
     ORDER BY leg.id
"""
# array_send: the numbers as they lie in memory. Parsing 800,000 of them as text costs more than matching them.
_BLOCKS = """
    SELECT leg_id, source, array_send(t_ms), array_send(lon), array_send(lat), array_send(accuracy_m)
      FROM patrol_fixblock
     WHERE leg_id = ANY(%s)
     ORDER BY leg_id, id
"""
_ARRAY_HEADER_BYTES = 20
# PostgreSQL counts days from 2000-01-01.
_DAYS_TO_2000 = 10_957
# A column of keys that no row has: the first row differs from it.
_NOTHING_YET = np.full((4, 1), -1, dtype=np.int64)


@dataclass(frozen=True)
class LegToDerive:
    """A leg of the batch: when it began and ended (None: it goes on), and its readings with the kept track's."""

    id: UUID
    patrol_id: UUID
    mode: str
    started_ms: int
    ended_ms: int | None
    readings: Readings


def legs_read(leg_ids: Sequence[UUID], metric_epsg: int) -> list[LegToDerive]:
    """Return the legs in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(_LEGS, [list(leg_ids)])
        legs = cursor.fetchall()
    blocks = _read_binary(_BLOCKS, [list(leg_ids)])
    place = {row[0]: position for position, row in enumerate(legs)}
    readings = _readings(blocks, place, metric_epsg)
    return [
        LegToDerive(pk, patrol, mode, _ms(begun), None if ended is None else _ms(ended), _with_track(track, own))
        for (pk, patrol, mode, begun, ended, track), own in zip(legs, readings, strict=True)
    ]


def _read_binary(sql: str, values: list[Any]) -> list[Any]:
    """Return the rows as PostgreSQL holds them: as text, bytes come doubled and must be read back."""
    connection.ensure_connection()
    # Django's own cursor puts the values into the text, and such a one cannot answer in binary.
    with psycopg.Cursor(connection.connection) as cursor:
        rows: list[Any] = cursor.execute(sql, values, binary=True).fetchall()
        return rows


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


def _readings(blocks: Sequence[Any], place: dict[UUID, int], metric_epsg: int) -> list[Readings]:
    """Return the readings of each leg, projected together."""
    kinds = (">i8", ">f8", ">f8", ">f8")
    parts = [[_numbers(row[2 + column], kind) for row in blocks] for column, kind in enumerate(kinds)]
    sizes = np.array([len(part) for part in parts[0]], dtype=np.int64)
    t_ms, lon, lat, accuracy_m = (
        np.concatenate([np.empty(0, kind), *part]).astype(kind[1:]) for part, kind in zip(parts, kinds, strict=True)
    )
    x_m, y_m = to_metric(metric_epsg).transform(lon, lat)
    names = sorted({row[1] for row in blocks})
    source = np.repeat(np.array([names.index(row[1]) for row in blocks], dtype=np.int64), sizes)
    block = np.repeat(np.arange(len(blocks)), sizes)
    leg = np.array([place[row[0]] for row in blocks], dtype=np.int64)
    cuts = np.concatenate([[0], np.cumsum(np.bincount(leg, weights=sizes, minlength=len(place)))]).astype(np.int64)
    columns: tuple[npt.NDArray[Any], ...] = (block, source, t_ms, x_m, y_m, accuracy_m)
    return [Readings(*(column[cuts[i] : cuts[i + 1]] for column in columns)) for i in range(len(place))]


def _numbers(sent: bytes, kind: str) -> npt.NDArray[Any]:
    """Return the numbers of array_send: a header, then each with its length before it. An empty array has no more."""
    if len(sent) < _ARRAY_HEADER_BYTES:
        return np.empty(0, dtype=kind)
    rows = np.frombuffer(sent, dtype=[("bytes", ">i4"), ("value", kind)], offset=_ARRAY_HEADER_BYTES)
    return rows["value"]


def _with_track(track: bytes | None, readings: Readings) -> Readings:
    if track is None:
        return readings
    kept = decode_tracks([bytes(track)])
    return merged(kept, readings)


def townships_write(leg_ids: Sequence[UUID], rows: Rows) -> None:
    """Write the rows of LegTownship of the legs anew."""
    names = ("km", "hours", "km_off", "hours_off")
    _write("patrol_legtownship", "area_id", dict.fromkeys(names, ">f8"), leg_ids, rows)


def cells_write(leg_ids: Sequence[UUID], rows: Rows) -> None:
    """Write the rows of LegCell of the legs anew."""
    _write("patrol_legcell", "cell", {"seconds": ">i4"}, leg_ids, rows)


def pieces_write(leg_ids: Sequence[UUID], rows: Rows) -> None:
    """Write the rows of LegPieces of the legs anew, from `piece_rows`."""
    _delete("patrol_legpieces", leg_ids)
    area, state, seconds, passes = rows.values
    keys = np.stack([rows.leg, rows.day, rows.night.astype(np.int64), area])
    firsts = np.flatnonzero(np.diff(keys, axis=1, prepend=_NOTHING_YET).any(axis=0))
    if len(firsts) == 0:
        return
    passed = state == 1
    # Where the rows of each leg, day, part and township begin among the passed ones, and among the others.
    until = np.concatenate([firsts, [len(state)]])
    cuts = np.concatenate([[0], np.cumsum(passed)])[until].tolist()
    others = (until - cuts).tolist()
    columns = [
        *(arrays_binary(values[passed], kind, cuts)
          for values, kind in ((rows.key, ">i8"), (seconds, ">i4"), (passes, ">i2"))),
        arrays_binary(rows.key[~passed], ">i8", others),
    ]  # fmt: skip
    names = ("leg_id", "area_id", "on", "part", "passed", "seconds", "passes", "unknown")
    heads = (
        (leg_ids[leg].bytes, pack(">q", area), pack(">i", day - _DAYS_TO_2000), b"night" if night else b"day")
        for leg, day, night, area in keys[:, firsts].T.tolist()
    )
    copy_binary_rows(
        "patrol_legpieces", names, ((*head, *arrays) for head, *arrays in zip(heads, *columns, strict=True))
    )


def _write(table: str, key: str, values: Mapping[str, str], leg_ids: Sequence[UUID], rows: Rows) -> None:
    _delete(table, leg_ids)
    _insert(table, key, values, leg_ids, rows)


def _delete(table: str, leg_ids: Sequence[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE leg_id = ANY(%s)", [list(leg_ids)])  # noqa: S608 (our own names)


def _insert(table: str, key: str, values: Mapping[str, str], leg_ids: Sequence[UUID], rows: Rows) -> None:
    """Copy the rows in. Texts have one length a copy (day or night), so that numpy lays out all rows."""
    legs = np.frombuffer(b"".join(leg.bytes for leg in leg_ids), dtype="V16")
    for part in ("day", "night"):
        own = _chosen(rows, rows.night == (part == "night"))
        columns: dict[str, tuple[str, Any]] = {
            "leg_id": ("V16", legs[own.leg]),
            key: (">i8", own.key),
            "on": (">i4", own.day - _DAYS_TO_2000),
            "part": (f"S{len(part)}", part.encode()),
        }
        columns |= {name: (kind, given) for (name, kind), given in zip(values.items(), own.values, strict=True)}
        if len(own.leg):
            copy_binary(table, columns, len(own.leg))


def _chosen(rows: Rows, which: npt.NDArray[np.bool_]) -> Rows:
    values = tuple(column[which] for column in rows.values)
    return Rows(rows.leg[which], rows.day[which], rows.night[which], rows.key[which], values)


_TRACKS = """
    UPDATE patrol_leg AS leg
       SET track = given.track, derived_from = given.derived_from, ground_change = %s,
           box = CASE WHEN given.west IS NOT NULL
                      THEN ST_MakeEnvelope(given.west, given.south, given.east, given.north, 4326) END
      FROM unnest(%s::uuid[], %s::bytea[], %s::text[], %s::float8[], %s::float8[], %s::float8[], %s::float8[])
           AS given (id, track, derived_from, west, south, east, north)
     WHERE leg.id = given.id
"""


def legs_write(
    leg_ids: Sequence[UUID], tracks: Sequence[bytes], derived_from: Sequence[str], boxes: Floats, ground_change: int
) -> None:
    """Write the tracks and what they were derived from; `boxes` in degrees, NaN for a leg without a place."""
    sides = [[None if np.isnan(side) else side for side in column] for column in boxes.T.tolist()]
    with connection.cursor() as cursor:
        cursor.execute(_TRACKS, [ground_change, list(leg_ids), list(tracks), list(derived_from), *sides])


_TOUCHED = """
    SELECT area_id, "on" FROM patrol_legtownship WHERE leg_id = ANY(%(legs)s)
    UNION
    SELECT area_id, "on" FROM patrol_legpieces WHERE leg_id = ANY(%(legs)s)
"""
# Numeric: a sum of floats would depend on the order in which the rows are read.
_MOST = """
    UPDATE patrol_patrol AS outing SET area_id = most.area_id
      FROM (SELECT DISTINCT ON (leg.patrol_id) leg.patrol_id, done.area_id
              FROM patrol_legtownship AS done JOIN patrol_leg AS leg ON leg.id = done.leg_id
             WHERE leg.patrol_id = ANY(%s)
             GROUP BY leg.patrol_id, done.area_id
             ORDER BY leg.patrol_id, sum(done.hours::numeric) DESC, done.area_id) AS most
     WHERE outing.id = most.patrol_id AND outing.area_id IS DISTINCT FROM most.area_id
"""


def touched_by(leg_ids: Sequence[UUID]) -> set[tuple[int, date]]:
    """Return the townships and days of the derived rows of the legs."""
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, {"legs": list(leg_ids)})
        return set(cursor.fetchall())


def outings_place(patrol_ids: Sequence[UUID]) -> None:
    """Count each outing for the township where most of its time was spent; without a track, for its unit's own."""
    with connection.cursor() as cursor:
        cursor.execute(_MOST, [list(patrol_ids)])
    somewhere = LegTownship.objects.filter(leg__patrol=OuterRef("pk"))
    nowhere = Patrol.objects.filter(~Exists(somewhere), pk__in=patrol_ids).order_by()
    for unit in Unit.objects.filter(pk__in=nowhere.values("unit")):
        nowhere.filter(unit=unit).update(area=primary_area(unit))
