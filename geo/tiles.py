"""SHELL: vector tiles of what an officer may see, made by the database (ST_AsMVT)."""

from dataclasses import dataclass

from django.db import connection

from backend.accounts.models import Officer
from backend.common.problems import FieldError, problem
from geo.selectors import areas_own, areas_with_figures

ZOOM_MAX = 22


@dataclass(frozen=True)
class TileKey:
    """Place of a tile in the web map's pyramid (XYZ, EPSG:3857)."""

    z: int
    x: int
    y: int


def tile_key(z: str, x: str, y: str) -> TileKey:
    """Return the tile that three texts name; raises `request_invalid` for what is no tile."""
    texts = (z, x, y)
    if not all(text.isascii() and text.isdigit() and len(text) <= len("4194303") for text in texts):
        raise _no_tile("A tile is three whole numbers: zoom, column, row.")
    key = TileKey(*map(int, texts))
    if key.z > ZOOM_MAX:
        raise _no_tile(f"The zoom is at most {ZOOM_MAX}.")
    if max(key.x, key.y) >= 2**key.z:
        raise _no_tile(f"At zoom {key.z} column and row end at {2**key.z - 1}.")
    return key


# The boundary is cut off a little outside the tile, so that its outline is not drawn along tile edges.
_TOWNSHIPS = """
    WITH tile AS (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS square),
    shape AS (
        SELECT area.id, area.code, area.name, area.id = ANY(%(own)s) AS own,
               ST_AsMVTGeom(ST_Transform(area.boundary, 3857), tile.square, 4096, 64, true) AS geom
          FROM geo_area AS area, tile
         WHERE area.id = ANY(%(areas)s) AND area.boundary && ST_Transform(tile.square, 4326)
         ORDER BY area.id)
    SELECT ST_AsMVT(shape.*, 'townships', 4096, 'geom', 'id') FROM shape WHERE geom IS NOT NULL
"""


def township_tile(officer: Officer, key: TileKey) -> bytes:
    """Return the Mapbox Vector Tile of the townships whose figures the officer may see; b"" where there is none.

    Layer `townships`, feature id = that of the coverage answer, properties code, name, own.
    """
    areas = list(areas_with_figures(officer).values_list("pk", flat=True))
    own = list(areas_own(officer).values_list("pk", flat=True))
    return _tile(_TOWNSHIPS, key, areas=areas, own=own)


def _tile(sql: str, key: TileKey, *, areas: list[int], own: list[int]) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"z": key.z, "x": key.x, "y": key.y, "areas": areas, "own": own})
        row = cursor.fetchone()
    return bytes(row[0]) if row and row[0] else b""


def _no_tile(why: str) -> Exception:
    return problem("request_invalid", why=why, errors=[FieldError("tile", "invalid", why)])
