"""SHELL: tells the story: lets every station's phones send their month, then takes the figures."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

import geopandas
import shapely
from django.db import transaction
from django.db.models import Q
from pyproj import Transformer

from backend.accounts.models import Officer, Unit, UnitKind
from backend.demo.chance import stream, uuid7_at
from backend.demo.cities import BUSY, CITIES, PARTS, demo_share
from backend.demo.contacts import contacts_seal
from backend.demo.deeds import Deed, Door, Period, Person, Station
from backend.demo.dispute_story import disputes_of
from backend.demo.ground import Say, StoryPlan, campaign_id, lay_ground, night_plan_id
from backend.demo.patrol_story import patrols_of
from backend.demo.phones import figures_later, send_all
from backend.demo.processes import shared_out
from backend.demo.visit_story import VisitWorld, visits_of
from backend.demo.walks import Network, network_of
from backend.reports.services import aggregate_days
from geo.crs import WGS84_EPSG
from geo.models import Area, Premises, StreetPiece
from geo.packages.services import package_build
from geo.selectors import deployment_held
from geo.touched_days import touched_days_drop, touched_days_waiting
from patrol.derivation import legs_derive, legs_stale
from visits.models import Campaign

DISPUTES_BEFORE = timedelta(days=31)
LEGS_AT_ONCE = 50
UNFINISHED = {"counting_rules__has_key": "demo_story", "frozen_at": None}


def seed_story(plan: StoryPlan, say: Say, *, processes: int = 1) -> None:
    """Lay the ground and tell the story; one that was cut off is told to its end, as its campaign remembers it."""
    begun = Campaign.objects.filter(**UNFINISHED).first()
    if begun is None:
        lay_ground(plan, say)
    else:
        plan = _remembered(begun)
        say(f"an earlier seed of {plan.city.city} was interrupted: continuing it")
    with figures_later():
        say(f"records sent by the story's phones: {tell(plan, say, processes)}")
    say(f"contacts sealed for {contacts_seal(f'{plan.city.demo_township}-1')} parties")
    first = plan.first - DISPUTES_BEFORE
    tracks = _derive_all(legs_stale(first=first, last=plan.today), processes)
    say(f"tracks laid on streets: {tracks}")
    notes, _ = touched_days_waiting(limit=None)
    report = aggregate_days(first=first, last=plan.today)
    touched_days_drop(notes)  # every day they name has just been counted
    say(f"figures: {report.days} days, {report.rows_changed} rows")
    say(f"campaign: {freeze_denominator(campaign_id(plan))} doors frozen as its denominator")
    say(f"map packages: {_map_packages(plan)}; those of the other stations follow in the background")


def _map_packages(plan: StoryPlan) -> int:
    """Build the maps of the stations that the story's accounts look at; return how many."""
    busy = [code for code in (plan.city.demo_township, *plan.city.central) if demo_share(plan.city, code) in BUSY]
    stations = Unit.objects.filter(kind=UnitKind.STATION, areas__code__in=busy).distinct()
    return sum(package_build(unit_id=station.pk) == "built" for station in stations)


def _derive_all(leg_ids: list[UUID], processes: int) -> int:
    """Derive the tracks; return how many. The first here: what is compiled and loaded by then, the processes share."""
    bundles = [leg_ids[at : at + LEGS_AT_ONCE] for at in range(1, len(leg_ids), LEGS_AT_ONCE)]
    return sum(map(_derive, [leg_ids[:1]])) + sum(shared_out(_derive, bundles, processes=processes))


def _derive(leg_ids: list[UUID]) -> int:
    legs_derive(leg_ids=leg_ids)
    return len(leg_ids)


def _remembered(campaign: Campaign) -> StoryPlan:
    told = campaign.counting_rules["demo_story"]
    return StoryPlan(**{**told, "city": CITIES[told["city"]], "today": date.fromisoformat(told["today"])})


