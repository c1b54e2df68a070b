"""The import commands: a dry run unless told otherwise, and one clear line when a file is refused."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend.accounts.models import Officer
from backend.sync.models import FeedEntry
from geo.models import Area, Deployment, Premises, StreetPiece
from tests.conftest import City

AREA = {"type": "Polygon", "coordinates": [[[114, 27], [115, 27], [115, 28], [114, 28], [114, 27]]]}
STREET = {"type": "LineString", "coordinates": [[114.05, 27.75], [114.051, 27.75]]}


def write(path: Path, geometry: dict[str, Any], **properties: Any) -> Path:
    feature = {"type": "Feature", "geometry": geometry, "properties": properties}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    return path


def run(*arguments: Any) -> str:
    out = io.StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def doors(tmp_path: Path) -> Path:
    point = {"type": "Point", "coordinates": [114.05, 27.75]}
    return write(tmp_path / "doors.geojson", point, ref="d1", address="示范路 12 号", kind="household")


def test_a_dry_run_reports_and_writes_nothing(city: City, doors: Path) -> None:
    said = run("import_premises", doors)
    assert "1 rows read: 1 created" in said
    assert "dry run" in said
    assert not Premises.objects.exists()
    assert not FeedEntry.objects.exists()


def test_applied_doors_reach_the_phones_of_their_station_once(
    city: City, officer: Officer, doors: Path, pull: Any
) -> None:
    run("import_premises", doors, "--apply")
    run("import_premises", doors, "--apply")
    (change,) = pull(officer)
    assert (change["n"], change["type"], change["record"]["address"]) == (1, "premises", "示范路 12 号")


def test_streets_come_in(city: City, tmp_path: Path) -> None:
    path = write(tmp_path / "streets.geojson", STREET, osm="way/1", highway="residential", name="Bulevardi")
    run("import_streets", path, "--edition", "e", "--ref-field", "osm", "--class-field", "highway", "--apply")
    assert StreetPiece.objects.count() == 5


def test_the_first_areas_set_the_deployment(db: None, tmp_path: Path) -> None:
    path = write(tmp_path / "areas.geojson", AREA, code="1", name="示例市")
    place = ("--city", "x", "--city-name", "示例市", "--zone", "Asia/Shanghai", "--metric-epsg", "4547")
    run("import_areas", path, "--level", "prefecture", "--list", "mca", "--edition", "2026", *place, "--apply")
    assert Deployment.objects.get().metric_epsg == 4547
    assert Area.objects.get().name == "示例市"


@pytest.mark.parametrize(
    ("option", "value", "why"),
    [("--zone", "Mars/Base", "Mars"), ("--metric-epsg", "4326", "not a projected CRS"), ("--city", "", "--city must")],
)
def test_a_place_that_cannot_be_is_refused(db: None, tmp_path: Path, option: str, value: str, why: str) -> None:
    path = write(tmp_path / "areas.geojson", AREA, code="1", name="示例市")
    place = {"--city": "x", "--city-name": "市", "--zone": "Asia/Shanghai", "--metric-epsg": "4547", "--list": "l"}
    given = [text for pair in {**place, "--edition": "e", option: value}.items() for text in pair]
    with pytest.raises(CommandError, match=why):
        run("import_areas", path, "--level", "prefecture", *given, "--apply")
    assert not Deployment.objects.exists()


def test_zone_and_crs_are_set_once(city: City, tmp_path: Path) -> None:
    path = write(tmp_path / "areas.geojson", AREA, code="1", name="示例市")
    run("import_areas", path, "--level", "county", "--zone", "Europe/Helsinki", "--apply")
    assert Deployment.objects.get().zone == "Asia/Shanghai"


@pytest.mark.parametrize("command", ["import_areas", "import_streets", "import_premises"])
def test_a_file_that_is_not_geojson_is_one_clear_line(city: City, tmp_path: Path, command: str) -> None:
    path = tmp_path / "photo.geojson"
    path.write_text("lon;lat\n")
    needed = {"import_areas": ["--level", "township"], "import_streets": ["--edition", "e"], "import_premises": []}
    with pytest.raises(CommandError) as refused:
        run(command, path, *needed[command], "--apply")
    assert str(refused.value).startswith("file_unreadable: photo.geojson: it is not JSON")
    assert "\n" not in str(refused.value)


def test_a_file_without_the_wanted_property_changes_nothing(city: City, doors: Path) -> None:
    with pytest.raises(CommandError, match=r"import_refused: no row has the property plate \(for ref\)"):
        run("import_premises", doors, "--ref-field", "plate", "--apply")
    assert not Premises.objects.exists()
