"""SHELL: what the three import commands share: the file, the dry run, the report, one clear line when it is refused."""

from abc import ABC, abstractmethod
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.problems import Problem
from backend.imports.services import import_run
from geo.imports.report import ImportReport


class ImportCommand(BaseCommand, ABC):
    """A dry run unless told `--apply`. Ends with status 1 and one line when the whole file is refused."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a GeoJSON file (WGS 84 unless its crs member names another)")
        parser.add_argument("--apply", action="store_true", help="write; without it nothing is changed")
        self.add_field_arguments(parser)

    @abstractmethod
    def add_field_arguments(self, parser: ArgumentParser) -> None:
        """Add the options that name the columns."""

    @abstractmethod
    def bring_in(self, options: dict[str, Any]) -> ImportReport:
        """Read the file and import it; return the report row by row."""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_run(bring_in=lambda: self.bring_in(options), apply=options["apply"])
        except Problem as refused:
            raise CommandError(str(refused)) from None
        for line in report.lines():
            self.stdout.write(line)
        if not options["apply"]:
            self.stdout.write("dry run: nothing was written; repeat with --apply")
