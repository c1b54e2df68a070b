"""SHELL: brings administrative areas of one level of one edition in. The key is (list, edition, code)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from django.db import connection, transaction
from geopandas import GeoDataFrame, GeoSeries
from shapely.geometry.base import BaseGeometry

from backend.common.outcomes import Change
from geo.imports.columns import judged_keys, judged_text, refuse, require_columns, text_column
from geo.imports.layers import Layer
from geo.imports.neighbours import neighbour_remarks
from geo.imports.redrawn import boundaries_of, redrawn_ground, townships_redrawn
from geo.imports.report import ImportReport, RowProblem
from geo.models import Area, AreaLevel
from geo.selectors import deployment_or_none
from geo.villages import villages_place

GEOMETRY_TYPES = ("Polygon", "MultiPolygon")

# Written out, because `bulk_create(update_conflicts=True)` cannot leave an unchanged row alone and cannot say which
# rows it changed. `xmax = 0` is true of a row that this statement inserted.
_UPSERT = """
    INSERT INTO geo_area AS area (list, edition, code, level, name, parent_id, boundary, valid_from)
    SELECT %(list)s, %(edition)s, code, %(level)s, name, parent_id, ST_Multi(ST_GeomFromWKB(boundary, 4326)), %(from)s
    FROM unnest(%(codes)s::text[], %(names)s::text[], %(parents)s::bigint[], %(boundaries)s::bytea[])
         AS row (code, name, parent_id, boundary)
    ON CONFLICT (list, edition, code) DO UPDATE
    SET level = excluded.level, name = excluded.name, parent_id = excluded.parent_id, boundary = excluded.boundary
    WHERE (area.level, area.name, area.parent_id) IS DISTINCT FROM (excluded.level, excluded.name, excluded.parent_id)
       OR NOT ST_OrderingEquals(area.boundary, excluded.boundary)
    RETURNING (xmax = 0)
