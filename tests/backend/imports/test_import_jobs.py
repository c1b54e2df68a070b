"""The administrator's uploads: looked at first, applied on a word, cancelled without a trace, reported row by row."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from backend.imports import files
from backend.imports.jobs import job_run, jobs_forget
from backend.imports.models import ImportJob
from backend.sync.models import FeedEntry
from geo.models import Premises
from tests.conftest import City

NOW: datetime = timezone.now()
DOORS = "ref,address,kind,lon,lat\nd1,𬮤山镇 1 号,household,114.05,27.75\nd2,海上,household,120,25\n"
SAID = '{"crs": "EPSG:4326", "lon_field": "lon", "lat_field": "lat"}'


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Path) -> Path:
    settings.ATTACHMENTS_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def client(administrator: Officer, client_of: Callable[[Officer | None], APIClient]) -> APIClient:
    return client_of(administrator)


def upload(client: APIClient, text: str = DOORS, options: str = SAID, kind: str = "premises") -> Any:
    file = SimpleUploadedFile("../../门牌.csv", text.encode())
    return client.post("/api/v1/imports", {"kind": kind, "file": file, "options": options}, format="multipart")


def run(made: Any) -> Any:
    job_run(job_id=UUID(made["id"]), now=NOW)
    return made["id"]


# With real commits: how far an import is must be seen before it ends.
@pytest.mark.django_db(transaction=True)
def test_an_upload_is_looked_into_checked_applied_and_reported(city: City, client: APIClient, disk: Path) -> None:
    made = upload(client).json()
    job = run(made)
    looked_at = client.get(f"/api/v1/imports/{job}").json()
    assert looked_at["state"] == "checked"
    assert looked_at["counts"] == {"read": 2, "created": 1, "changed": 0, "unchanged": 0, "refused": 1}
    assert (looked_at["rows_done"], looked_at["rows_of"]) == (2, 2)
    assert not Premises.objects.exists()
    report = b"".join(client.get(f"/api/v1/imports/{job}/report").streaming_content)  # type: ignore[attr-defined]
    assert "2,d2,refused,outside_city" in report.decode("utf-8-sig")
    assert client.post(f"/api/v1/imports/{job}/apply").json()["state"] == "waiting"
    assert job_run(job_id=UUID(job), now=NOW) == "applied"
    assert job_run(job_id=UUID(job), now=NOW) == "applied"
    assert Premises.objects.get().address == "𬮤山镇 1 号"
    assert FeedEntry.objects.count() == 1
    assert not list(disk.rglob("upload*"))
    assert client.post(f"/api/v1/imports/{job}/apply").json()["code"] == "import_state"
    _cancelled_while_it_waits_for_its_turn(client)
    _looked_into(client)


def _cancelled_while_it_waits_for_its_turn(client: APIClient) -> None:
    """In the same test, because emptying a database of real commits takes seconds."""
    job = upload(client, DOORS.replace("d1", "d9")).json()["id"]
    ImportJob.objects.filter(id=job).update(cancel_asked=True, step="apply")
    assert job_run(job_id=UUID(job), now=NOW) == "cancelled"
    assert not Premises.objects.filter(external_ref="d9").exists()
    refused = run(upload(client, options="{}").json())
    assert client.get(f"/api/v1/imports/{refused}").json()["problem"]["code"] == "import_refused"
    _answered_and_checked_again(client, refused)


def _answered_and_checked_again(client: APIClient, job: str) -> None:
    """What was refused because of a missing answer needs no second upload."""
    said = json.loads(SAID)
    assert client.post(f"/api/v1/imports/{job}/check", {**said, "crs": 1}, format="json").status_code == 400
    assert client.post(f"/api/v1/imports/{job}/check", said, format="json").json()["state"] == "waiting"
    assert client.post(f"/api/v1/imports/{job}/check", said, format="json").json()["code"] == "import_state"
    assert job_run(job_id=UUID(job), now=NOW) == "checked"
    row = client.get(f"/api/v1/imports/{job}").json()
    assert (row["problem"], row["has_report"], row["options"]) == (None, True, said)
    remarks = client.get(f"/api/v1/imports/{job}/remarks").json()
    assert remarks["summary"] == [{"problem": "outside_city", "outcome": "refused", "rows": 1}]
    assert [(row["row"], row["code"]) for row in remarks["results"]] == [(2, "d2")]
    assert client.get(f"/api/v1/imports/{job}/remarks?problem=overlap").json()["results"] == []


def _looked_into(client: APIClient) -> None:
    """A file without options asks what it does not say itself."""
    text = "编号,门牌地址,GCJ02经度,GCJ02纬度\nd1,𬮤山镇 1 号,114.05,27.75\n"
    made = client.post("/api/v1/imports", {"kind": "premises", "file": named("门牌.csv", text.encode("gb18030"))})
    job = run(made.json())
    assert client.get(f"/api/v1/imports/{job}").json()["found"]["asks"] == ["encoding"]
    assert client.post(f"/api/v1/imports/{job}/look", {"encoding": "GBK"}, format="json").json()["state"] == "waiting"
    assert job_run(job_id=UUID(job), now=NOW) == "looked"
    found = client.get(f"/api/v1/imports/{job}").json()["found"]
    assert (found["asks"], found["rows"], found["crs"]) == (["crs"], 1, "")
    assert found["columns"][1] == {"name": "门牌地址", "samples": ["𬮤山镇 1 号"]}
    assert found["guesses"] == {
        "lon_field": "GCJ02经度", "lat_field": "GCJ02纬度", "ref_field": "编号", "address_field": "门牌地址",
    }  # fmt: skip


def named(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_cancelled_upload_is_gone(city: City, client: APIClient, disk: Path) -> None:
    job = upload(client).json()["id"]
    assert client.post(f"/api/v1/imports/{job}/cancel").json()["state"] == "cancelled"
    assert not list(disk.rglob("upload*"))


def test_a_refused_file_can_be_thrown_away(city: City, client: APIClient, disk: Path) -> None:
    job = upload(client).json()["id"]
    ImportJob.objects.filter(id=job).update(state="refused", problem_code="crs_missing")
    assert client.post(f"/api/v1/imports/{job}/cancel").json()["state"] == "cancelled"
    assert not list(disk.rglob("upload*"))
    assert client.post(f"/api/v1/imports/{job}/check", json.loads(SAID), format="json").json()["code"] == "import_state"


def test_a_file_lies_under_no_name_from_outside(city: City, client: APIClient, disk: Path) -> None:
    job = upload(client).json()["id"]
    assert [path.relative_to(disk).as_posix() for path in disk.rglob("*.csv")] == [f"imports/{job}/upload.csv"]
    assert files.uploaded(UUID(job), "x.osm.pbf").name == "upload.osm.pbf"


@pytest.mark.parametrize(
    ("kind", "options", "field"),
    [
        ("premises", '{"password": "x"}', "password"),
        ("streets", "{}", "edition"),
        ("areas", '{"level": "galaxy"}', "level"),
        ("premises", "no JSON", ""),
        ("planets", "{}", None),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_field(
    city: City, client: APIClient, kind: str, options: str, field: str | None
) -> None:
    answer = upload(client, kind=kind, options=options)
    assert (answer.status_code, answer.json()["code"]) == (400, "request_invalid")
    if field is not None:
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not ImportJob.objects.exists()


def test_a_forgotten_upload_is_deleted_after_a_week(city: City, client: APIClient, disk: Path) -> None:
    job = upload(client).json()["id"]
    assert jobs_forget(at=NOW) == 0
    assert jobs_forget(at=timezone.now() + timedelta(days=8)) == 1
    assert ImportJob.objects.get(id=job).state == "cancelled"
    assert not list(disk.rglob("upload*"))
