"""SHELL: `manage.py map_packages`: builds the map packages now, of all stations or of those named."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.accounts.models import Unit
from backend.common.problems import Problem
from geo.models import MapPackage
from geo.packages.services import package_build, packages_mark
from geo.selectors import deployment_or_none


class Command(BaseCommand):
    help = "Build the map packages that the stations' phones keep. Without arguments: those that may have changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("units", nargs="*", metavar="UNIT", help="codes of stations (default: all that changed)")
        parser.add_argument("--again", action="store_true", help="build even when nothing changed")

    def handle(self, *args: Any, **options: Any) -> None:
        if deployment_or_none() is None:
            raise CommandError("Nothing is set up here yet: run seed_demo or the imports first.")
        failed = sum(not self._build(unit, again=options["again"]) for unit in _chosen(options["units"]))
        if failed:
            raise CommandError(f"{failed} packages were not built")

    def _build(self, unit: Unit, *, again: bool) -> bool:
        started = time.monotonic()
        try:
            outcome = package_build(unit_id=unit.pk, again=again)
        except Problem as failure:
            self.stderr.write(f"{unit.code} {unit.name}: {failure}")
            return False
        package = MapPackage.objects.get(pk=unit.pk)
        took_s = time.monotonic() - started
        self.stdout.write(f"{unit.code} {unit.name}: {outcome}, {package.size_bytes} bytes, {took_s:.1f} s")
        return True


def _chosen(codes: list[str]) -> list[Unit]:
    waiting = packages_mark()
    if not codes:
        units = {unit.pk: unit for unit in Unit.objects.filter(pk__in=waiting)}
        return [units[unit_id] for unit_id in waiting]
    found = {unit.code: unit for unit in Unit.objects.filter(code__in=codes)}
    if unknown := sorted(set(codes) - set(found)):
        raise CommandError(f"there is no unit {', '.join(unknown)}")
    return [found[code] for code in codes]
