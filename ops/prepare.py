"""SHELL: one Django process that brings the database up to date and gives an empty one the demo story.

One process instead of two `manage.py` calls: importing Django, GDAL and Celery takes longer than having nothing to do.
"""

import argparse
import sys
from pathlib import Path

import django
from django.core.management import CommandError, call_command
from django.db import Error


def main(arguments: list[str]) -> int:
    """Migrate (its lines go to the log), then seed when asked to; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ops.prepare")
    parser.add_argument("log", type=Path)
    parser.add_argument("--demo", action="store_true")
    given = parser.parse_args(arguments)
    django.setup()
    try:
        with given.log.open("a", encoding="utf-8") as log:
            call_command("migrate", interactive=False, stdout=log)
        if given.demo:
            call_command("seed_demo")
    except (CommandError, Error) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
