"""SHELL: `manage.py aggregate`: brings the townships' days up to date, for any days, as often as one likes."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import click
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.common.problems import Problem
from backend.reports.runs import Progress
from backend.reports.services import AggregateReport, aggregate_days, aggregate_rebuild
from backend.reports.status import status_lines
from geo.selectors import city_day, deployment_or_none

# What a shell says of a program that Ctrl-C ended.
INTERRUPTED = 130
PHASES = {"legs": "tracks", "days": "township-days"}


class Command(BaseCommand):
    help = "Count the figures of townships by day. Without arguments: yesterday. Running it twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=_day, help="one day, YYYY-MM-DD")
        parser.add_argument("--from", dest="first", type=_day, help="first day")
        parser.add_argument("--to", dest="last", type=_day, help="last day (default: the first)")
        parser.add_argument(
            "--rebuild",
            action="store_true",
            help="derive every track anew from its raw fixes first (default: all days)",
        )
        parser.add_argument("--status", action="store_true", help="only say what ran, how far it is and what waits")

    def handle(self, *args: Any, **options: Any) -> None:
        if deployment_or_none() is None:
            raise CommandError("Nothing is set up here yet: run seed_demo or the imports first.")
        if options["status"]:
            for line in status_lines(timezone.now()):
                self.stdout.write(line)
            return
        try:
            self.stdout.write(_words(_run(options)))
        except Problem as failure:
            raise CommandError(str(failure)) from None
        except KeyboardInterrupt:
            message = "Stopped. What was counted stays, nothing is lost; the same command goes on from here."
            raise CommandError(message, returncode=INTERRUPTED) from None


def _run(options: dict[str, Any]) -> AggregateReport:
    if options["rebuild"] and not options["day"]:
        first, last = options["first"], options["last"]
        if first and last:
            _days(None, first, last)
        with _shown() as progress:
            return aggregate_rebuild(first=first, last=last, progress=progress)
    first, last = _days(options["day"], options["first"], options["last"])
    count = aggregate_rebuild if options["rebuild"] else aggregate_days
    with _shown() as progress:
        return count(first=first, last=last, progress=progress)


@contextmanager
def _shown() -> Iterator[Progress]:
    """Give a function that shows a bar with the time left, one for the tracks and one for the days."""
    bars: dict[str, Any] = {}

    def show(phase: str, done: int, of: int) -> None:
        if phase not in bars:
            for before in bars.values():
                before.update(before.length - before.pos)
                before.render_finish()
            bars[phase] = click.progressbar(length=of, label=PHASES[phase], show_pos=True, file=sys.stderr)
        bars[phase].length = of
        bars[phase].update(done - bars[phase].pos)

    try:
        yield show
    finally:
        for bar in bars.values():
            bar.render_finish()


def _words(done: AggregateReport) -> str:
    failed = f", {done.legs_failed} tracks could not be derived (--status says why)" if done.legs_failed else ""
    return (
        f"{done.days} days, {done.legs_derived} tracks derived, "
        f"{done.rows_seen} rows, {done.rows_changed} new or changed{failed}"
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
