"""SHELL: `manage.py seed_demo`: fills an empty installation with an invented, deterministic story."""

import os
import time
from argparse import ArgumentParser
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from backend.accounts.models import Unit
from backend.demo.cities import CITIES
from backend.demo.ground import StoryPlan
from backend.demo.organisation import ACCOUNTS, accounts_remove
from backend.demo.story import is_unfinished, seed_story


class Command(BaseCommand):
    help = "Fill an empty installation with an invented story: units, doors, streets, a month of patrols and visits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--city", choices=sorted(CITIES), default="yichun")
        parser.add_argument("--scale", type=float, default=1.0, help="how much of the story: 0.02 to 1 (default 1)")
        parser.add_argument("--seed", type=int, default=20261101, help="another seed, another story")
        parser.add_argument("--today", type=date.fromisoformat, help="last day of the story (default: today)")
        parser.add_argument("--if-empty", action="store_true", help="do nothing, and say so, when units exist already")
        parser.add_argument("--remove-accounts", action="store_true", help="deactivate the five demo accounts and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove_accounts"]:
            self.stdout.write(f"demo accounts deactivated: {accounts_remove()}")
            return
        if Unit.objects.exists() and not is_unfinished():
            if options["if_empty"]:
                self.stdout.write("demo: units exist already, nothing was done")
                return
            raise CommandError("units exist already; seed_demo fills only an empty installation")
        if not 0 < options["scale"] <= 1:
            raise CommandError("--scale must be above 0 and at most 1")
        started = time.monotonic()
        seed_story(_plan(options), lambda line: self._say(line, started), processes=min(4, os.cpu_count() or 1))
        self.stdout.write(f"demo ready: accounts {', '.join(ACCOUNTS)}; password from XUNFANG_DEMO_PASSWORD")

    def _say(self, line: str, started: float) -> None:
        self.stdout.write(f"[{time.monotonic() - started:5.1f} s] {line}")
        self.stdout.flush()


def _plan(options: dict[str, Any]) -> StoryPlan:
    city = CITIES[options["city"]]
    # The story's last day ends at ten in the morning: before ten, yesterday is the last day that has happened.
    now = datetime.now(tz=UTC).astimezone(ZoneInfo(city.zone))
    return StoryPlan(city, options["seed"], options["scale"], options["today"] or (now - timedelta(hours=10)).date())
