"""SHELL: `manage.py import_premises FILE …`: brings doors in; their township, beat and station follow from geometry."""

from argparse import ArgumentParser
from datetime import date

from backend.imports.command import ImportCommand
from geo.models import PremisesKind


class Command(ImportCommand):
    help = "Bring doors in: households and enterprises. A dry run without --apply."
    kind = "premises"

    def add_field_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--ref-field", default="ref", help="property that identifies a door (default: ref)")
        parser.add_argument("--address-field", action="append", help="may be repeated: street, house number")
        parser.add_argument("--kind-field", default="kind", help="household or enterprise")
        parser.add_argument("--kind", default="", choices=["", *PremisesKind.values], help="for rows that say none")
        parser.add_argument("--name-field", default="name", help="enterprises only; a household has no name")
        parser.add_argument("--plate-field", default="door_plate")
        parser.add_argument("--active-from", type=date.fromisoformat, help="counts from this day on (default: today)")
