"""SHELL: what each layer of vector tiles holds, from which zoom on, and for whom.

A layer's SQL selects its features as `shape`: whatever columns it names become properties, `geom` is their geometry in
the tile's own units. `tile` is there already: `square` in EPSG:3857 and `box`, the same in degrees with the margin.
Rows are found by their own stored geometry in degrees, so that its index is used and only what is shown is projected.
"""

# ruff: noqa: S608 - statements are put together from our own words; what comes from outside is a parameter

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from backend.accounts.models import Officer
from backend.accounts.permissions import FIELD_WORK, FIGURES, Policy
from backend.accounts.scope import units_in_scope
from geo.cells import CELL_M
from geo.models import AreaLevel
from geo.networks import street_edition
from geo.selectors import areas_own, areas_with_figures, city_day, deployment

Values = dict[str, Any]
# Roads by which one finds one's way on a map of a county.
MAIN_CLASSES = ["motorway", "trunk", "primary", "secondary", "tertiary"]
ALL_STREETS_ZOOM = 11
EACH_DOOR_ZOOM = 14


@dataclass(frozen=True)
class Layer:
    """A layer: its name in the address and in the tile, its first zoom, who may ask, its SQL and what goes into it.

    Features that are `numbered` have the id of the coverage answer.
    """

    name: str
    zoom_min: int
    policy: Policy
    shapes: Callable[[int], str]
    values: Callable[[Officer], Values]
    numbered: bool = True


def _areas(officer: Officer) -> Values:
    return {
        "areas": list(areas_with_figures(officer).order_by().values_list("pk", flat=True)),
        "own": list(areas_own(officer).order_by().values_list("pk", flat=True)),
    }


def _projected(column: str, *, clipped: bool = True) -> str:
    """Return the geometry of a tile; the boundary is cut off a little outside it, or it would be drawn as an edge."""
    return f"ST_AsMVTGeom(ST_Transform({column}, 3857), tile.square, 4096, 64, {str(clipped).lower()}) AS geom"


def _outline(column: str, zoom: int) -> str:
    """Return the geometry of an area in a tile, thinned to half a pixel of what is drawn 512 pixels wide.

    Real borders have thousands of points; those of a whole city in one tile took seconds.
    """
    return _projected(f"ST_Simplify({column}, {360 / 2**zoom / 1024:.12f}, true)")


def _townships(zoom: int) -> str:
    return f"""
        SELECT area.id, area.code, area.name, area.id = ANY(%(own)s) AS own, {_outline("area.boundary", zoom)}
          FROM geo_area AS area, tile
         WHERE area.id = ANY(%(areas)s) AND area.boundary && tile.box
         ORDER BY area.id"""


def _villages(zoom: int) -> str:
    return f"""
        SELECT area.id, area.code, area.name, area.parent_id = ANY(%(own)s) AS own, {_outline("area.boundary", zoom)}
          FROM geo_area AS area, tile
         WHERE area.parent_id = ANY(%(areas)s) AND area.level = '{AreaLevel.VILLAGE}'
               AND area.list = %(list)s AND area.edition = %(edition)s AND area.boundary && tile.box
         ORDER BY area.id"""


def _village_values(officer: Officer) -> Values:
    place = deployment()
    return _areas(officer) | {"list": place.area_list, "edition": place.area_edition}


def _beats(zoom: int) -> str:
    # The number of a beat is that of the coverage answer: the last 52 bits of its id.
    number = "('x' || right(replace(beat.id::text, '-', ''), 13))::bit(52)::bigint"
    return f"""
        SELECT {number} AS id, beat.id::text AS code, beat.name, beat.unit_id = ANY(%(units)s) AS own,
               {_outline("beat.boundary", zoom)}
          FROM geo_beat AS beat, tile
         WHERE beat.area_id = ANY(%(areas)s) AND beat.boundary && tile.box
         ORDER BY beat.id"""


def _units(officer: Officer) -> Values:
    return {"units": list(units_in_scope(officer).values_list("pk", flat=True))}


