"""SHELL: vector tiles of doors: each as met, tried or not visited in a window. Where nobody has been, door by door.

For the station that works there, as the list on its phones: neither address nor name, nor who was there, nor when
(`last_on` is a day). A door stands in them as it stands in the figures: those of the first day, or a frozen list.
"""

# ruff: noqa: S608 - statements are put together from our own words; what comes from outside is a parameter

from backend.accounts.models import Officer
from backend.accounts.scope import units_in_scope
from backend.reports.fact_loaders import frozen_campaign
from backend.reports.windows import Window
from geo.selectors import city_zone
from geo.tiles import TileKey, tile_of
from patrol.day_parts import NIGHT_FROM_HOUR, NIGHT_UNTIL_HOUR

NAME = "doors"
ZOOM_MIN = 14
_ACTIVE = "door.active_from <= %(first)s AND (door.active_until IS NULL OR door.active_until > %(first)s)"
_LISTED = """EXISTS (SELECT FROM visits_campaign_denominator AS listed
                      WHERE listed.campaign_id = %(frozen)s AND listed.premises_id = door.id)"""
_HOUR = "extract(hour FROM visit.occurred_at AT TIME ZONE %(zone)s)"
_BY_NIGHT = f"({_HOUR} >= {NIGHT_FROM_HOUR} OR {_HOUR} < {NIGHT_UNTIL_HOUR})"
_IN_PART = {"all": "", "night": f"AND {_BY_NIGHT}", "day": f"AND NOT {_BY_NIGHT}"}


def _shapes(part: str, *, is_frozen: bool) -> str:
    return f"""
    SELECT door.id::text AS door, door.kind, seen.last_on::text AS last_on,
           CASE WHEN seen.met THEN 'met' WHEN seen.last_on IS NULL THEN 'not_visited' ELSE 'tried' END AS state,
           ST_AsMVTGeom(ST_Transform(door.point, 3857), tile.square, 4096, 64, true) AS geom
      FROM tile, geo_premises AS door,
           LATERAL (SELECT max(visit.occurred_on) AS last_on, bool_or(visit.outcome = 'met') AS met
                      FROM visits_visit AS visit
                     WHERE visit.premises_id = door.id AND visit.is_current
                           AND visit.occurred_on BETWEEN %(first)s AND %(last)s {_IN_PART[part]}) AS seen
     WHERE door.unit_id = ANY(%(units)s) AND door.point && tile.box AND {_LISTED if is_frozen else _ACTIVE}
     ORDER BY door.id"""


def door_tile(officer: Officer, key: TileKey, window: Window, part: str) -> bytes:
    """Return the tile of the doors of one's own station as the window found them; b"" without any.

    Layer `doors`, properties `door` (its id), `kind`, `state` (met, tried, not_visited) and `last_on` (the last day in
    the window on which somebody was there).
    """
    if key.z < ZOOM_MIN:
        return b""
    frozen = frozen_campaign(window)
    values = {
        "units": list(units_in_scope(officer).values_list("pk", flat=True)),
        "first": window.first,
        "last": window.last,
        "frozen": frozen,
        "zone": city_zone().key,
    }
    return tile_of(NAME, _shapes(part, is_frozen=frozen is not None), key, values, numbered=False)
