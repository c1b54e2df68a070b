"""SHELL: what the import commands share: the file, the dry run, progress, the report, one clear line when refused."""

from abc import ABC, abstractmethod
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.problems import Problem, problem
from backend.imports.kinds import KINDS
from backend.imports.services import import_run
from geo.imports.report import ImportReport, report_write
from geo.imports.source import Source

FORMATS = ".geojson .zip (Shapefile) .shp .gpkg .parquet .fgb .kml .csv .tsv .xlsx .ods; streets also .osm.pbf"


class ImportCommand(BaseCommand, ABC):
    """A dry run unless told `--apply`. Ends with status 1 and one line when the whole file is refused; Ctrl-C leaves
    nothing behind."""

    kind: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help=FORMATS)
        parser.add_argument("--apply", action="store_true", help="write; without it nothing is changed")
        parser.add_argument("--report", type=Path, help="write every remark to this CSV file as well")
        said = parser.add_argument_group("what the file does not say itself")
        said.add_argument("--crs", default="", help="EPSG:…, gcj02 or bd09; refused where the file says another")
        said.add_argument("--encoding", default="", help="of its text: GBK, GB18030, Big5 … (CSV, Shapefile)")
        said.add_argument("--layer", default="", help="which layer or sheet, where there are several")
        said.add_argument("--lon-field", default="", help="column of a table with the longitude, or easting")
        said.add_argument("--lat-field", default="", help="column of a table with the latitude, or northing")
        self.add_field_arguments(parser)

    @abstractmethod
    def add_field_arguments(self, parser: ArgumentParser) -> None:
        """Add the options that name the columns."""

    def handle(self, *args: Any, **options: Any) -> None:
        names = {"crs": "crs", "encoding": "encoding", "layer": "layer", "lon": "lon_field", "lat": "lat_field"}
        source = Source(options["path"], **{ours: options[name] for ours, name in names.items()})
        try:
            report = import_run(
                bring_in=lambda spool: KINDS[self.kind](source, options, spool, self.progress), apply=options["apply"]
            )  # fmt: skip
        except Problem as refused:
            raise CommandError(str(refused)) from None
        except KeyboardInterrupt:
            raise CommandError(str(problem("import_cancelled"))) from None
        self._say(report, options)

    def progress(self, done: int, of: int | None) -> None:
        """Show how far the reading is, where somebody looks."""
        if self.stderr.isatty():
            whole = f" of {of:,} ({100 * done // max(of, 1)} %)" if of else ""
            self.stderr.write(f"\r{done:,}{whole} rows ", ending="")

    def _say(self, report: ImportReport, options: dict[str, Any]) -> None:
        if options["report"]:
            # With a mark in front, without which spreadsheets take Chinese for Latin.
            with options["report"].open("w", encoding="utf-8-sig", newline="") as file:
                report_write(report.problems, file)
        for line in report.lines():
            self.stdout.write(line)
        if not options["apply"]:
            self.stdout.write("dry run: nothing was written; repeat with --apply")
