"""SHELL: one Django process that brings the database up to date and gives an empty one the demo story.

One process instead of two `manage.py` calls: importing Django, GDAL and Celery takes longer than having nothing to do.
"""

import argparse
import sys
from pathlib import Path

import django
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import Error

from ops.settings import DEMO_ACCOUNTS, READY_WITH_DEMO


def main(arguments: list[str]) -> int:
    """Migrate (its lines go to the log), seed when asked to; return 0 or READY_WITH_DEMO, 1 after a failure."""
    parser = argparse.ArgumentParser(prog="python -m ops.prepare")
    parser.add_argument("log", type=Path)
    parser.add_argument("--demo", action="store_true")
    given = parser.parse_args(arguments)
    django.setup()
    try:
        with given.log.open("a", encoding="utf-8") as log:
            call_command("migrate", interactive=False, stdout=log)
        if given.demo:
            call_command("seed_demo", if_empty=True)
        names = [name for name, _, _ in DEMO_ACCOUNTS]
        demo = get_user_model().objects.filter(username__in=names, is_active=True).count() == len(names)
    except (CommandError, Error) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return READY_WITH_DEMO if demo else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
