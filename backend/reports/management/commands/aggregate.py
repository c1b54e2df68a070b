"""SHELL: `manage.py aggregate`: brings the townships' days up to date, for any days, as often as one likes."""

import sys
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

import click
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.common.problems import Problem
from backend.reports.services import aggregate_days
from geo.selectors import city_day, deployment_or_none


class Command(BaseCommand):
    help = "Count the figures of townships by day. Without arguments: yesterday. Running it twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=_day, help="one day, YYYY-MM-DD")
        parser.add_argument("--from", dest="first", type=_day, help="first day")
        parser.add_argument("--to", dest="last", type=_day, help="last day (default: the first)")

    def handle(self, *args: Any, **options: Any) -> None:
        if deployment_or_none() is None:
            raise CommandError("Nothing is set up here yet: run seed_demo or the imports first.")
        try:
            first, last = _days(options["day"], options["first"], options["last"])
            with click.progressbar(length=1000, label=f"{first} – {last}", file=sys.stderr) as bar:
                done = aggregate_days(
                    first=first, last=last, progress=lambda n, of: bar.update(1000 * n // of - bar.pos)
                )
        except Problem as failure:
            raise CommandError(str(failure)) from None
        self.stdout.write(
            f"{done.days} days, {done.legs_derived} tracks derived, "
            f"{done.rows_seen} rows, {done.rows_changed} new or changed"
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is not a day written YYYY-MM-DD.") from None


def _days(day: date | None, first: date | None, last: date | None) -> tuple[date, date]:
    if day and (first or last):
        raise CommandError("Give either --day or --from and --to.")
    if last and not first:
        raise CommandError("--to needs --from.")
    begin = day or first or city_day(timezone.now()) - timedelta(days=1)
    end = last or begin
    if end < begin:
        raise CommandError(f"--to {end} lies before --from {begin}.")
    return begin, end
