"""SHELL: `manage.py import_gpx OUTING FILE…`: adds track files to an outing, in the name of who started it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.common.problems import Problem
from backend.recorders.schemas import TRACK_FILE_COUNTS
from backend.recorders.track_files import track_file_add
from patrol.models import Patrol


class Command(BaseCommand):
    help = "Add GPX files to an outing that has ended: what lies inside it. The same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("outing", type=UUID)
        parser.add_argument("files", type=Path, nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        outing = Patrol.objects.select_related("author").filter(id=options["outing"]).first()
        if outing is None:
            raise CommandError(f"There is no outing {options['outing']}.")
        refused = [path for path in options["files"] if not self._added(outing, path)]
        if refused:
            raise CommandError(f"{len(refused)} of {len(options['files'])} files were refused.")

    def _added(self, outing: Patrol, path: Path) -> bool:
        told: dict[str, Any] = {"file": path.name}
        try:
            made = track_file_add(outing=outing, officer=outing.author, content=path.read_bytes(), now=timezone.now())
            told |= {name: getattr(made, name) for name in TRACK_FILE_COUNTS}
        except (Problem, OSError) as error:
            told["problem"] = str(error)
        self.stdout.write(json.dumps(told, ensure_ascii=False))
        return "problem" not in told
