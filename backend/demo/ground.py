"""SHELL: lays the ground of the story in one transaction: deployment, areas, units, beats, streets, doors, campaign."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import geopandas
import shapely
from django.db import transaction
from shapely.geometry.base import BaseGeometry

from backend.accounts.models import Officer, Unit, UnitKind
from backend.demo.chance import stream, uuid7_at
from backend.demo.cities import City, demo_share
from backend.demo.city_map import CityMap, city_map
from backend.demo.door_form import DOOR_FORM
from backend.demo.organisation import ACCOUNTS, accounts_create, officers_create, units_create
from backend.sync.feed import feed_append
from geo.imports.areas import AreaFields, areas_import
from geo.imports.premises import premises_import
from geo.imports.streets import streets_import
from geo.models import Beat
from geo.selectors import townships_frame
from geo.services import BeatColumns, DeploymentColumns, beats_create, deployment_set
from patrol.models import PatrolPlan
from visits.checklists import FormDefinition
from visits.form_services import form_add
from visits.models import Campaign

DAYS = 30
Say = Callable[[str], None]


@dataclass(frozen=True)
class StoryPlan:
    """Everything the story depends on: the same plan tells the same story."""

    city: City
    seed: int
    scale: float
    today: date
    days: int = DAYS

    @property
    def first(self) -> date:
        return self.today - timedelta(days=self.days)

    @property
    def began_at(self) -> datetime:
        """The instant at which the story's ground was made: 60 days before its first day."""
        return datetime.combine(self.first - timedelta(days=60), time(8), tzinfo=ZoneInfo(self.city.zone))


@transaction.atomic
def lay_ground(plan: StoryPlan, say: Say) -> None:
    """Write everything that the story's people stand on. All or nothing."""
    city = plan.city
    names = DeploymentColumns.__dataclass_fields__
    deployment_set(columns=DeploymentColumns(**{name: getattr(city, name) for name in names}))
    layers = city_map(city, seed=plan.seed, scale=plan.scale)
    _areas(plan, layers, say)
    stations = units_create(city, seed=plan.seed, at=plan.began_at)
    officers = officers_create(stations, seed=plan.seed, at=plan.began_at)
    accounts_create(city, stations, seed=plan.seed, at=plan.began_at)
    say(f"units: {Unit.objects.count()}, officers: {officers + 5} (all invented)")
    say(f"beats: {beats_create(beats=_beats(plan, stations))}")
    streets = streets_import(layer=layers.streets, edition=city.street_edition)
    say(f"streets: {streets.created}")
    _campaign(plan)
    _plans(plan, stations[city.demo_township])
    # Last: it takes numbers in the feeds of all stations and holds their counters until commit.
    doors = premises_import(
        layer=layers.doors,
        active_from=plan.began_at.date(),
        id_of=lambda ref: uuid7_at(plan.began_at, stream(plan.seed, "door", ref)),
    )
    feed_append(doors.changes)
    say(f"doors: {doors.created} ({doors.refused} refused)")


def _areas(plan: StoryPlan, layers: CityMap, say: Say) -> None:
    shared: dict[str, Any] = {
        "area_list": plan.city.area_list,
        "edition": plan.city.area_edition,
        "valid_from": plan.began_at.date(),
    }
    areas_import(layer=layers.prefecture, level="prefecture", **shared)
    counties = areas_import(layer=layers.counties, level="county", fields=AreaFields(parent="parent"), **shared)
    townships = areas_import(layer=layers.townships, level="township", fields=AreaFields(parent="parent"), **shared)
    say(f"areas: 1 prefecture, {counties.created} counties, {townships.created} townships")


def _beats(plan: StoryPlan, stations: dict[str, Unit]) -> list[BeatColumns]:
    """Return beats for the stations of the demo county: each township cut in two or three from west to east."""
    frame = townships_frame()
    degrees = frame.crs, 4326
    beats = []
    for code, area_id, shape in zip(frame["code"], frame["area_id"], frame.geometry, strict=True):
        share = demo_share(plan.city, code)
        if share == "far":
            continue
        for number, part in enumerate(_slices(shape, 3 if share in ("demo", "central") else 2), start=1):
            name = f"第{'一二三'[number - 1]}责任区"
            beat_id = uuid7_at(plan.began_at, stream(plan.seed, "beat", code, number))
            boundary = _reprojected(part, *degrees)
            beats.append(BeatColumns(beat_id, stations[code].id, int(area_id), name, boundary))
    return beats


def _slices(shape: BaseGeometry, count: int) -> list[BaseGeometry]:
    west, south, east, north = shape.bounds
    width_m = (east - west) / count
    strips = [shapely.box(west + i * width_m, south, west + (i + 1) * width_m, north) for i in range(count)]
    return [part for part in (shape.intersection(strip) for strip in strips) if part.area > 0]


def _reprojected(shape: BaseGeometry, source: Any, target: int) -> shapely.MultiPolygon:
    degrees = geopandas.GeoSeries([shape], crs=source).to_crs(epsg=target).iloc[0]
    return shapely.MultiPolygon([part for part in shapely.get_parts(degrees) if part.geom_type == "Polygon"])


def _campaign(plan: StoryPlan) -> Campaign:
    """Make the running campaign and its form. Its rules also keep what the story is told from, to tell it on."""
    starts_on = plan.today - timedelta(days=20)
    told = {**asdict(plan), "city": plan.city.city, "today": plan.today.isoformat()}
    campaign = Campaign.objects.create(
        id=campaign_id(plan),
        unit=Unit.objects.get(kind=UnitKind.BUREAU),
        name=plan.city.campaign,
        starts_on=starts_on,
        ends_on=plan.today + timedelta(days=70),
        targets={"household_coverage": 0.6, "enterprise_coverage": 0.8},
        counting_rules={"visited": "at least one visit with outcome met in the window", "demo_story": told},
    )
    form_add(definition=FormDefinition.model_validate(DOOR_FORM), campaign_id=campaign.id)
    return campaign


def _plans(plan: StoryPlan, station: Unit) -> None:
    """Plan two patrols for the station of the accounts: one by night for everybody, one by day for the officer."""
    shared = {"unit": station}
    night = PatrolPlan.objects.create(
        id=night_plan_id(plan), name="夜间街面巡防", starts_on=plan.first, every_days=2, part="night", **shared
    )
    day = PatrolPlan.objects.create(
        id=_plan_id(plan, "day"), name="责任区步巡", starts_on=plan.today, every_days=3, part="day", **shared
    )
    beats = list(Beat.objects.filter(unit=station).order_by("name"))
    night.beats.set(beats)
    day.beats.set(beats[:1])
    day.officers.set(Officer.objects.filter(username=ACCOUNTS[0]))


def night_plan_id(plan: StoryPlan) -> UUID:
    """Return the id of the plan that the night patrols of the story answer."""
    return _plan_id(plan, "night")


def _plan_id(plan: StoryPlan, name: str) -> UUID:
    return uuid7_at(plan.began_at, stream(plan.seed, "plan", name))


def campaign_id(plan: StoryPlan) -> UUID:
    """Return the id of the story's campaign."""
    return uuid7_at(plan.began_at, stream(plan.seed, "campaign"))
