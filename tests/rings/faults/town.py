"""SHELL: `python -m tests.rings.faults.town '{"stations": 2, …}'`: makes a place to work in and prints it as JSON.

A process of its own, because who drives phones against a real server must not share that server's Django. Each "set"
is one branch with its own stations, officers, doors and live sessions, so that runs do not see each other.
"""

import json
import sys
from datetime import date
from typing import Any

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import transaction  # noqa: E402

from backend.accounts.models import Officer, Role, Unit, UnitKind  # noqa: E402
from backend.common.outcomes import Change  # noqa: E402
from backend.sync.feed import feed_append  # noqa: E402
from geo.models import Area, Premises, UnitArea  # noqa: E402
from tests.factories import AreaFactory, DeploymentFactory, UnitFactory, new_id  # noqa: E402

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
DOORS_A_ROW = 40


@transaction.atomic
def made(*, sets: int = 1, stations: int = 2, officers: int = 2, doors: int = 20) -> list[dict[str, Any]]:
    """Return for each set its stations with officers (id, session) and doors."""
    DeploymentFactory()
    bureau = Unit.objects.filter(kind=UnitKind.BUREAU).first() or UnitFactory(kind=UnitKind.BUREAU, code="B")
    known = Area.objects.count()
    found = []
    for number in range(sets):
        branch = UnitFactory(kind=UnitKind.BRANCH, code=f"N{known + number * stations}", parent=bureau)
        columns = range(known + number * stations, known + (number + 1) * stations)
        found.append({"stations": [_station(branch, column, officers, doors) for column in columns]})
    return found


def _station(branch: Unit, column: int, officers: int, doors: int) -> dict[str, Any]:
    unit = UnitFactory(code=f"T{column}", parent=branch)
    # Beyond the width of the world townships start again a row further south: nobody asks where they lie.
    area = AreaFactory(column=column % 600, code=f"98{column:07d}")
    UnitArea.objects.create(unit=unit, area=area)
    rows = Premises.objects.bulk_create([_door(unit, area, number) for number in range(doors)], batch_size=5000)
    feed_append([Change(unit.id, "premises", row.id, 1) for row in rows])
    return {
        "id": str(unit.id),
        "code": unit.code,
        "officers": [_officer(unit, number) for number in range(officers)],
        "doors": [str(row.id) for row in rows],
    }


def _door(unit: Unit, area: Area, number: int) -> Premises:
    west, south, _, _ = area.boundary.extent
    # From a corner well inside the township: a door on a border might be anybody's.
    column, row = number % DOORS_A_ROW, number // DOORS_A_ROW % DOORS_A_ROW
    lon, lat = west + 0.01 + 0.002 * column, south + 0.01 + 0.002 * row
    address = f"示范路 {number} 号"
    return Premises(
        id=new_id(), unit=unit, area=area, kind="household", address=address, lon=lon, lat=lat,
        active_from=date(2020, 1, 1),
    )  # fmt: skip


def _officer(unit: Unit, number: int) -> dict[str, str]:
    roles = [Role.OFFICER, Role.LEAD] if number == 0 else [Role.OFFICER]
    officer = Officer(username=f"{unit.code}-{number}", name=f"测试警员{unit.code}{number}", unit=unit, roles=roles)
    officer.set_unusable_password()
    officer.save()
    return {"id": str(officer.id), "name": officer.name, "session": session_of(officer)}


def session_of(officer: Officer) -> str:
    """Return the key of a new live session of the officer."""
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(officer.pk), BACKEND
    session[HASH_SESSION_KEY] = officer.get_session_auth_hash()
    session.create()
    return str(session.session_key)


if __name__ == "__main__":
    json.dump(made(**json.loads(sys.argv[1])), sys.stdout)
