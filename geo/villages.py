"""SHELL: puts doors and street pieces into their villages again after boundaries of villages came or changed."""

from django.db import connection, transaction

# A place that no boundary holds keeps the village it was given, unless that is of another edition.
_PLACE = {
    "geo_premises": """
        UPDATE geo_premises AS door SET village_id = found.village
          FROM (SELECT id, coalesce(geo_village_of(point), (SELECT kept.id FROM geo_area AS kept, geo_deployment AS d
                       WHERE kept.id = geo_premises.village_id AND kept.edition = d.area_edition)) AS village
                  FROM geo_premises) AS found
         WHERE found.id = door.id AND door.village_id IS DISTINCT FROM found.village
    """,
    "geo_streetpiece": """
        UPDATE geo_streetpiece AS piece SET village_id = found.village
          FROM (SELECT id, geo_village_of(ST_LineInterpolatePoint(line, 0.5)) AS village FROM geo_streetpiece) AS found
         WHERE found.id = piece.id AND piece.village_id IS DISTINCT FROM found.village
    """,
}


@transaction.atomic
def villages_place() -> int:
    """Return how many doors and pieces lie in another village than before. Twice is as good as once."""
    moved = 0
    with connection.cursor() as cursor:
        for statement in _PLACE.values():
            cursor.execute(statement)
            moved += cursor.rowcount
    return moved
