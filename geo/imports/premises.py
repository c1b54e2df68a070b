"""SHELL: brings doors in. The key is the external reference; township, beat and unit are found once, by geometry."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

import geopandas
import pandas
from django.db import connection, transaction
from uuid_utils.compat import uuid7

from backend.common.outcomes import Change
from backend.common.rows_json import rows_json
from geo.imports.columns import judged_keys, judged_text, refuse, require_columns, text_column
from geo.imports.layers import Layer
from geo.imports.placing import moves_told, places_of
from geo.imports.report import ImportReport, RowProblem
from geo.imports.spool import ChangeSpool
from geo.models import PremisesKind

GEOMETRY_TYPES = ("Point",)

# State and dates are never touched by a second import: they belong to the lead, and a file that is a year old must not
# bring a house back that was pulled down.
_UPSERT = """
    INSERT INTO geo_premises AS door (id, unit_id, area_id, beat_id, kind, address, name, door_plate, credit_code,
        external_ref, lon, lat, border_uncertain, state, active_from, last_outcome, version)
    SELECT id, unit_id, area_id, beat_id, kind, address, name, door_plate, '', ref, lon, lat, uncertain, 'active',
        %(active_from)s, '', 1
    FROM json_to_recordset(%(rows)s) AS row (id uuid, unit_id uuid, area_id bigint, beat_id uuid, kind text,
        address text, name text, door_plate text, ref text, lon float8, lat float8, uncertain bool)
    ON CONFLICT (external_ref) WHERE external_ref <> '' DO UPDATE
    SET unit_id = excluded.unit_id, area_id = excluded.area_id, beat_id = excluded.beat_id, kind = excluded.kind,
        address = excluded.address, name = excluded.name, door_plate = excluded.door_plate, lon = excluded.lon,
        lat = excluded.lat, border_uncertain = excluded.border_uncertain, version = door.version + 1
    WHERE (door.kind, door.address, door.name, door.door_plate, door.lon, door.lat, door.unit_id, door.area_id,
           door.beat_id) IS DISTINCT FROM
        (excluded.kind, excluded.address, excluded.name, excluded.door_plate, excluded.lon, excluded.lat,
         excluded.unit_id, excluded.area_id, excluded.beat_id)
    RETURNING id, unit_id, version, (xmax = 0)
"""

_HOLD = """
    SELECT id, unit_id FROM geo_premises
    WHERE external_ref <> '' AND external_ref IN (SELECT json_array_elements_text(%s)) ORDER BY id FOR UPDATE
