"""SHELL: brings street centre lines of one edition in and cuts them into pieces. The key is (edition, ref)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import geopandas
import pandas
import shapely
from django.contrib.gis.geos import LineString
from django.db import connection, transaction

from geo import selectors
from geo.crs import WGS84_EPSG
from geo.imports.columns import judged_keys, judged_text, refuse, require_columns, text_column
from geo.imports.layers import Layer
from geo.imports.report import ImportReport
from geo.models import Street
from geo.pieces import cut_streets
from geo.placement import place_points

GEOMETRY_TYPES = ("LineString",)

_UPSERT = """
    INSERT INTO geo_street AS street (edition, ref, name, street_class, line)
    SELECT %(edition)s, ref, name, street_class, ST_GeomFromWKB(line, 4326)
    FROM unnest(%(refs)s::text[], %(names)s::text[], %(classes)s::text[], %(lines)s::bytea[])
         AS row (ref, name, street_class, line)
    ON CONFLICT (edition, ref) DO UPDATE
    SET name = excluded.name, street_class = excluded.street_class, line = excluded.line
    WHERE (street.name, street.street_class) IS DISTINCT FROM (excluded.name, excluded.street_class)
       OR NOT ST_OrderingEquals(street.line, excluded.line)
    RETURNING ref, id, (xmax = 0)
"""
# Pieces never change in place: a street whose line moved gets new ones, and what was derived from the old ones goes
# with them, to be derived anew.
_DROP_PIECES = "DELETE FROM geo_streetpiece WHERE street_id = ANY(%s)"
_INSERT_PIECES = """
    INSERT INTO geo_streetpiece (street_id, ordinal, length_m, line, area_id, beat_id)
    SELECT street_id, ordinal, length_m, ST_GeomFromWKB(line, 4326), area_id, beat_id
    FROM unnest(%s::bigint[], %s::int[], %s::float8[], %s::bytea[], %s::bigint[], %s::uuid[])
         AS row (street_id, ordinal, length_m, line, area_id, beat_id)
"""


@dataclass(frozen=True)
class StreetFields:
    """The names of the properties in the file; an empty one is not read."""

    ref: str = "ref"
    name: str = "name"
    street_class: str = "street_class"


@transaction.atomic
def streets_import(
    *, layer: Layer, edition: str, fields: StreetFields = StreetFields(), seen: set[str] | None = None
) -> ImportReport:
    """Create or update the streets of a layer and their pieces; importing the same layer twice changes nothing.

    Each piece lies in the township (and beat) of its middle. A street outside every township comes in with a remark:
    its pieces count for no township. Raises `import_refused` when no row has a reference.
    """
    require_columns(layer.frame, {"ref": fields.ref})
    frame = layer.frame.assign(
        code=text_column(layer.frame, fields.ref),
        name=text_column(layer.frame, fields.name).str[:160],
        street_class=text_column(layer.frame, fields.street_class).str[:32],
    )
    frame, problems = judged_keys(frame, 64, seen)
    frame, misread = judged_text(frame, ("name",))
    still = pandas.Series(shapely.length(frame.geometry.to_numpy()) == 0, index=frame.index)
    problems = [*layer.problems, *problems, *misread, *refuse(frame, still, "zero_length", "the line has no length")]
    frame = frame[~still]
    before = dict(Street.objects.filter(edition=edition, ref__in=list(frame["code"])).values_list("ref", "line"))
    written = _upsert(frame, edition)
    outside = _cut_again(frame, {ref: id for ref, (id, _) in written.items()}, before)
    problems += refuse(frame, frame["code"].isin(outside), "outside_city", note=True)
    created = sum(is_new for _, is_new in written.values())
    return ImportReport(layer.rows_read, created, len(written) - created, len(frame) - len(written), tuple(problems))


@transaction.atomic
def streets_import_chunks(
    *, layers: Iterable[Layer], edition: str, fields: StreetFields = StreetFields()
) -> ImportReport:
    """Create or update the streets of a file of any size and their pieces."""
    report, seen = ImportReport(0, 0, 0, 0), set[str]()
    for layer in layers:
        if layer.frame.empty:
            report = report.plus(ImportReport(layer.rows_read, 0, 0, 0, layer.problems))
            continue
        report = report.plus(streets_import(layer=layer, edition=edition, fields=fields, seen=seen))
    return report


def _upsert(frame: pandas.DataFrame, edition: str) -> dict[str, tuple[int, bool]]:
    columns: dict[str, Any] = {
        "edition": edition,
        "refs": list(frame["code"]),
        "names": list(frame["name"]),
        "classes": list(frame["street_class"]),
        "lines": [shapely.to_wkb(line) for line in frame.geometry],
    }
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, columns)
        return {ref: (id, is_new) for ref, id, is_new in cursor.fetchall()}


def _cut_again(frame: geopandas.GeoDataFrame, ids: dict[str, int], before: Mapping[str, LineString]) -> set[str]:
    """Make the pieces of the streets that are new or whose line moved; a new name alone keeps the pieces.

    Returns those of them of which no piece lies in any township.
    """
    moved = [
        code in ids and (code not in before or bytes(before[code].wkb) != shapely.to_wkb(line))
        for code, line in zip(frame["code"], frame.geometry, strict=True)
    ]
    chosen = frame[moved].set_index("code")
    columns = _piece_columns(chosen, ids)
    with connection.cursor() as cursor:
        cursor.execute(_DROP_PIECES, [[ids[code] for code in chosen.index]])
        cursor.execute(_INSERT_PIECES, columns)
    placed = {street for street, area in zip(columns[0], columns[4], strict=True) if area is not None}
    return {str(code) for code in chosen.index if ids[code] not in placed}


def _piece_columns(streets: geopandas.GeoDataFrame, ids: dict[str, int]) -> list[list[object]]:
    pieces = cut_streets(streets.to_crs(epsg=selectors.deployment().metric_epsg))
    middles = pieces.geometry.interpolate(0.5, normalized=True)
    placed = place_points(middles, selectors.townships_frame(), selectors.beats_frame())
    lines = pieces.geometry.to_crs(epsg=WGS84_EPSG)
    return [
        [ids[str(code)] for code in pieces["street"]],
        [int(ordinal) for ordinal in pieces["ordinal"]],
        [float(length_m) for length_m in pieces["length_m"]],
        [shapely.to_wkb(line) for line in lines],
        [None if area_id is None else int(area_id) for area_id in placed["area_id"]],
        [beat_id if isinstance(beat_id, UUID) else None for beat_id in placed["beat_id"]],
    ]
