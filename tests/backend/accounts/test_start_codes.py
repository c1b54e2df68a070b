"""The first password: with a one-time code, by the owner of the account, and by nobody else."""

import csv
import stat
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.test import APIClient

from backend.accounts.models import Officer, Role, StartCode
from backend.accounts.start_codes import first_password_set, locked_officers, start_codes_make
from backend.common.problems import Problem
from tests.conftest import City
from tests.factories import OfficerFactory

NOW: datetime = timezone.now()
GOOD = "three blue herons"


@pytest.fixture
def fresh(city: City) -> Officer:
    """An account as an import leaves it."""
    officer = OfficerFactory(username="li.fang", name="示例·李芳", unit=city.station)
    officer.set_unusable_password()
    officer.save()
    return Officer.objects.get(username="li.fang")


def code_for(officer: Officer) -> str:
    return start_codes_make(officer_ids=[officer.id], by=None, now=NOW)[0].code


def start(code: str, *, username: str = "li.fang", password: str = GOOD, now: datetime = NOW) -> str | None:
    """Return the code of the refusal, None where the password was set."""
    try:
        first_password_set(username=username, code=code, password=password, now=now)
    except Problem as refused:
        return refused.code
    return None


def test_the_owner_sets_a_password_once(fresh: Officer) -> None:
    code = code_for(fresh)
    assert start(code.lower().replace("-", " ")) is None
    fresh.refresh_from_db()
    assert fresh.check_password(GOOD)
    assert start(code, password="another good one") == "start_code_invalid"
    assert not StartCode.objects.exists()


def test_a_weak_password_does_not_use_the_code_up(fresh: Officer) -> None:
    code = code_for(fresh)
    assert start(code, password="password12") == "password_weak"
    assert start(code, password="li.fang123") == "password_weak"
    assert start(code) is None


def test_wrong_late_replaced_and_foreign_codes_say_the_same(fresh: Officer, city: City) -> None:
    first = code_for(fresh)
    second = code_for(fresh)
    assert start(first) == start("AAAAA-AAAAA") == "start_code_invalid"
    assert start(second, username="nobody") == "start_code_invalid"
    assert start(second, now=NOW + timedelta(days=8)) == "start_code_invalid"
    assert start(second) is None


def test_after_five_wrong_codes_the_right_one_waits(fresh: Officer) -> None:
    code = code_for(fresh)
    for _ in range(5):
        start("AAAAA-AAAAA")
    assert start(code) == "start_code_invalid"
    assert start(code, now=NOW + timedelta(minutes=11)) is None


def test_codes_are_for_accounts_without_a_password_only(fresh: Officer, accounts: dict[str, Officer]) -> None:
    for officer in accounts.values():
        officer.set_password(GOOD)
        officer.save()
    gone = OfficerFactory(unit=fresh.unit, is_active=False, password="!")
    OfficerFactory(unit=fresh.unit, password="!", roles=[Role.ADMINISTRATOR])
    made = start_codes_make(officer_ids=[fresh.id, accounts["lead"].id, gone.id], by=None, now=NOW)
    assert [one.officer for one in made] == [fresh]
    assert list(locked_officers()) == [fresh]


def test_the_administrator_gets_the_codes_once_and_the_server_keeps_none(
    fresh: Officer, administrator: Officer, client_of: Callable[[Officer | None], APIClient]
) -> None:
    client = client_of(administrator)
    made = client.post("/api/v1/start-codes", {"officers": [str(fresh.id)]}, format="json").json()["codes"]
    assert [one["username"] for one in made] == ["li.fang"]
    rows: list[dict[str, Any]] = client.get("/api/v1/start-codes").json()["results"]
    waiting = {row["username"]: row["code_until"] for row in rows}
    assert waiting["li.fang"] is not None
    assert made[0]["code"] not in str(rows)
    assert made[0]["code"].replace("-", "") not in StartCode.objects.get().code_hash.upper()
    said = {"username": "li.fang", "code": made[0]["code"], "password": GOOD}
    assert client_of(None).post("/api/v1/start", said, format="json").json() == {"username": "li.fang"}
    assert client_of(None).post("/api/v1/start", {}, format="json").json()["code"] == "request_invalid"


def test_the_command_writes_a_new_file_that_only_its_owner_reads(fresh: Officer, tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    call_command("start_codes", str(file), "--username", "li.fang")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with file.open(encoding="utf-8-sig", newline="") as opened:
        (row,) = csv.DictReader(opened)
    assert start(row["code"]) is None
    with pytest.raises(CommandError, match="exists"):
        call_command("start_codes", str(file))
    with pytest.raises(CommandError, match="nobody"):
        call_command("start_codes", str(tmp_path / "b.csv"), "--username", "nobody")
