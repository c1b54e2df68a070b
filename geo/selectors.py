"""SHELL: reads geography: the deployment, townships by place and by unit, doors in scope."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import geopandas
import shapely
from django.contrib.gis.db.models import Extent
from django.contrib.gis.geos import Point
from django.db.models import QuerySet

from backend.accounts.models import Officer, Role, Unit, UnitKind
from backend.accounts.scope import scoped, working_unit
from backend.common.problems import problem
from geo.crs import WGS84_EPSG, metric_point
from geo.models import Area, AreaLevel, Beat, Deployment, Premises, UnitArea
from geo.placement import BORDER_M

Bounds = tuple[float, float, float, float]
_held: ContextVar[Deployment | None] = ContextVar("deployment_held", default=None)


def deployment_or_none() -> Deployment | None:
    """Return the one place this installation serves, or None before the first import or seed."""
    return Deployment.objects.first()


def deployment() -> Deployment:
    """Return the one place this installation serves; `service_unavailable` before the first import or seed.

    Read anew at every call, except inside `deployment_held()`: a stale zone would put records on the wrong day.
    """
    found = _held.get() or deployment_or_none()
    if found is None:
        raise problem("service_unavailable")
    return found


@contextmanager
def deployment_held() -> Iterator[Deployment]:
    """Read the deployment once for everything inside the block: for a batch of records that all ask for their day."""
    token = _held.set(deployment())
    try:
        yield deployment()
    finally:
        _held.reset(token)


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


def areas_own(officer: Officer) -> QuerySet[Area]:
    """Return the townships whose records the officer may open: those of the working unit and below."""
    unit = working_unit(officer)
    return Area.objects.none() if unit is None else townships_of_unit(unit)


def areas_with_figures(officer: Officer) -> QuerySet[Area]:
    """Return the townships whose figures the officer may see: the own ones, for a lead those of the whole branch."""
    unit = officer.unit
    if unit is not None and officer.is_active and officer.has_role(Role.LEAD):
        above = [code for code in unit.path.split("/") if code]
        branch = Unit.objects.filter(code__in=above, kind=UnitKind.BRANCH).first()
        if branch is not None:
            return townships_of_unit(branch)
    return areas_own(officer)


def primary_area(unit: Unit) -> Area | None:
    """Return the township that the unit itself mainly answers for: where its records count when no place says more."""
    own = areas_current().filter(unitarea__unit=unit).order_by("-unitarea__is_primary", "code")
    return own.defer("boundary").first()


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


def townships_frame() -> geopandas.GeoDataFrame:
    """Return the current townships in the metric CRS: `area_id`, `code`, `unit_id` (its main station)."""
    place = deployment()
    rows = areas_current().order_by("code").values_list("id", "code", "boundary")
    shapes = [shapely.from_wkb(bytes(boundary.wkb)) for _, _, boundary in rows]
    columns = {"area_id": [row[0] for row in rows], "code": [row[1] for row in rows]}
    frame = geopandas.GeoDataFrame(columns, geometry=shapes, crs=WGS84_EPSG).to_crs(epsg=place.metric_epsg)
    stations = UnitArea.objects.filter(unit__kind=UnitKind.STATION).order_by("is_primary", "-unit__code")
    frame["unit_id"] = frame["area_id"].map(dict(stations.values_list("area_id", "unit_id"))).astype(object)
    return frame


def beats_frame() -> geopandas.GeoDataFrame:
    """Return all beats in the metric CRS: `beat_id`, `unit_id`, `area_id`, `name`."""
    names = ("beat_id", "unit_id", "area_id", "name")
    rows = list(Beat.objects.order_by("id").values_list("id", "unit_id", "area_id", "name", "boundary"))
    shapes = [shapely.from_wkb(bytes(row[4].wkb)) for row in rows]
    columns = {name: [row[position] for row in rows] for position, name in enumerate(names)}
    frame = geopandas.GeoDataFrame(columns, geometry=shapes, crs=WGS84_EPSG)
    return frame.to_crs(epsg=deployment().metric_epsg)


@dataclass(frozen=True)
class Placement:
    """Where a door lies: its township, the beat in it, and whether a border is too near to be sure."""

    area: Area
    beat: Beat | None
    border_uncertain: bool


def placement_at(lon: float, lat: float, unit_id: UUID) -> Placement | None:
    """Return where one door of `unit_id` at this position lies, or None outside the city."""
    area = township_at(lon, lat)
    if area is None:
        return None
    beat = beat_at(lon, lat, unit_id)
    x_m, y_m = metric_point(lon, lat, deployment().metric_epsg)
    border = geopandas.GeoSeries([shapely.from_wkb(bytes(area.boundary.wkb)).boundary], crs=WGS84_EPSG)
    away_m = border.to_crs(epsg=deployment().metric_epsg).distance(shapely.Point(x_m, y_m)).iloc[0]
    return Placement(area, beat if beat and beat.area_id == area.id else None, bool(away_m <= BORDER_M))
