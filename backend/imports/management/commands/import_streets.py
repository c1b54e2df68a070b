"""SHELL: `manage.py import_streets FILE --edition …`: brings street centre lines in and cuts them into pieces."""

from argparse import ArgumentParser
from typing import Any

from backend.imports.command import ImportCommand
from geo.imports.layers import read_layer
from geo.imports.report import ImportReport
from geo.imports.streets import GEOMETRY_TYPES, StreetFields, streets_import


class Command(ImportCommand):
    help = "Bring the streets of one edition of the network in. A dry run without --apply."

    def add_field_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--edition", required=True, help="name of this edition of the network, such as 2026-11")
        parser.add_argument("--ref-field", default="ref", help="property that identifies a street (default: ref)")
        parser.add_argument("--name-field", default="name")
        parser.add_argument("--class-field", default="street_class")

    def bring_in(self, options: dict[str, Any]) -> ImportReport:
        return streets_import(
            layer=read_layer(options["path"], GEOMETRY_TYPES),
            edition=options["edition"],
            fields=StreetFields(options["ref_field"], options["name_field"], options["class_field"]),
        )
