"""SHELL: `manage.py start_codes FILE.csv`: one-time codes for accounts without a password, in a file for printing."""

import csv
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.accounts.models import Officer
from backend.accounts.start_codes import CODE_LIVES, locked_officers, start_codes_make


class Command(BaseCommand):
    help = "Make one-time codes with which officers set their first password. They stand in FILE and nowhere else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a new file; only its owner may read it")
        parser.add_argument("--username", action="append", help="default: every account without a password")

    def handle(self, *args: Any, **options: Any) -> None:
        names = options["username"]
        chosen = locked_officers() if names is None else locked_officers().filter(username__in=names)
        unknown = sorted(set(names or ()) - set(chosen.values_list("username", flat=True)))
        if unknown:
            raise CommandError(f"no account without a password: {', '.join(unknown)}")
        try:
            # Exclusively: what stands there is not overwritten, nor written into where somebody else put a link.
            written = os.open(options["path"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(str(error)) from None
        made = start_codes_make(officer_ids=[officer.id for officer in chosen], by=None, now=timezone.now())
        # With a mark in front, without which spreadsheets take Chinese for Latin.
        with os.fdopen(written, "w", encoding="utf-8-sig", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("username", "name", "unit", "code"))
            rows.writerows((*_who(one.officer), one.code) for one in made)
        self.stdout.write(f"{len(made)} codes, good for {CODE_LIVES.days} days: {options['path']}")


def _who(officer: Officer) -> tuple[str, str, str]:
    return officer.username, _plain(officer.name), _plain(officer.unit.name if officer.unit else "")


def _plain(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
