"""SHELL: reads map packages: the one of an officer's working unit."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from backend.accounts.models import Officer
from backend.accounts.scope import working_unit
from backend.common.problems import problem
from geo.models import MapPackage
from geo.packages.files import package_path


@dataclass(frozen=True)
class PackageFacts:
    """What a phone must know before it fetches a package. `bounds`: west, south, east, north of the own townships."""

    version: str
    size_bytes: int
    built_at: datetime
    bounds: list[float]
    minzoom: int
    maxzoom: int


def package_of(officer: Officer) -> tuple[PackageFacts, Path]:
    """Return the package of the officer's working unit and its file; `map_package_missing` until one is built."""
    unit = working_unit(officer)
    package = None if unit is None else MapPackage.objects.filter(pk=unit.pk).exclude(version="").first()
    if package is None or package.built_at is None or package.bounds is None:
        raise problem("map_package_missing")
    path = package_path(package.pk, package.version)
    if not path.is_file():  # a database restored without its files: the next round builds it again
        raise problem("map_package_missing")
    zooms = package.zoom_min, package.zoom_max
    return PackageFacts(package.version, package.size_bytes, package.built_at, package.bounds, *zooms), path
