"""SHELL: where the files of map packages lie: a folder a unit, the file named after its content."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.conf import settings


def package_path(unit_id: UUID, version: str) -> Path:
    """Return where a version of a unit's package lies, whether it is there or not."""
    return _root() / str(unit_id) / f"{version}.pmtiles"


@contextmanager
def building_folder() -> Iterator[Path]:
    """A folder to build in, on the same disk as the packages, so that a file moves into place in one step."""
    _root().mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".building-", dir=_root()) as name:
        yield Path(name)


def put_in_place(built: Path, unit_id: UUID, version: str) -> None:
    """Move a finished file to its place: a reader sees all of it or nothing."""
    place = package_path(unit_id, version)
    place.parent.mkdir(parents=True, exist_ok=True)
    os.replace(built, place)  # noqa: PTH105  (Path.replace says nothing of being atomic)


def remove_others(unit_id: UUID, keep: set[str]) -> None:
    """Remove the unit's versions that are not in `keep`; a download that runs still holds its open file."""
    for path in package_path(unit_id, "").parent.glob("*.pmtiles"):
        if path.stem not in keep:
            path.unlink(missing_ok=True)


def _root() -> Path:
    return Path(settings.MAP_PACKAGES_ROOT)