def _cells(_: int) -> str:
    # Every square that touches a township of one's own scope, also where nobody ever was: that is what one looks for.
    return f"""
        SELECT number AS id, number::text AS code, bool_or(area.id = ANY(%(own)s)) AS own, {_projected("square_m")}
          FROM (SELECT floor(ST_XMin(b) / {CELL_M})::int AS west, floor(ST_XMax(b) / {CELL_M})::int AS east,
                       floor(ST_YMin(b) / {CELL_M})::int AS south, floor(ST_YMax(b) / {CELL_M})::int AS north
                  FROM (SELECT ST_Transform(square, %(epsg)s) AS b FROM tile) AS metric) AS span,
               generate_series(south, north) AS y, generate_series(west, east) AS x,
               LATERAL (SELECT ST_MakeEnvelope(x * {CELL_M}, y * {CELL_M}, (x + 1) * {CELL_M}, (y + 1) * {CELL_M},
                                               %(epsg)s) AS square_m,
                               y::bigint * 16777216 + x + 8388608 AS number) AS cell,
               LATERAL (SELECT ST_Transform(square_m, 4326) AS square_deg) AS degrees,
               tile, geo_area AS area
         WHERE area.id = ANY(%(areas)s) AND area.boundary && tile.box AND ST_Intersects(area.boundary, square_deg)
         GROUP BY number, square_m, tile.square
         ORDER BY number"""


def _cell_values(officer: Officer) -> Values:
    return _areas(officer) | {"epsg": deployment().metric_epsg}


def _streets(zoom: int) -> str:
    main = "" if zoom >= ALL_STREETS_ZOOM else "AND street.street_class = ANY(%(main)s)"
    return f"""
        SELECT street.id, street.id::text AS code, street.name, street.street_class AS class, own.length_m,
               {_projected("street.line")}
          FROM tile, geo_street AS street,
               LATERAL (SELECT round(sum(piece.length_m))::int AS length_m FROM geo_streetpiece AS piece
                         WHERE piece.street_id = street.id AND piece.area_id = ANY(%(own)s)) AS own
         WHERE street.edition = %(streets)s AND street.line && tile.box AND own.length_m IS NOT NULL {main}
         ORDER BY street.id"""


def _street_values(officer: Officer) -> Values:
    return _areas(officer) | {"streets": street_edition(), "main": MAIN_CLASSES}


# Doors in use, or proposed and not refused: those that the station has on its phones.
_DOORS = """
          FROM geo_premises AS door, tile
         WHERE door.unit_id = ANY(%(units)s) AND door.state <> 'gone' AND door.point && tile.box
               AND (door.active_until IS NULL OR door.active_until > %(today)s)"""


def _premises(zoom: int) -> str:
    if zoom >= EACH_DOOR_ZOOM:
        return f"""
        SELECT door.id::text AS door, door.kind, door.next_due_on::text AS due_on,
               coalesce(door.next_due_on <= %(today)s, false) AS due, {_projected("door.point")}
        {_DOORS} ORDER BY door.id"""
    # From farther away: how many doors lie in each square of 64 units of the tile, and how many are due.
    return f"""
        SELECT count(*)::int AS doors, count(*) FILTER (WHERE next_due_on <= %(today)s)::int AS due,
               ST_SetSRID(ST_MakePoint(x * 64 + 32, y * 64 + 32), 0) AS geom
          FROM (SELECT next_due_on, floor(ST_X(at) / 64) AS x, floor(ST_Y(at) / 64) AS y
                  FROM (SELECT door.next_due_on, {_projected("door.point").replace("geom", "at")} {_DOORS}) AS shown
                 WHERE at IS NOT NULL) AS squares
         WHERE x BETWEEN 0 AND 63 AND y BETWEEN 0 AND 63  -- what lies in the margin is counted by the next tile
         GROUP BY x, y ORDER BY x, y"""


def _premises_values(officer: Officer) -> Values:
    return _units(officer) | {"today": city_day(timezone.now())}


def _beat_values(officer: Officer) -> Values:
    return _areas(officer) | _units(officer)


_ALL = (
    Layer("townships", 0, FIGURES, _townships, _areas),
    Layer("villages", 9, FIGURES, _villages, _village_values),
    Layer("beats", 9, FIGURES, _beats, _beat_values),
    Layer("cells", 11, FIGURES, _cells, _cell_values),
    Layer("streets", 8, FIGURES, _streets, _street_values),
    Layer("premises", 11, FIELD_WORK, _premises, _premises_values, numbered=False),
)
LAYERS = {layer.name: layer for layer in _ALL}
