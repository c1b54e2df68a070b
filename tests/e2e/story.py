"""SHELL: the seeded demo story as a dump in the file that E2E_STORY names, so that `make test` seeds once."""

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.e2e.conftest import libpq_address, map_folder, maps_of, postgres, seeded_database


def main() -> None:
    """Seed a database of the test servers and write its dump, whole or not at all, with its map packages beside it."""
    target = Path(os.environ["E2E_STORY"])
    target.unlink(missing_ok=True)  # or it would be read instead of made again
    admin = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(scheme="postgresql"))
    name = seeded_database(admin)
    half = target.with_suffix(".part")
    # What PostGIS brings by itself belongs to whoever made the database.
    left_out = ("--no-comments", "--exclude-table-data=spatial_ref_sys")
    plain = ("--format=custom", "--compress=0")
    postgres("pg_dump", *plain, *left_out, f"--file={half}", libpq_address(admin, name))
    shutil.rmtree(maps_of(target), ignore_errors=True)
    shutil.copytree(map_folder(), maps_of(target))
    half.replace(target)


if __name__ == "__main__":
    main()
