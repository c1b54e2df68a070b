"""SHELL: `manage.py switch_edition EDITION [--list L]`: puts another edition of the areas in force."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.problems import Problem
from backend.imports.editions import edition_in
from backend.imports.services import import_run
from geo.imports.report import ImportReport, report_write
from geo.selectors import deployment


class Command(BaseCommand):
    help = "Put another edition of the areas in force. A dry run without --apply; switching back is the same once more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("edition")
        parser.add_argument("--list", default="", help="code list (default: the one in force)")
        parser.add_argument("--apply", action="store_true", help="write; without it nothing is changed")
        parser.add_argument("--report", type=Path, help="write every remark to this CSV file as well")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            area_list = options["list"] or deployment().area_list
            report = import_run(
                bring_in=lambda spool: edition_in(area_list=area_list, edition=options["edition"]),
                apply=options["apply"],
            )
        except Problem as refused:
            raise CommandError(str(refused)) from None
        self._say(report, options)

    def _say(self, report: ImportReport, options: dict[str, Any]) -> None:
        if options["report"]:
            with options["report"].open("w", encoding="utf-8-sig", newline="") as file:
                report_write(report.problems, file)
        for line in report.lines()[:-1]:
            self.stdout.write(line)
        self.stdout.write(
            f"{report.read} townships: {report.created} new, {report.changed} changed, {report.unchanged} unchanged, "
            f"{report.refused} gone"
        )
        self.stdout.write(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in report.moved.items()))
        if not options["apply"]:
            self.stdout.write("dry run: nothing was changed; repeat with --apply")
