"""SHELL: the imports by name: from a file and the words about it to a report. For commands and uploads."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from backend.common.problems import problem
from backend.imports.editions import edition_in
from backend.imports.guesses import columns_guessed
from backend.imports.officers import OfficerFields, officers_import
from geo.imports import areas, premises, streets
from geo.imports.layers import Progress, layer_chunks, read_layer
from geo.imports.look import file_look
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


def file_found(kind: str, source: Source) -> dict[str, Any]:
    """Return what stands in a file, as JSON, with the columns that may hold what the import needs."""
    found = file_look(source, placed=kind != "officers")
    columns = [column.name for column in found.columns]
    return {**asdict(found), "guesses": columns_guessed(kind, columns, is_table=found.is_table)}


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
            _column(options, "code_field", "code"),
            _column(options, "name_field", "name"),
            _column(options, "parent_field", ""),
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
        _column(options, "ref_field", ref),
        _column(options, "name_field", "name"),
        _column(options, "class_field", street_class),
    )
    with layer_chunks(source, streets.GEOMETRY_TYPES, progress) as layers:
        return streets.streets_import_chunks(layers=layers, edition=options["edition"], fields=fields)


def premises_in(source: Source, options: Options, spool: ChangeSpool, progress: Progress) -> ImportReport:
    """Bring doors in."""
    fields = premises.PremisesFields(
        ref=_column(options, "ref_field", "ref"),
        address=tuple(options.get("address_field") or ["address"]),
        kind=_column(options, "kind_field", "kind"),
        name=_column(options, "name_field", "name"),
        door_plate=_column(options, "plate_field", "door_plate"),
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
    fields = OfficerFields(*(_column(options, f"{name}_field", usual) for name, usual in names.items()))
    tables, rows = table_open(source)
    progress(0, rows)
    return officers_import(tables=tables, fields=fields)


def edition_in_force(source: Source, options: Options, spool: ChangeSpool, progress: Progress) -> ImportReport:
    """Put an edition of the areas in force; there is no file."""
    progress(0, None)
    return edition_in(area_list=options["list"], edition=options["edition"])


def _column(options: Options, option: str, usual: str) -> str:
    """Return the column that an option names, else the usual one; `-` says that none is to be read."""
    said: str = options.get(option) or usual
    return "" if said == "-" else said


def _today() -> date:
    return city_day(datetime.now(tz=UTC))


KINDS: dict[str, BringIn] = {
    "areas": areas_in,
    "streets": streets_in,
    "premises": premises_in,
    "officers": officers_in,
    "edition": edition_in_force,
}
