"""SHELL: `manage.py import_areas FILE --level township …`: brings administrative areas of one level in."""

from argparse import ArgumentParser
from datetime import UTC, date, datetime
from typing import Any

from backend.common.problems import problem
from backend.imports.command import ImportCommand
from geo.imports.areas import GEOMETRY_TYPES, AreaFields, areas_import
from geo.imports.layers import read_layer
from geo.imports.report import ImportReport
from geo.imports.source import Source
from geo.imports.spool import ChangeSpool
from geo.models import AreaLevel, Deployment
from geo.selectors import city_day, deployment_or_none
from geo.services import DeploymentColumns, deployment_set

_PLACE = ("city", "city_name", "zone", "metric_epsg", "list", "edition")


class Command(ImportCommand):
    help = "Bring the areas of one level in; the first import also sets the deployment. A dry run without --apply."

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

    def bring_in(self, source: Source, options: dict[str, Any], spool: ChangeSpool) -> ImportReport:
        layer = read_layer(source, GEOMETRY_TYPES)
        place = deployment_or_none() or _first_deployment(options)
        return areas_import(
            layer=layer,
            area_list=options["list"] or place.area_list,
            edition=options["edition"] or place.area_edition,
            level=options["level"],
            valid_from=options["valid_from"] or city_day(datetime.now(tz=UTC)),
            fields=AreaFields(options["code_field"], options["name_field"], options["parent_field"]),
        )


def _first_deployment(options: dict[str, Any]) -> Deployment:
    missing = [f"--{name.replace('_', '-')}" for name in _PLACE if not options[name]]
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
            attribution=options["attribution"],
        )
    )
