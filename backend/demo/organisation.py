"""SHELL: makes the invented organisation of a demo city: bureau, branches, stations, officers, five accounts."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from backend.accounts.models import Officer, Role, Unit, UnitKind
from backend.demo.chance import pick, stream, uuid7_at
from backend.demo.cities import City
from backend.demo.words import GIVEN, RARE_NAME, SURNAMES
from geo.models import Area
from geo.selectors import areas_current
from geo.services import unit_area_set

ACCOUNTS = ("officer", "lead", "neighbour", "analyst", "administrator")


def units_create(city: City, *, seed: int, at: datetime) -> dict[str, Unit]:
    """Make the bureau, a branch a county and a station a township; return the stations by township code."""
    (prefecture,) = areas_current("prefecture")
    of_bureau, of_branch, of_station = city.unit_names
    bureau = _unit(None, UnitKind.BUREAU, prefecture.code, of_bureau.format(city.name), seed, at)
    stations = {}
    for county in areas_current("county").order_by("code"):
        branch = _unit(bureau, UnitKind.BRANCH, county.code, of_branch.format(_short(county.name)), seed, at)
        for township in Area.objects.filter(parent=county).defer("boundary").order_by("code"):
            name = of_station.format(_short(township.name))
            stations[township.code] = _unit(branch, UnitKind.STATION, f"{township.code}-1", name, seed, at)
            unit_area_set(unit=stations[township.code], area=township)
    return stations


def _short(name: str) -> str:
    for ending in ("街道", "镇", "乡", "区", "县", "市"):
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name


def _unit(parent: Unit | None, kind: str, code: str, name: str, seed: int, at: datetime) -> Unit:
    unit_id = uuid7_at(at, stream(seed, "unit", code))
    return Unit.objects.create(id=unit_id, parent=parent, kind=kind, code=code, name=name)


def officers_create(stations: dict[str, Unit], *, seed: int, at: datetime) -> int:
    """Make two to four officers a station, the first of them its lead; none can sign in. Return how many."""
    locked = make_password(None)
    officers = [
        _officer(code, number, unit, seed, at, locked)
        for code, unit in stations.items()
        for number in range(1, int(stream(seed, "officers", code).integers(2, 5)) + 1)
    ]
    return len(Officer.objects.bulk_create(officers))


def _officer(code: str, number: int, unit: Unit, seed: int, at: datetime, password: str) -> Officer:
    username = f"{code.lower()}-{number}"
    rng = stream(seed, "officer", username)
    name = f"示例·{pick(rng, SURNAMES)}{pick(rng, GIVEN)}"
    roles = [Role.OFFICER, Role.LEAD] if number == 1 else [Role.OFFICER]
    return Officer(
        id=uuid7_at(at, rng),
        username=username,
        badge_number=f"D{code[-5:]}{number}",
        name=name,
        unit=unit,
        roles=roles,
        password=password,
    )


def accounts_create(city: City, stations: dict[str, Unit], *, seed: int, at: datetime) -> None:
    """Make the five accounts that can sign in; their password is the setting DEMO_PASSWORD, the same for all."""
    demo, neighbour = stations[city.demo_township], stations[city.neighbour_township]
    bureau = Unit.objects.get(kind=UnitKind.BUREAU)
    password = make_password(settings.DEMO_PASSWORD)
    columns: dict[str, dict[str, Any]] = {
        "officer": {"name": RARE_NAME, "unit": demo, "roles": [Role.OFFICER]},
        "lead": {"name": "示例·所长", "unit": demo, "roles": [Role.OFFICER, Role.LEAD]},
        "neighbour": {"name": "示例·邻所民警", "unit": neighbour, "roles": [Role.OFFICER]},
        "analyst": {"name": "示例·分析员", "unit": bureau, "roles": [Role.ANALYST]},
        # May keep reference data in Django's admin, and sees no case content.
        "administrator": {"name": "示例·管理员", "unit": bureau, "roles": [Role.ADMINISTRATOR], "is_staff": True},
    }
    for number, username in enumerate(ACCOUNTS, start=1):
        officer_id = uuid7_at(at, stream(seed, "officer", username))
        Officer.objects.create(
            id=officer_id, username=username, badge_number=f"D{number:06d}", password=password, **columns[username]
        )


def accounts_remove() -> int:
    """Deactivate the five accounts and throw their password away; their records stay theirs. Return how many."""
    found = Officer.objects.filter(username__in=ACCOUNTS, is_active=True)
    return found.update(is_active=False, password=make_password(None))
