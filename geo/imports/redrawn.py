"""SHELL: what a moved border touches, and nothing else: doors and street pieces near it, days of their townships."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import geopandas
import pandas
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from shapely.geometry.base import BaseGeometry

from backend.common.outcomes import Change, Touched
from geo import selectors
from geo.crs import WGS84_EPSG
from geo.imports.placing import doors_place_again
from geo.models import Area, Premises, StreetPiece
from geo.placement import BORDER_M, place_points
from geo.touched_days import touched_days_note

# The longest window that is counted (90 days), and the day itself. Older figures stay as they were.
_DAYS = 91

_MOVE_PIECES = """
    UPDATE geo_streetpiece AS piece SET area_id = placed.area_id, beat_id = placed.beat_id
    FROM unnest(%s::bigint[], %s::bigint[], %s::uuid[]) AS placed (id, area_id, beat_id), geo_streetpiece AS was
    WHERE piece.id = placed.id AND was.id = piece.id
      AND (piece.area_id, piece.beat_id) IS DISTINCT FROM (placed.area_id, placed.beat_id)
    RETURNING was.area_id, piece.area_id
"""


def boundaries_of(area_list: str, edition: str, codes: Iterable[str]) -> dict[str, BaseGeometry]:
    """Return the stored boundaries of some codes, in WGS 84."""
    rows = Area.objects.filter(list=area_list, edition=edition, code__in=list(codes)).values_list("code", "boundary")
    return {code: shapely.from_wkb(bytes(boundary.wkb)) for code, boundary in rows}


def redrawn_ground(before: dict[str, BaseGeometry], after: dict[str, BaseGeometry]) -> BaseGeometry:
    """Return the ground that belongs to another area than before, in WGS 84; empty where no border moved."""
    empty = shapely.Polygon()
    moved = [
        shapely.symmetric_difference(shapely.make_valid(before.get(code, empty)), shape)
        for code, shape in after.items()
        if code not in before or not shapely.equals_exact(before[code], shape, normalize=True)
    ]
    return shapely.union_all(moved) if moved else empty


@dataclass(frozen=True)
class Redrawn:
    """What ground that changed hands took along: changes for the feeds, doors and pieces moved, days to count anew."""

    changes: list[Change]
    doors: int = 0
    pieces: int = 0
    days: int = 0


def townships_redrawn(ground: BaseGeometry) -> list[Change]:
    """Do what `ground_redrawn` does; return what the feeds must say."""
    return ground_redrawn(ground).changes


def ground_redrawn(ground: BaseGeometry) -> Redrawn:
    """Place doors and pieces in and near `ground` again, and note the days of townships that won or lost some.

    Doors near a border are told how near it is: so those within 200 m as well.
    """
    if ground.is_empty:
        return Redrawn([])
    metric_epsg = selectors.deployment().metric_epsg
    reach = geopandas.GeoSeries([ground], crs=WGS84_EPSG).to_crs(epsg=metric_epsg).buffer(BORDER_M + 1)
    near = GEOSGeometry(memoryview(shapely.to_wkb(reach.to_crs(epsg=WGS84_EPSG).iloc[0])), srid=WGS84_EPSG)
    doors = Premises.objects.filter(point__intersects=near)
    before = dict(doors.values_list("id", "area_id"))
    changes = doors_place_again(doors)
    after = dict(Premises.objects.filter(id__in=list(before)).values_list("id", "area_id"))
    moved = [door for door, area in before.items() if after[door] != area]
    pieces = _pieces_place_again(near)
    touched = {of[door] for door in moved for of in (before, after)}
    touched |= {area for pair in pieces for area in pair if area is not None}
    return Redrawn(changes, len(moved), len(pieces), _note(touched))


def _pieces_place_again(near: GEOSGeometry) -> list[tuple[int | None, int | None]]:
    """Give the pieces in `near` the township and beat in which they lie now; return the township before and now."""
    rows = list(StreetPiece.objects.filter(line__intersects=near).values_list("id", "line"))
    if not rows:
        return []
    lines = geopandas.GeoSeries([shapely.from_wkb(bytes(line.wkb)) for _, line in rows], crs=WGS84_EPSG)
    middles = lines.to_crs(epsg=selectors.deployment().metric_epsg).interpolate(0.5, normalized=True)
    placed = place_points(middles, selectors.townships_frame(), selectors.beats_frame())
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_PIECES, [[piece for piece, _ in rows], *_ids(placed)])
        return [(was, now) for was, now in cursor.fetchall()]


def _ids(placed: pandas.DataFrame) -> tuple[list[int | None], list[UUID | None]]:
    areas = [None if pandas.isna(area) else int(area) for area in placed["area_id"]]
    return areas, [beat if isinstance(beat, UUID) else None for beat in placed["beat_id"]]


def _note(area_ids: set[int]) -> int:
    today: date = selectors.city_day(datetime.now(tz=UTC))
    days = [today - timedelta(days=ago) for ago in range(_DAYS)]
    noted = [Touched(area_id, day) for area_id in sorted(area_ids) for day in days]
    touched_days_note(noted)
    return len(noted)
