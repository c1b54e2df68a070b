"""SHELL: `manage.py import_premises FILE …`: brings doors in; their township, beat and station follow from geometry."""

from argparse import ArgumentParser
from datetime import UTC, date, datetime
from typing import Any

from backend.imports.command import ImportCommand
from geo.imports.layers import layer_chunks
from geo.imports.premises import GEOMETRY_TYPES, PremisesFields, premises_import_chunks
from geo.imports.report import ImportReport
from geo.imports.source import Source
from geo.imports.spool import ChangeSpool
from geo.models import PremisesKind
from geo.selectors import city_day


class Command(ImportCommand):
    help = "Bring doors in: households and enterprises. A dry run without --apply."

    def add_field_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--ref-field", default="ref", help="property that identifies a door (default: ref)")
        parser.add_argument("--address-field", action="append", help="may be repeated: street, house number")
        parser.add_argument("--kind-field", default="kind", help="household or enterprise")
        parser.add_argument("--kind", default="", choices=["", *PremisesKind.values], help="for rows that say none")
        parser.add_argument("--name-field", default="name", help="enterprises only; a household has no name")
        parser.add_argument("--plate-field", default="door_plate")
        parser.add_argument("--active-from", type=date.fromisoformat, help="counts from this day on (default: today)")

    def bring_in(self, source: Source, options: dict[str, Any], spool: ChangeSpool) -> ImportReport:
        fields = PremisesFields(
            ref=options["ref_field"],
            address=tuple(options["address_field"] or ["address"]),
            kind=options["kind_field"],
            name=options["name_field"],
            door_plate=options["plate_field"],
            kind_default=options["kind"],
        )
        active_from = options["active_from"] or city_day(datetime.now(tz=UTC))
        with layer_chunks(source, GEOMETRY_TYPES, self.progress) as layers:
            return premises_import_chunks(layers=layers, spool=spool, active_from=active_from, fields=fields)
