"""SHELL: `manage.py import_streets FILE --edition …`: brings street centre lines in and cuts them into pieces."""

from argparse import ArgumentParser
from typing import Any

from backend.imports.command import ImportCommand
from geo.imports.layers import layer_chunks
from geo.imports.report import ImportReport
from geo.imports.source import Source
from geo.imports.spool import ChangeSpool
from geo.imports.streets import GEOMETRY_TYPES, StreetFields, streets_import_chunks


class Command(ImportCommand):
    help = "Bring the streets of one edition of the network in. A dry run without --apply."

    def add_field_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--edition", required=True, help="name of this edition of the network, such as 2026-11")
        parser.add_argument("--ref-field", help="property that identifies a street (default: ref; OSM: osm_id)")
        parser.add_argument("--name-field", default="name")
        parser.add_argument("--class-field", help="(default: street_class; OSM: highway)")

    def bring_in(self, source: Source, options: dict[str, Any], spool: ChangeSpool) -> ImportReport:
        ref, street_class = ("osm_id", "highway") if source.path.suffix.lower() == ".pbf" else ("ref", "street_class")
        fields = StreetFields(
            options["ref_field"] or ref, options["name_field"], options["class_field"] or street_class
        )  # fmt: skip
        with layer_chunks(source, GEOMETRY_TYPES, self.progress) as layers:
            return streets_import_chunks(layers=layers, edition=options["edition"], fields=fields)
