"""Rows for tests. Relations stay consistent: a door lies in its township, its unit answers for that township."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import factory
import uuid_utils.compat as uuid_utils
from django.contrib.gis.geos import MultiPolygon, Polygon
from factory.django import DjangoModelFactory

from backend.accounts.models import Device, Officer, Role, Unit, UnitKind
from geo.models import Area, Beat, Deployment, Premises, Street, StreetPiece, UnitArea
from patrol.models import PatrolPlan
from visits.models import Campaign

LIST, EDITION = "test", "2026"
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # 12:00 in Asia/Shanghai


def new_id() -> UUID:
    """Return a UUIDv7, as a phone makes them."""
    return uuid_utils.uuid7()


def box(west: float, south: float, east: float, north: float) -> MultiPolygon:
    """Return a rectangle in WGS 84 degrees."""
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326)


class DeploymentFactory(DjangoModelFactory[Deployment]):
    class Meta:
        model = Deployment
        django_get_or_create = ("city",)

    city = "testcity"
    name = "测试市"
    zone = "Asia/Shanghai"
    metric_epsg = 4547
    area_list = LIST
    area_edition = EDITION
    schematic_boundaries = True
    attribution = "invented"


class UnitFactory(DjangoModelFactory[Unit]):
    class Meta:
        model = Unit

    parent = None
    kind = UnitKind.STATION
    code = factory.Sequence(lambda n: f"U{n:04d}")
    name = factory.LazyAttribute(lambda unit: f"{unit.code}派出所")


class OfficerFactory(DjangoModelFactory[Officer]):
    class Meta:
        model = Officer

    username = factory.Sequence(lambda n: f"officer{n}")
    badge_number = factory.Sequence(lambda n: f"{n:06d}")
    name = factory.Sequence(lambda n: f"测试警员{n}")
    unit = factory.SubFactory(UnitFactory)
    roles = factory.LazyFunction(lambda: [Role.OFFICER])


class DeviceFactory(DjangoModelFactory[Device]):
    class Meta:
        model = Device

    id = factory.LazyFunction(new_id)
    officer = factory.SubFactory(OfficerFactory)
    unit = factory.SelfAttribute("officer.unit")


class AreaFactory(DjangoModelFactory[Area]):
    """A township 0.1° × 0.1°; township n lies east of township n-1."""

    class Meta:
        model = Area

    class Params:
        column = 0

    list = LIST
    edition = EDITION
    code = factory.Sequence(lambda n: f"9909{n:05d}")
    level = "township"
    name = factory.LazyAttribute(lambda area: f"镇{area.code}")
    boundary = factory.LazyAttribute(lambda area: box(114 + area.column / 10, 27.7, 114.1 + area.column / 10, 27.8))
    valid_from = date(2020, 1, 1)


class PremisesFactory(DjangoModelFactory[Premises]):
    """A door in the middle of its township, of the unit that answers for it."""

    class Meta:
        model = Premises

    id = factory.LazyFunction(new_id)
    area = factory.SubFactory(AreaFactory)
    kind = "household"
    address = factory.Sequence(lambda n: f"示范路 {n} 号")
    lon = factory.LazyAttribute(lambda door: door.area.boundary.centroid.x)
    lat = factory.LazyAttribute(lambda door: door.area.boundary.centroid.y)
    active_from = date(2020, 1, 1)

    @factory.lazy_attribute
    def unit(self) -> Unit:
        return Unit.objects.filter(areas=self.area).order_by("path").first() or unit_for(self.area)


class BeatFactory(DjangoModelFactory[Beat]):
    """A beat that covers its whole township."""

    class Meta:
        model = Beat

    area = factory.SubFactory(AreaFactory)
    unit = factory.LazyAttribute(lambda beat: Unit.objects.filter(areas=beat.area).first() or unit_for(beat.area))
    name = factory.Sequence(lambda n: f"第{n}责任区")
    boundary = factory.LazyAttribute(lambda beat: beat.area.boundary)


class StreetFactory(DjangoModelFactory[Street]):
    class Meta:
        model = Street

    edition = "test"
    ref = factory.Sequence(lambda n: f"way/{n}")
    name = "示范路"
    street_class = "residential"


class StreetPieceFactory(DjangoModelFactory[StreetPiece]):
    class Meta:
        model = StreetPiece

    street = factory.SubFactory(StreetFactory)
    ordinal = factory.Sequence(lambda n: n)


class CampaignFactory(DjangoModelFactory[Campaign]):
    class Meta:
        model = Campaign

    id = factory.LazyFunction(new_id)
    unit = factory.SubFactory(UnitFactory, kind=UnitKind.BUREAU)
    name = "百万警进千万家"
    starts_on = date(2026, 11, 1)
    ends_on = date(2026, 11, 30)


class PlanFactory(DjangoModelFactory[PatrolPlan]):
    """A plan for everybody of its unit; `officers` and `beats` are added with `.set`."""

    class Meta:
        model = PatrolPlan

    id = factory.LazyFunction(new_id)
    unit = factory.SubFactory(UnitFactory)
    name = factory.Sequence(lambda n: f"第{n}号巡逻计划")
    starts_on = date(2026, 11, 1)
    every_days = 7


def unit_for(area: Area, **columns: Any) -> Unit:
    """Return a new unit that answers for the area."""
    unit = UnitFactory(**columns)
    UnitArea.objects.create(unit=unit, area=area)
    return unit