"""

# What the screens call the kinds, and what bureaus do, may stand in a file as well.
_KINDS = {
    **{kind.value: kind.value for kind in PremisesKind},
    **dict.fromkeys(("户", "住户", "居民户", "家庭户", "住宅"), PremisesKind.HOUSEHOLD.value),
    **dict.fromkeys(("企业", "单位", "企事业单位", "商户", "场所"), PremisesKind.ENTERPRISE.value),
}


@dataclass(frozen=True)
class PremisesFields:
    """The names of the properties in the file; an empty one is not read.

    `kinds` translates the file's words. Without a kind property every door is of `kind_default`.
    `address` may name several properties, joined by a space: street and house number.
    """

    ref: str = "ref"
    address: tuple[str, ...] = ("address",)
    kind: str = "kind"
    name: str = "name"
    door_plate: str = "door_plate"
    kind_default: str = ""
    kinds: dict[str, str] = field(default_factory=lambda: dict(_KINDS))


@transaction.atomic
def premises_import(
    *,
    layer: Layer,
    active_from: date,
    fields: PremisesFields = PremisesFields(),
    id_of: Callable[[str], UUID] = lambda ref: uuid7(),
    seen: set[str] | None = None,
) -> ImportReport:
    """Create or update the doors of a layer; importing the same layer twice changes nothing.

    A door counts in denominators from `active_from` on. The report's `changes` belong into the feed, as the last work
    of the caller's transaction. `id_of` makes the id of a new door from its reference; `seen` holds the references of
    earlier chunks of the file. Raises `import_refused` when a needed property is missing from every row.
    """
    needed = {"ref": fields.ref, **{f"address {n}": name for n, name in enumerate(fields.address, 1)}}
    require_columns(layer.frame, needed if fields.kind_default else {**needed, "kind": fields.kind})
    frame, problems = judged_keys(_columns(layer.frame, fields), 80, seen)
    frame, misread = judged_text(frame, ("address", "name"))
    frame, judged = _judged(frame)
    frame, placed = _placed(frame)
    changes, created = _upsert(frame, active_from, id_of)
    changed = sum(change.op == "put" for change in changes) - created
    said = (*layer.problems, *problems, *misread, *judged, *placed)
    return ImportReport(layer.rows_read, created, changed, len(frame) - created - changed, said, tuple(changes))


@transaction.atomic
def premises_import_chunks(
    *, layers: Iterable[Layer], spool: ChangeSpool, active_from: date, fields: PremisesFields = PremisesFields()
) -> ImportReport:
    """Create or update the doors of a file of any size; what the feeds must say goes into `spool`."""
    report, seen = ImportReport(0, 0, 0, 0), set[str]()
    for layer in layers:
        if layer.frame.empty:
            report = report.plus(ImportReport(layer.rows_read, 0, 0, 0, layer.problems))
            continue
        brought = premises_import(layer=layer, active_from=active_from, fields=fields, seen=seen)
        spool.add(brought.changes)
        report = report.plus(replace(brought, changes=()))
    return report


def _columns(frame: geopandas.GeoDataFrame, fields: PremisesFields) -> geopandas.GeoDataFrame:
    parts = [text_column(frame, name) for name in fields.address]
    kinds = text_column(frame, fields.kind)
    address = parts[0]
    for part in parts[1:]:
        address = address + " " + part
    return frame.assign(
        code=text_column(frame, fields.ref),
        address=address.str.strip(),
        kind=kinds.map(lambda word: fields.kinds.get(word, fields.kind_default if not word else "")),
        name=text_column(frame, fields.name),
        door_plate=text_column(frame, fields.door_plate),
    )


def _judged(frame: geopandas.GeoDataFrame) -> tuple[geopandas.GeoDataFrame, list[RowProblem]]:
    bad = {
        "address_missing": frame["address"].eq(""),
        "kind_unknown": ~frame["kind"].isin([kind.value for kind in PremisesKind]),
        "household_with_name": frame["kind"].eq(PremisesKind.HOUSEHOLD.value) & frame["name"].ne(""),
        "too_long": frame["address"].str.len().gt(240) | frame["name"].str.len().gt(160)
        | frame["door_plate"].str.len().gt(64),
    }  # fmt: skip
    problems = [
        *refuse(frame, bad["address_missing"], "address_missing"),
        *refuse(frame, bad["kind_unknown"], "kind_unknown", "household or enterprise"),
        *refuse(frame, bad["household_with_name"], "household_with_name", "a household has no name, only an address"),
        *refuse(frame, bad["too_long"], "too_long", "address 240, name 160, door plate 64 characters"),
    ]
    return frame[~pandas.concat(bad, axis=1).any(axis=1)], problems


def _placed(frame: geopandas.GeoDataFrame) -> tuple[geopandas.GeoDataFrame, list[RowProblem]]:
    """Return the doors with township, beat and unit: the unit of the beat, else the station of the township."""
    placed = frame.join(places_of(frame.geometry))
    outside = placed["area_id"].isna()
    nobody = placed["unit_id"].isna() & ~outside
    problems = [
        *refuse(placed, outside, "outside_city", "the point lies outside every township"),
        *refuse(placed, nobody, "no_unit", "no station answers for this township"),
    ]
    return placed[~(outside | nobody)], problems


def _upsert(frame: geopandas.GeoDataFrame, active_from: date, id_of: Callable[[str], UUID]) -> tuple[list[Change], int]:
    # Locked by id, as a push locks the doors it visits: neither then waits for the other in a circle.
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [json.dumps(list(frame["code"]), ensure_ascii=False)])
        held: dict[UUID, UUID] = dict(cursor.fetchall())
        cursor.execute(_UPSERT, {"active_from": active_from, "rows": rows_json(_rows(frame, id_of))})
        written = cursor.fetchall()
    # A door that moved to another station leaves the phones of the old one.
    changes = moves_told((door_id, held.get(door_id), unit_id, version) for door_id, unit_id, version, _ in written)
    return changes, sum(is_new for *_, is_new in written)


def _rows(frame: geopandas.GeoDataFrame, id_of: Callable[[str], UUID]) -> Iterator[dict[str, Any]]:
    names = ("code", "unit_id", "area_id", "beat_id", "kind", "address", "name", "door_plate", "border_uncertain")
    columns = [frame[name].to_list() for name in names]
    for row in zip(*columns, frame.geometry.x.to_list(), frame.geometry.y.to_list(), strict=True):
        ref, unit_id, area_id, beat_id, kind, address, name, door_plate, uncertain, lon, lat = row
        yield {
            "id": id_of(ref),
            "unit_id": unit_id,
            "area_id": int(area_id),
            "beat_id": beat_id if isinstance(beat_id, UUID) else None,
            "kind": kind,
            "address": address,
            "name": name,
            "door_plate": door_plate,
            "ref": ref,
            "lon": lon,
            "lat": lat,
            "uncertain": bool(uncertain),
        }
