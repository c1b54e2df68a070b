"""SHELL: `manage.py import_officers FILE …`: brings officers in; their accounts start locked."""

from argparse import ArgumentParser
from typing import Any

from backend.imports.command import ImportCommand
from backend.imports.officers import OfficerFields, officers_import
from geo.imports.report import ImportReport
from geo.imports.source import Source, unreadable
from geo.imports.spool import ChangeSpool
from geo.imports.tables import TABLES, table_open


class Command(ImportCommand):
    help = "Bring officers in from a CSV file or a spreadsheet. Accounts start locked. A dry run without --apply."

    def add_field_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username-field", default="username")
        parser.add_argument("--name-field", default="name")
        parser.add_argument("--badge-field", default="badge_number")
        parser.add_argument("--unit-field", default="unit_code", help="column with the code of the unit")
        parser.add_argument("--roles-field", default="roles", help="officer, lead, analyst (default: officer)")

    def bring_in(self, source: Source, options: dict[str, Any], spool: ChangeSpool) -> ImportReport:
        names = ("username", "name", "badge", "unit", "roles")
        fields = OfficerFields(*(options[f"{name}_field"] for name in names))
        if source.path.suffix.lower() not in TABLES:
            raise unreadable(source.path, "officers come in a table: .csv .tsv .xlsx .ods")
        if not source.path.is_file():
            raise unreadable(source.path, "No such file")
        tables, _ = table_open(source)
        return officers_import(tables=tables, fields=fields)
