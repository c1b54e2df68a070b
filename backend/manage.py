#!/usr/bin/env python
"""SHELL: Django's command line, run from the repository root as `python backend/manage.py …`."""

import os
import sys
from pathlib import Path


def main() -> None:
    # The packages (backend, geo, patrol, visits) are imported from the repository root, not from backend/.
    here = Path(__file__).resolve().parent
    sys.path[:] = [str(here.parent), *(entry for entry in sys.path if Path(entry).resolve() != here)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