def tell(plan: StoryPlan, say: Say, processes: int = 1) -> int:
    """Let every station's phones send what its people did; return how many records that was."""
    stations = sorted(_stations(plan), key=lambda station: PARTS.index(station.part))  # the longest tales first
    sent, quarter = 0, 1
    counts = shared_out(partial(_tell_station, plan), stations, processes=processes)
    for number, count in enumerate(counts, start=1):
        sent += count
        if number * 4 >= quarter * len(stations):
            say(f"story: {number} of {len(stations)} stations, {sent} records")
            quarter = number * 4 // len(stations) + 1
    return sent


def _tell_station(plan: StoryPlan, station: Station) -> int:
    deeds = list(_deeds(plan, station, Period(plan.first, plan.today, plan.city.zone)))
    # Where every dispute has one keeper, no phone has to wait for another, and a week's records go in one push.
    every_days = 1 if station.part in BUSY else 7
    with deployment_held():
        return send_all(deeds, every_days=every_days, rng=stream(plan.seed, "mutations", station.code))


def _deeds(plan: StoryPlan, station: Station, period: Period) -> Iterator[Deed]:
    campaign_from = plan.today - timedelta(days=20)
    world = VisitWorld(period, campaign_id(plan), campaign_from)
    yield from visits_of(station, world, stream(plan.seed, "visits", station.code))
    yield from disputes_of(station, period, stream(plan.seed, "disputes", station.code), scale=plan.scale)
    if station.part in BUSY:
        network = _network(station.code, plan)
        if network.lines:
            degrees = Transformer.from_crs(plan.city.metric_epsg, WGS84_EPSG, always_xy=True)
            rng = stream(plan.seed, "patrols", station.code)
            yield from patrols_of(station, period, network, degrees, rng, scale=plan.scale)


def _stations(plan: StoryPlan) -> Iterator[Station]:
    townships = dict(Area.objects.filter(level="township").values_list("units__id", "code"))
    for unit in Unit.objects.filter(kind=UnitKind.STATION).order_by("code"):
        code = townships[unit.id]
        doors = Premises.objects.filter(unit=unit).order_by("external_ref").values_list("id", "kind", "lon", "lat")
        people = tuple(_person(officer, plan) for officer in unit.officers.order_by("username"))
        night_plan = night_plan_id(plan) if code == plan.city.demo_township else None
        yield Station(code, demo_share(plan.city, code), people, tuple(Door(*row) for row in doors), night_plan)


def _person(officer: Officer, plan: StoryPlan) -> Person:
    device_id = uuid7_at(plan.began_at, stream(plan.seed, "device", officer.username))
    return Person(officer.id, device_id, officer.has_role("lead"))


def _network(code: str, plan: StoryPlan) -> Network:
    """Return the walkable streets of a township."""
    rows = StreetPiece.objects.filter(area__code=code).order_by("street__ref", "ordinal")
    lines = [shapely.from_wkb(bytes(line.wkb)) for line in rows.values_list("line", flat=True)]
    metric_lines = geopandas.GeoSeries(lines, crs=WGS84_EPSG).to_crs(epsg=plan.city.metric_epsg)
    return network_of(list(metric_lines))


@transaction.atomic
def freeze_denominator(of: UUID) -> int:
    """Write down which doors the campaign counts: those active on its first day. Return how many."""
    campaign = Campaign.objects.select_for_update().get(id=of)
    begun = Q(active_from__lte=campaign.starts_on)
    lasting = Q(active_until=None) | Q(active_until__gt=campaign.starts_on)
    doors = Premises.objects.filter(begun & lasting, unit__path__startswith=campaign.unit.path)
    campaign.denominator.set(doors)
    zone = ZoneInfo(CITIES[campaign.counting_rules["demo_story"]["city"]].zone)
    campaign.frozen_at = datetime.combine(campaign.starts_on, time(0), tzinfo=zone)
    campaign.save(update_fields=["frozen_at"])
    return doors.count()


def is_unfinished() -> bool:
    """Return whether a story was begun here and cut off."""
    return Campaign.objects.filter(**UNFINISHED).exists()
