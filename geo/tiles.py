"""SHELL: vector tiles of what an officer may see, made by the database (ST_AsMVT)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from backend.accounts.models import Officer
from backend.common.problems import FieldError, problem
from geo.tile_layers import Layer

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


# The tile itself and, in degrees, what is drawn in it: 64 of the 4,096 units of its side lie around it.
TILE = """
    tile AS MATERIALIZED (
        SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS square,
               ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64 / 4096.0), 4326) AS box)"""
_MVT = f"""
    WITH {TILE},
    shape AS ({{shapes}})
    SELECT ST_AsMVT(shape.*, '{{name}}', 4096, 'geom'{{feature_id}}) FROM shape WHERE geom IS NOT NULL
"""  # noqa: S608 - the words are ours


def layer_tile(layer: Layer, officer: Officer, key: TileKey) -> bytes:
    """Return the Mapbox Vector Tile of a layer as far as the officer may see it; b"" where there is nothing.

    Farther away than the layer is shown there is nothing either: a map may ask at every zoom.
    """
    if key.z < layer.zoom_min:
        return b""
    return tile_of(layer.name, layer.shapes(key.z), key, layer.values(officer), numbered=layer.numbered)


def tile_of(name: str, shapes: str, key: TileKey, values: Mapping[str, Any], *, numbered: bool) -> bytes:
    """Return the tile of one layer whose features `shapes` selects (geo.tile_layers says how); b"" without any.

    With `numbered` their column `id` is the number of a feature and not one of its properties.
    """
    feature_id = ", 'id'" if numbered else ""
    statement = _MVT.format(shapes=shapes, name=name, feature_id=feature_id)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"z": key.z, "x": key.x, "y": key.y, **values})
        row = cursor.fetchone()
    return bytes(row[0]) if row and row[0] else b""


def _no_tile(why: str) -> Exception:
    return problem("request_invalid", why=why, errors=[FieldError("tile", "invalid", why)])
