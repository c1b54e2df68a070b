"""SHELL: `manage.py import_streets FILE --edition …`: brings street centre lines in and cuts them into pieces."""

from argparse import ArgumentParser

from backend.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Bring the streets of one edition of the network in. A dry run without --apply."
    kind = "streets"

    def add_field_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--edition", required=True, help="name of this edition of the network, such as 2026-11")
        parser.add_argument("--ref-field", help="property that identifies a street (default: ref; OSM: osm_id)")
        parser.add_argument("--name-field", default="name")
        parser.add_argument("--class-field", help="(default: street_class; OSM: highway)")
