"""SHELL: what a unit's map shows, as the lines that tippecanoe reads: townships, beats, streets and their names.

No doors: they are records, and a phone draws them from its own store.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from backend.accounts.models import Unit
from geo.networks import street_edition
from geo.selectors import areas_current, townships_of_unit

# How far beyond the own townships neighbours and streets are drawn: who stands on a border sees where it leads.
MARGIN_M = 3000
# Large streets show from afar, paths only from near.
_LARGE = ("motorway", "trunk", "primary", "secondary", "motorway_link", "trunk_link", "primary_link")
_SMALL = ("footway", "path", "steps", "service", "trail", "cycleway", "platform", "corridor", "crossing", "elevator")

# One row a feature: layer, smallest zoom, properties, shape. The order is fixed: the same content gives the same file.
_FEATURES = """
    WITH ground AS (
        SELECT ST_Union(boundary) AS own,
               ST_Buffer(ST_Simplify(ST_Union(boundary), 0.0002)::geography, %(margin_m)s)::geometry AS near
          FROM geo_area WHERE id = ANY(%(own)s)),
    near_areas AS (
        SELECT area.id, area.code, area.name, area.id = ANY(%(own)s) AS own,
               ST_CollectionExtract(ST_Intersection(area.boundary, ground.near), 3) AS shape
          FROM geo_area AS area, ground
         WHERE area.id = ANY(%(current)s) AND area.boundary && ground.near),
    own_beats AS (
        SELECT id, name, boundary AS shape FROM geo_beat WHERE unit_id = ANY(%(units)s)),
    features AS (
        SELECT 1 AS part, code AS place, 'townships' AS layer, 7 AS zoom_min,
               jsonb_build_object('name', name, 'own', own) AS properties, shape
          FROM near_areas
        UNION ALL
        SELECT 2, id::text, 'beats', 10, jsonb_build_object('name', name), shape FROM own_beats
        UNION ALL
        SELECT 3, street.edition || '/' || street.ref, 'streets',
               CASE WHEN street_class = ANY(%(large)s) THEN 9 WHEN street_class = ANY(%(small)s) THEN 13 ELSE 11 END,
               jsonb_build_object('name', street.name, 'class', street.street_class),
               ST_CollectionExtract(ST_Intersection(street.line, ground.near), 2)
          FROM geo_street AS street, ground
         WHERE street.edition = %(streets)s AND street.line && ground.near AND ST_Intersects(street.line, ground.near)
        UNION ALL
        SELECT 4, code, 'names', 8, jsonb_build_object('name', name, 'kind', 'township', 'own', own),
               ST_PointOnSurface(shape) FROM near_areas
        UNION ALL
        SELECT 5, id::text, 'names', 11, jsonb_build_object('name', name, 'kind', 'beat', 'own', true),
               ST_PointOnSurface(shape) FROM own_beats)
    SELECT jsonb_build_object(
               'type', 'Feature',
               'tippecanoe', jsonb_build_object('layer', layer, 'minzoom', zoom_min),
               'properties', properties,
               'geometry', ST_AsGeoJSON(shape, 6)::jsonb)::text
      FROM features WHERE NOT ST_IsEmpty(shape) ORDER BY part, place
"""


def map_lines(unit: Unit) -> Iterator[str]:
    """Yield the features of the unit's map, one GeoJSON text each, always in the same order; none without townships."""
    own = list(townships_of_unit(unit).values_list("pk", flat=True))
    if not own:
        return
    values: dict[str, Any] = {
        "own": own,
        "current": list(areas_current().values_list("pk", flat=True)),
        "units": list(Unit.objects.filter(path__startswith=unit.path).values_list("pk", flat=True)),
        "streets": street_edition(),
        "margin_m": MARGIN_M,
        "large": list(_LARGE),
        "small": list(_SMALL),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FEATURES, values)
        for (line,) in cursor:
            yield line
