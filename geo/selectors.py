"""SHELL: reads geography: the deployment, townships by place and by unit, doors in scope."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.gis.db.models import Extent
from django.contrib.gis.geos import Point
from django.db.models import QuerySet

from backend.accounts.models import Officer, Unit
from backend.accounts.scope import scoped
from backend.common.problems import problem
from geo.models import Area, AreaLevel, Beat, Deployment, Premises

Bounds = tuple[float, float, float, float]


def deployment_or_none() -> Deployment | None:
    """Return the one place this installation serves, or None before the first import or seed."""
    return Deployment.objects.first()


def deployment() -> Deployment:
    """Return the one place this installation serves; `service_unavailable` before the first import or seed.

    Not kept between calls: one indexed row is cheap, and a stale zone would put records on the wrong day.
    """
    found = deployment_or_none()
    if found is None:
        raise problem("service_unavailable")
    return found


def city_zone() -> ZoneInfo:
    """Return the deployment's time zone."""
    return ZoneInfo(deployment().zone)


def city_day(instant: datetime) -> date:
    """Return the date on which an instant falls in the deployment's zone."""
    return instant.astimezone(city_zone()).date()


def areas_current(level: str = AreaLevel.TOWNSHIP) -> QuerySet[Area]:
    """Return the areas of one level in the deployment's list and edition."""
    place = deployment()
    return Area.objects.filter(list=place.area_list, edition=place.area_edition, level=level)


def township_at(lon: float, lat: float) -> Area | None:
    """Return the township of the current edition that holds the point, or None outside the city.

    A point on a border belongs to the township with the lowest code, so that asking twice answers the same.
    The boundary is not loaded.
    """
    at = Point(lon, lat, srid=4326)
    return areas_current().filter(boundary__covers=at).order_by("code").defer("boundary").first()


def townships_of_unit(unit: Unit) -> QuerySet[Area]:
    """Return the townships that the unit or a unit below it answers for, without their boundaries."""
    return areas_current().filter(units__path__startswith=unit.path).distinct().defer("boundary")


def primary_area(unit: Unit) -> Area | None:
    """Return the township that the unit itself mainly answers for: where its records count when no place says more."""
    return areas_current().filter(unitarea__unit=unit).order_by("-unitarea__is_primary", "code").defer("boundary").first()


def beat_at(lon: float, lat: float, unit_id: UUID) -> Beat | None:
    """Return the unit's beat that holds the point, or None."""
    at = Point(lon, lat, srid=4326)
    return Beat.objects.filter(unit_id=unit_id, boundary__covers=at).order_by("name").defer("boundary").first()


def premises_in_scope(officer: Officer) -> QuerySet[Premises]:
    """Return the doors that the officer may see."""
    return scoped(Premises.objects.all(), officer)


def bounds_of(areas: QuerySet[Area]) -> Bounds | None:
    """Return west, south, east, north of the areas' boundaries in degrees (WGS 84); None when there are none."""
    extent: Bounds | None = areas.order_by().aggregate(extent=Extent("boundary"))["extent"]
    return extent


def city_bounds() -> Bounds | None:
    """Return west, south, east, north of the whole city in degrees (WGS 84); None before any area is there."""
    return bounds_of(areas_current())
