"""SHELL: which map packages must be built, and building one."""

import hashlib
from datetime import timedelta
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from backend.accounts.models import Unit, UnitKind
from geo.models import GeographyChange, MapPackage
from geo.packages.content import map_lines
from geo.packages.files import building_folder, package_path, put_in_place, remove_others
from geo.packages.tiles_file import TilesFile, tiles_file
from geo.selectors import Bounds, bounds_of, deployment_or_none, townships_of_unit

Outcome = Literal["built", "unchanged", "no_townships", "busy"]
# What is built from the same content differs when this does: a new rule of content or of tippecanoe raises it.
RECIPE = 1
# A build that failed takes minutes of CPU and most likely fails again.
TRY_AGAIN_AFTER = timedelta(minutes=30)


@transaction.atomic
def packages_mark() -> list[UUID]:
    """Take the notes of changed geography; return the stations whose package must be looked at, longest waiting first.

    The notes go in the same commit that marks the packages. One that is written meanwhile stays for the next time.
    """
    if deployment_or_none() is None:
        return []
    notes = list(GeographyChange.objects.values_list("id", flat=True))
    now = timezone.now()
    if notes:
        MapPackage.objects.update(stale_at=now)
        GeographyChange.objects.filter(id__in=notes).delete()
    # A database restored without its files.
    MapPackage.objects.filter(pk__in=_without_file(), stale_at=None).update(stale_at=now)
    stations = Unit.objects.filter(kind=UnitKind.STATION)
    new = stations.exclude(pk__in=MapPackage.objects.values("pk"))
    MapPackage.objects.bulk_create([MapPackage(unit=unit, stale_at=now) for unit in new], ignore_conflicts=True)
    waiting = MapPackage.objects.filter(stale_at__lte=now).order_by("stale_at", "unit__path")
    return list(waiting.values_list("pk", flat=True))


@transaction.atomic
def package_build(*, unit_id: UUID, again: bool = False) -> Outcome:
    """Bring a unit's package up to date; `again` also when its content is the same.

    Two workers with one unit: the second finds the row locked and leaves it. Raises `map_package_failed`; the package
    then stays what it was, and stays marked.
    """
    MapPackage.objects.get_or_create(unit_id=unit_id, defaults={"stale_at": timezone.now()})
    package = MapPackage.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=unit_id).first()
    if package is None:
        return "busy"
    unit = Unit.objects.get(pk=unit_id)
    if package.stale_at is None and package.pk not in _without_file() and not again:
        return "unchanged"  # queued twice
    outcome = _bring_up_to_date(package, unit, again)
    package.stale_at = None
    package.save()
    return outcome


def package_postpone(*, unit_id: UUID) -> None:
    """Look at a package that could not be built after a while, or at once when its geography changes again."""
    MapPackage.objects.filter(pk=unit_id).update(stale_at=timezone.now() + TRY_AGAIN_AFTER)


def _without_file() -> set[UUID]:
    rows = MapPackage.objects.exclude(version="").values_list("pk", "version")
    return {unit_id for unit_id, version in rows if not package_path(unit_id, version).is_file()}


def _bring_up_to_date(package: MapPackage, unit: Unit, again: bool) -> Outcome:
    bounds = bounds_of(townships_of_unit(unit))
    lines = "\n".join(map_lines(unit)).encode()
    if bounds is None or not lines:
        package.version, package.source_sha256, package.size_bytes, package.bounds = "", "", 0, None
        remove_others(package.pk, keep=set())
        return "no_townships"
    source = hashlib.sha256(b"%d\n%b" % (RECIPE, lines)).hexdigest()
    there = bool(package.version) and package_path(package.pk, package.version).is_file()
    if there and package.source_sha256 == source and not again:
        return "unchanged"
    with building_folder() as folder:
        built = tiles_file(lines=lines, folder=folder, max_bytes=settings.MAP_PACKAGE_MAX_BYTES)
        put_in_place(built.path, package.pk, built.version)
    _write_down(package, built, source, bounds)
    return "built"


def _write_down(package: MapPackage, built: TilesFile, source: str, bounds: Bounds) -> None:
    # The version before stays as well: a phone that asked for the facts just now can still fetch what they name.
    remove_others(package.pk, keep={package.version, built.version})
    package.version, package.source_sha256, package.bounds = built.version, source, list(bounds)
    package.size_bytes, package.zoom_min, package.zoom_max = built.size_bytes, built.zoom_min, built.zoom_max
    package.built_at = timezone.now()
