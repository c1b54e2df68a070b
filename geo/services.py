"""SHELL: sets the deployment and the organisation's areas up; reference data, not facts from the field."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import transaction

from backend.accounts.models import Unit
from backend.common.problems import problem
from geo.crs import crs_named
from geo.models import Area, Beat, Deployment, UnitArea


@dataclass(frozen=True)
class DeploymentColumns:
    """What a deployment is: the place, its zone and metric CRS, and the list and edition of its townships."""

    city: str
    name: str
    zone: str
    metric_epsg: int
    area_list: str
    area_edition: str
    schematic_boundaries: bool
    attribution: str


@transaction.atomic
def deployment_set(*, columns: DeploymentColumns) -> Deployment:
    """Write the one deployment down. Raises `import_refused` for an unknown zone, for a CRS that is not in metres, and
    for another zone or CRS than the one with which facts were already stored.
    """
    _check(columns)
    there = Deployment.objects.select_for_update().first()
    if there and (there.zone, there.metric_epsg) != (columns.zone, columns.metric_epsg) and Area.objects.exists():
        why = f"this installation holds {there.name} in {there.zone}, EPSG:{there.metric_epsg}; these are set once"
        raise problem("import_refused", why=why)
    return Deployment.objects.update_or_create(only_one=True, defaults=asdict(columns))[0]


def _check(columns: DeploymentColumns) -> None:
    try:
        ZoneInfo(columns.zone)
        crs = crs_named(columns.metric_epsg)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise problem("import_refused", why=str(error)) from None
    if not crs.is_projected or crs.axis_info[0].unit_name != "metre":
        raise problem("import_refused", why=f"EPSG:{columns.metric_epsg} is not a projected CRS in metres")


def unit_area_set(*, unit: Unit, area: Area, is_primary: bool = True) -> UnitArea:
    """Let a unit answer for an area; saying it twice changes nothing."""
    return UnitArea.objects.update_or_create(unit=unit, area=area, defaults={"is_primary": is_primary})[0]


@dataclass(frozen=True)
class BeatColumns:
    """A beat to make: its boundary in WGS 84 degrees."""

    id: UUID
    unit_id: UUID
    area_id: int
    name: str
    boundary: shapely.MultiPolygon


@transaction.atomic
def beats_create(*, beats: Iterable[BeatColumns]) -> int:
    """Make beats; return how many. Doors and pieces find their beat when they are registered: beats come first."""
    rows = [
        Beat(
            id=beat.id,
            unit_id=beat.unit_id,
            area_id=beat.area_id,
            name=beat.name,
            boundary=cast(MultiPolygon, GEOSGeometry(memoryview(shapely.to_wkb(beat.boundary)), srid=4326)),
        )
        for beat in beats
    ]
    return len(Beat.objects.bulk_create(rows))