"""


@dataclass(frozen=True)
class AreaFields:
    """The names of the properties in the file."""

    code: str = "code"
    name: str = "name"
    parent: str = ""


@transaction.atomic
def areas_import(
    *, layer: Layer, area_list: str, edition: str, level: str, valid_from: date, fields: AreaFields = AreaFields()
) -> ImportReport:
    """Create or update the areas of a layer; importing the same layer twice changes nothing.

    Raises `import_refused` when a needed property is missing from every row. An area that is not in the layer stays.
    Doors and street pieces are placed again where a border has moved, and only there; the report's `changes` belong
    into the feed, as the last work of the caller's transaction.
    """
    require_columns(layer.frame, {"code": fields.code, "name": fields.name, "parent": fields.parent})
    frame = layer.frame.assign(
        code=text_column(layer.frame, fields.code),
        name=text_column(layer.frame, fields.name),
        parent=text_column(layer.frame, fields.parent),
    )
    frame, problems = judged_keys(frame, max_length=12)
    frame, misread = judged_text(frame, ("name",))
    frame, named = _named(frame)
    parents = dict(Area.objects.filter(list=area_list, edition=edition).values_list("code", "id"))
    orphan = frame["parent"].ne("") & ~frame["parent"].isin(parents)
    problems = [
        *layer.problems,
        *problems,
        *misread,
        *named,
        *refuse(frame, orphan, "parent_unknown", "import its parent first"),
    ]
    frame = frame[~orphan]
    frame, repaired = _repaired(frame)
    edition_key = {"list": area_list, "edition": edition, "level": level, "from": valid_from}
    said = [*problems, *repaired, *_lies(frame, edition_key), *_named_elsewhere(frame, area_list)]
    before = boundaries_of(area_list, edition, frame["code"])
    created, changed = _upsert(frame, parents, edition_key)
    unchanged = len(frame) - created - changed
    changes = _place_again(edition_key, before, frame) if created + changed else []
    return ImportReport(layer.rows_read, created, changed, unchanged, tuple(said), tuple(changes))


def _place_again(key: dict[str, Any], before: dict[str, BaseGeometry], frame: GeoDataFrame) -> list[Change]:
    """Place what lies where borders moved, if doors and pieces stand in the areas of this level and edition."""
    place = deployment_or_none()
    if place is None or (place.area_list, place.area_edition) != (key["list"], key["edition"]):
        return []
    if key["level"] == AreaLevel.VILLAGE:
        villages_place()
    if key["level"] != AreaLevel.TOWNSHIP:
        return []
    after = dict(zip(frame["code"], frame.geometry, strict=True))
    return townships_redrawn(redrawn_ground(before, after))


def _lies(frame: GeoDataFrame, key: dict[str, Any]) -> list[RowProblem]:
    """Return remarks on overlaps and holes, with the stored areas of the level that the file leaves as they are."""
    others = Area.objects.filter(list=key["list"], edition=key["edition"], level=key["level"])
    rows = list(others.exclude(code__in=list(frame["code"])).values_list("code", "boundary"))
    shapes = [shapely.from_wkb(bytes(boundary.wkb)) for _, boundary in rows]
    stored = GeoDataFrame({"code": [code for code, _ in rows]}, geometry=shapes, crs=frame.crs)
    return neighbour_remarks(frame, stored)


def _named_elsewhere(frame: GeoDataFrame, area_list: str) -> list[RowProblem]:
    """Return a remark where another list gives a code to a place of another name: is this the list that was meant?"""
    rows = Area.objects.filter(code__in=list(frame["code"])).exclude(list=area_list).values_list("code", "list", "name")
    there = {code: (its_list, name) for code, its_list, name in rows}
    return [
        RowProblem(
            int(row), code, "code_of_another_list", f"{name} here, {there[code][1]} in {there[code][0]}", refused=False
        )
        for row, code, name in zip(frame["row"], frame["code"], frame["name"], strict=True)
        if code in there and there[code][1] != name
    ]


def _named(frame: GeoDataFrame) -> tuple[GeoDataFrame, list[RowProblem]]:
    nameless, long = frame["name"].eq(""), frame["name"].str.len().gt(120)
    problems = [*refuse(frame, nameless, "name_missing"), *refuse(frame, long, "too_long", "a name: 120 characters")]
    return frame[~(nameless | long)], problems


def _repaired(frame: GeoDataFrame) -> tuple[GeoDataFrame, list[RowProblem]]:
    """Return the frame with valid boundaries: a figure of eight becomes two rings; what has no surface is refused."""
    invalid = ~frame.geometry.is_valid
    reasons = shapely.is_valid_reason(list(frame.geometry[invalid]))
    notes = [
        RowProblem(int(row), str(code), "geometry_repaired", str(reason), refused=False)
        for row, code, reason in zip(frame.loc[invalid, "row"], frame.loc[invalid, "code"], reasons, strict=True)
    ]
    surfaces = GeoSeries([_surface(shape) for shape in frame.geometry.make_valid()], index=frame.index, crs=frame.crs)
    flat = surfaces.map(lambda shape: shape.is_empty).astype(bool)
    refused = refuse(frame, flat, "geometry_type", "no surface is left after repair")
    return frame.set_geometry(surfaces)[~flat], [*notes, *refused]


def _surface(shape: BaseGeometry) -> shapely.MultiPolygon:
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def _upsert(frame: GeoDataFrame, parents: dict[str, int], key: dict[str, Any]) -> tuple[int, int]:
    columns = {
        "codes": list(frame["code"]),
        "names": list(frame["name"]),
        "parents": [parents.get(code) for code in frame["parent"]],
        "boundaries": [shapely.to_wkb(shape) for shape in frame.geometry],
    }
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, {**key, **columns})
        answers = [row[0] for row in cursor.fetchall()]
    return sum(answers), len(answers) - sum(answers)
