"""SHELL: in which township and beat doors stand and which unit answers for them; and again after borders have moved."""

from typing import Any
from uuid import UUID

import geopandas
import pandas
from django.db import connection
from django.db.models import QuerySet

from backend.common.outcomes import Change
from backend.common.rows_json import rows_json
from geo import selectors
from geo.crs import WGS84_EPSG
from geo.models import Premises
from geo.placement import place_points

# Locked by id, as a push locks the doors it visits; what stood there before says from whose phones a door goes.
_MOVE = """
    WITH placed AS (
        SELECT * FROM json_to_recordset(%s)
            AS row (id uuid, unit_id uuid, area_id bigint, beat_id uuid, border_uncertain bool)
    ), held AS (
        SELECT id, unit_id FROM geo_premises WHERE id IN (SELECT id FROM placed) ORDER BY id FOR UPDATE
    )
    UPDATE geo_premises AS door
    SET unit_id = placed.unit_id, area_id = placed.area_id, beat_id = placed.beat_id,
        border_uncertain = placed.border_uncertain, version = door.version + 1
    FROM placed JOIN held ON held.id = placed.id
    WHERE door.id = placed.id
    RETURNING door.id, held.unit_id, door.unit_id, door.version
"""


def places_of(points: geopandas.GeoSeries) -> pandas.DataFrame:
    """Return `area_id`, `beat_id`, `unit_id` (None where nobody answers) and `border_uncertain` of each point.

    The unit is that of the beat, else the main station of the township. The index is that of `points`.
    """
    townships = selectors.townships_frame()
    metric = points.to_crs(epsg=selectors.deployment().metric_epsg)
    placed = place_points(metric, townships, selectors.beats_frame())
    stations = townships.set_index("area_id")["unit_id"]
    station = placed["area_id"].map(stations)
    placed["unit_id"] = placed["beat_unit_id"].where(placed["beat_unit_id"].notna(), station)
    return placed.drop(columns="beat_unit_id")


def doors_place_again(chosen: QuerySet[Premises] | None = None) -> list[Change]:
    """Give every door, or the chosen ones, township, beat and unit of where it stands; return what the feeds must say.

    A door that would lie outside every township, or where no station answers, stays where it was: a border drawn wrong
    must not take doors away from everybody.
    """
    doors = _doors(Premises.objects.all() if chosen is None else chosen)
    if doors.empty:
        return []
    now = places_of(doors.geometry)
    moved = now[now["unit_id"].notna() & now["area_id"].notna()].loc[lambda rows: _differs(rows, doors.loc[rows.index])]
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [rows_json(_row(door_id, place) for door_id, place in moved.iterrows())])
        written = cursor.fetchall()
    return moves_told((door_id, was, is_, version) for door_id, was, is_, version in written)


def moves_told(written: Any) -> list[Change]:
    """Return the changes for rows (door id, unit before or None, unit now, version): put, and retract where it left."""
    listed = list(written)
    puts = [Change(unit_id, "premises", door_id, version) for door_id, _, unit_id, version in listed]
    left = [
        Change(was, "premises", door_id, version, "retract")
        for door_id, was, unit_id, version in listed
        if was is not None and was != unit_id
    ]
    return [*puts, *left]


def _doors(chosen: QuerySet[Premises]) -> geopandas.GeoDataFrame:
    columns = ("id", "unit_id", "area_id", "beat_id", "border_uncertain", "lon", "lat")
    frame = pandas.DataFrame(list(chosen.values_list(*columns)), columns=list(columns)).set_index("id")
    points = geopandas.points_from_xy(frame["lon"], frame["lat"], crs=f"EPSG:{WGS84_EPSG}")
    return geopandas.GeoDataFrame(frame, geometry=points)


def _differs(now: pandas.DataFrame, before: pandas.DataFrame) -> pandas.Series:
    def plain(column: pandas.Series) -> pandas.Series:
        return column.astype(object).where(column.notna(), None).map(str)

    columns = ("unit_id", "area_id", "beat_id", "border_uncertain")
    return pandas.concat([plain(now[name]) != plain(before[name]) for name in columns], axis=1).any(axis=1)


def _row(door_id: Any, place: pandas.Series) -> dict[str, Any]:
    beat_id = place["beat_id"]
    return {
        "id": door_id,
        "unit_id": place["unit_id"],
        "area_id": int(place["area_id"]),
        "beat_id": beat_id if isinstance(beat_id, UUID) else None,
        "border_uncertain": bool(place["border_uncertain"]),
    }
