"""SHELL: vector tiles of where outings went: each street piece as covered, unknown or not covered in a window.

No officer, no outing and no time finer than a day is in them, and only streets of one's own townships: they show what
work is left, not who was where (6-security-privacy.md: of old tracks only the passed street pieces remain).
"""

# ruff: noqa: S608 - statements are put together from our own words; what comes from outside is a parameter

from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from backend.accounts.models import Officer
from backend.reports.last_walked import last_walked
from backend.reports.street_facts import PARTS as PARTS_OF_A_DAY
from backend.reports.windows import Window
from geo.networks import street_edition
from geo.selectors import areas_own
from geo.tiles import TILE, TileKey, tile_of
from patrol.leg_pieces import walked_pieces

Integers = npt.NDArray[np.int64]

NAME = "tracks"
ZOOM_MIN = 11
EACH_PIECE_ZOOM = 14
# Streets of one's own townships in the tile.
_NEAR = """
    SELECT piece.id, {columns}
      FROM tile, geo_streetpiece AS piece
      JOIN geo_street AS street ON street.id = piece.street_id AND street.edition = %(streets)s
     WHERE piece.line && tile.box AND piece.area_id = ANY(%(own)s)"""
_NUMBERS = f"WITH {TILE} {_NEAR.format(columns='piece.area_id')} ORDER BY piece.id"
_PIECES = f"""
    WITH near AS ({_NEAR.format(columns="piece.street_id, piece.line")}),
    found AS (
        SELECT near.*, walked.last_on,
               CASE WHEN walked.id IS NULL THEN 'not_covered' WHEN walked.last_on IS NULL THEN 'unknown'
                    ELSE 'covered' END AS state
          FROM near LEFT JOIN unnest(%(walked)s::bigint[], %(last_on)s::text[]) AS walked (id, last_on) USING (id))"""
_EACH = f"""{_PIECES}
    SELECT street_id::text AS code, state, last_on,
           ST_AsMVTGeom(ST_Transform(line, 3857), tile.square, 4096, 64, true) AS geom
      FROM found, tile ORDER BY found.id"""
# From farther away the pieces of a street in one state are one line.
_TOGETHER = f"""{_PIECES}
    SELECT street_id::text AS code, state, max(last_on) AS last_on,
           ST_AsMVTGeom(ST_Transform(ST_LineMerge(ST_Collect(line)), 3857), tile.square, 4096, 64, true) AS geom
      FROM found, tile
     GROUP BY street_id, state, tile.square ORDER BY street_id, state"""


def track_tile(officer: Officer, key: TileKey, window: Window, part: str) -> bytes:
    """Return the tile of the street pieces of one's own townships as the window found them; b"" without any.

    Layer `tracks`, properties `code` (of the street), `state` (covered, unknown, not_covered), `last_on` (the last day
    in the window on which it was passed).
    """
    if key.z < ZOOM_MIN:
        return b""
    own = list(areas_own(officer).order_by().values_list("pk", flat=True))
    here: dict[str, Any] = {"own": own, "streets": street_edition()}
    pieces, areas = _near(key, here)
    parts = [one for one in PARTS_OF_A_DAY if part in ("all", one)]
    walked = last_walked(pieces, walked_pieces(areas, window.first, window.last, parts))
    shapes = _EACH if key.z >= EACH_PIECE_ZOOM else _TOGETHER
    return tile_of(NAME, shapes, key, here | {"walked": walked.ids, "last_on": walked.last_on}, numbered=False)


def _near(key: TileKey, here: dict[str, Any]) -> tuple[Integers, list[int]]:
    """Return the numbers of the pieces in a tile, in order, and the townships in which they lie."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, {"z": key.z, "x": key.x, "y": key.y, **here})
        rows = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 2)
    return rows[:, 0], np.unique(rows[:, 1]).tolist()
