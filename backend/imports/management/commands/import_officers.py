"""SHELL: `manage.py import_officers FILE …`: brings officers in; their accounts start locked."""

from argparse import ArgumentParser

from backend.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Bring officers in from a CSV file or a spreadsheet. Accounts start locked. A dry run without --apply."
    kind = "officers"

    def add_field_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username-field", default="username")
        parser.add_argument("--name-field", default="name")
        parser.add_argument("--badge-field", default="badge_number")
        parser.add_argument("--unit-field", default="unit_code", help="column with the code of the unit")
        parser.add_argument("--roles-field", default="roles", help="officer, lead, analyst (default: officer)")
