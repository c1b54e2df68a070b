"""SHELL: `manage.py import_areas FILE --level township …`: brings administrative areas of one level in."""

from argparse import ArgumentParser
from datetime import date

from backend.imports.command import ImportCommand
from geo.models import AreaLevel


class Command(ImportCommand):
    help = "Bring the areas of one level in; the first import also sets the deployment. A dry run without --apply."
    kind = "areas"

    def add_field_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--level", required=True, choices=AreaLevel.values)
        parser.add_argument("--list", help="code list (default: the deployment's)")
        parser.add_argument("--edition", help="edition of the list (default: the deployment's)")
        parser.add_argument("--valid-from", type=date.fromisoformat, help="default: today")
        parser.add_argument("--code-field", default="code")
        parser.add_argument("--name-field", default="name")
        parser.add_argument("--parent-field", default="", help="property with the code of the area above")
        first = parser.add_argument_group("only at the first import: the place this installation serves, set once")
        first.add_argument("--city", help="short name, such as yichun")
        first.add_argument("--city-name", help="name on the screen")
        first.add_argument("--zone", help="time zone, such as Asia/Shanghai")
        first.add_argument("--metric-epsg", type=int, help="projected CRS in metres, such as 4547")
        first.add_argument("--attribution", default="", help="origin and licence of the data, shown on the map")
