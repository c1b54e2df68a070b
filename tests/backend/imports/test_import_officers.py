"""Officers come in from a table; their accounts are locked, and no password is ever read."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend.accounts.models import Officer
from tests.conftest import City

HEADING = "username,name,badge_number,unit_code,roles"


def bring(path: Path, *rows: str, heading: str = HEADING, arguments: tuple[str, ...] = ("--apply",)) -> str:
    path.write_text("\n".join([heading, *rows]), encoding="utf-8")
    out = io.StringIO()
    call_command("import_officers", str(path), *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "officers.csv"


def test_officers_come_in_locked_and_once(city: City, file: Path) -> None:
    rows = ("li.fang,示例·李𬭤,0123,S1,officer", "wang.lei,示例·王磊,0124,S1,所长 民警")
    assert "2 created" in bring(file, *rows)
    assert "0 created, 0 changed, 2 unchanged" in bring(file, *rows)
    lead = Officer.objects.get(username="wang.lei")
    assert (lead.unit, lead.roles, lead.badge_number) == (city.station, ["lead", "officer"], "0124")
    assert not lead.has_usable_password()
    assert Officer.objects.get(username="li.fang").name == "示例·李𬭤"


def test_a_dry_run_makes_nobody(city: City, file: Path) -> None:
    assert "1 created" in bring(file, "a,甲,,S1,", arguments=())
    assert not Officer.objects.exists()


def test_a_changed_unit_changes_the_officer_and_keeps_the_password(city: City, officer: Officer, file: Path) -> None:
    officer.set_password("known to its owner")
    officer.save()
    assert "1 changed" in bring(file, f"officer,{officer.name},,S2,officer")
    officer.refresh_from_db()
    assert officer.unit == city.next_station
    assert officer.check_password("known to its owner")


def test_bad_rows_are_told_and_the_good_one_comes_in(
    city: City, accounts: dict[str, Officer], file: Path, tmp_path: Path
) -> None:
    told = tmp_path / "report.csv"
    said = bring(
        file,
        "good,甲,,S1,",
        "nowhere,乙,,S99,officer",
        "king,丙,,S1,emperor",
        "root,丁,,S1,administrator",
        "administrator,戊,,S1,officer",
        "a b,己,,S1,officer",
        "good,庚,,S1,officer",
        "garbled,鍗楁槍甯備腑蹇?,,S1,officer",
        arguments=("--apply", "--report", str(told)),
    )
    assert "8 rows read: 1 created" in said
    with told.open(encoding="utf-8-sig", newline="") as opened:
        rows: list[dict[str, Any]] = list(csv.DictReader(opened))
    assert [(row["row"], row["outcome"], row["problem"]) for row in rows][:6] == [
        ("2", "refused", "unit_unknown"),
        ("3", "refused", "role_unknown"),
        ("4", "refused", "role_not_from_file"),
        ("5", "refused", "role_not_from_file"),
        ("6", "refused", "username_invalid"),
        ("7", "refused", "code_duplicate"),
    ]
    assert accounts["administrator"].roles == ["administrator"]


def test_a_file_with_passwords_is_refused_whole(city: City, file: Path) -> None:
    with pytest.raises(CommandError, match="take passwords out"):
        bring(file, "a,甲,,S1,,geheim", heading=f"{HEADING},密码")
    assert not Officer.objects.exists()


def test_officers_on_a_map_are_no_table(city: City, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="officers come in a table"):
        call_command("import_officers", str(tmp_path / "a.gpkg"))
