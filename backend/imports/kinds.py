"""SHELL: the four imports by name: from a file and the words about it to a report. For commands and uploads."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from backend.common.problems import problem
from backend.imports.officers import OfficerFields, officers_import
from geo.imports import areas, premises, streets
from geo.imports.layers import Progress, layer_chunks, read_layer
from geo.imports.report import ImportReport
from geo.imports.source import Source, unreadable
from geo.imports.spool import ChangeSpool
from geo.imports.tables import TABLES, table_open
from geo.models import Deployment
from geo.selectors import city_day, deployment_or_none
from geo.services import DeploymentColumns, deployment_set

Options = Mapping[str, Any]
BringIn = Callable[[Source, Options, ChangeSpool, Progress], ImportReport]

_PLACE = ("city", "city_name", "zone", "metric_epsg", "list", "edition")


def areas_in(source: Source, options: Options, spool: ChangeSpool, progress: Progress) -> ImportReport:
    """Bring the areas of one level in; they are looked at together, so read as a whole."""
    layer = read_layer(source, areas.GEOMETRY_TYPES)
    progress(0, layer.rows_read)
    place = deployment_or_none() or _first_deployment(options)
    return areas.areas_import(
        layer=layer,
        area_list=options.get("list") or place.area_list,
        edition=options.get("edition") or place.area_edition,
        level=options["level"],
        valid_from=options.get("valid_from") or _today(),
        fields=areas.AreaFields(
            options.get("code_field") or "code", options.get("name_field") or "name", options.get("parent_field") or ""
        ),
    )


def _first_deployment(options: Options) -> Deployment:
    missing = [f"--{name.replace('_', '-')}" for name in _PLACE if not options.get(name)]
    if missing:
        raise problem("import_refused", why=f"this is the first import: {', '.join(missing)} must say what place it is")
    return deployment_set(
        columns=DeploymentColumns(
            city=options["city"],
            name=options["city_name"],
            zone=options["zone"],
            metric_epsg=options["metric_epsg"],
            area_list=options["list"],
            area_edition=options["edition"],
            schematic_boundaries=False,
            attribution=options.get("attribution") or "",
        )
    )


def streets_in(source: Source, options: Options, spool: ChangeSpool, progress: Progress) -> ImportReport:
    """Bring the streets of one edition in; an OSM extract has names of its own."""
    ref, street_class = ("osm_id", "highway") if source.path.suffix.lower() == ".pbf" else ("ref", "street_class")
    fields = streets.StreetFields(
        options.get("ref_field") or ref,
        options.get("name_field") or "name",
        options.get("class_field") or street_class,
    )
    with layer_chunks(source, streets.GEOMETRY_TYPES, progress) as layers:
        return streets.streets_import_chunks(layers=layers, edition=options["edition"], fields=fields)


def premises_in(source: Source, options: Options, spool: ChangeSpool, progress: Progress) -> ImportReport:
    """Bring doors in."""
    fields = premises.PremisesFields(
        ref=options.get("ref_field") or "ref",
        address=tuple(options.get("address_field") or ["address"]),
        kind=options.get("kind_field") or "kind",
        name=options.get("name_field") or "name",
        door_plate=options.get("plate_field") or "door_plate",
        kind_default=options.get("kind") or "",
    )
    active_from: date = options.get("active_from") or _today()
    with layer_chunks(source, premises.GEOMETRY_TYPES, progress) as layers:
        return premises.premises_import_chunks(layers=layers, spool=spool, active_from=active_from, fields=fields)


def officers_in(source: Source, options: Options, spool: ChangeSpool, progress: Progress) -> ImportReport:
    """Bring officers in from a table."""
    if source.path.suffix.lower() not in TABLES:
        raise unreadable(source.path, "officers come in a table: .csv .tsv .xlsx .ods")
    if not source.path.is_file():
        raise unreadable(source.path, "No such file")
    names = {"username": "username", "name": "name", "badge": "badge_number", "unit": "unit_code", "roles": "roles"}
    fields = OfficerFields(*(options.get(f"{name}_field") or usual for name, usual in names.items()))
    tables, rows = table_open(source)
    progress(0, rows)
    return officers_import(tables=tables, fields=fields)


def _today() -> date:
    return city_day(datetime.now(tz=UTC))


KINDS: dict[str, BringIn] = {
    "areas": areas_in,
    "streets": streets_in,
    "premises": premises_in,
    "officers": officers_in,
}
