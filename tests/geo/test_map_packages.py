"""Map packages: what lies in one, when it is built anew, who gets which, and how a broken download goes on."""

import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import LineString
from django.core.management import call_command
from pmtiles.reader import MemorySource, Reader, all_tiles
from rest_framework.test import APIClient

from backend.accounts.models import Officer, Role, UnitKind
from backend.common.problems import Problem
from geo.models import MapPackage, Street
from geo.packages.files import package_path
from geo.packages.services import package_build, packages_mark
from geo.tasks import build_map_package
from tests.conftest import City
from tests.factories import BeatFactory, OfficerFactory, PremisesFactory, StreetFactory, UnitFactory, box

Clients = Callable[[Officer | None], APIClient]
FILE, FACTS = "/api/v1/map/package", "/api/v1/map/package/facts"


@pytest.fixture(autouse=True)
def packages_root(settings: Any, tmp_path: Path) -> Path:
    settings.MAP_PACKAGES_ROOT = tmp_path / "map_packages"
    return tmp_path / "map_packages"


@pytest.fixture
def street(city: City) -> Street:
    """A street from the middle of the first township to that of the second."""
    return StreetFactory(name="示范路", line=LineString((114.05, 27.75), (114.15, 27.75), srid=4326))


def content_of(client: APIClient, address: str = FILE, **headers: str) -> bytes:
    return b"".join(client.get(address, headers=headers).streaming_content)  # type: ignore[arg-type]


def features(package: bytes, layer: str) -> set[Any]:
    """Return the names in one layer of a package, over all its tiles."""
    found = set()
    for _, tile in all_tiles(MemorySource(package)):
        for feature in mapbox_vector_tile.decode(gzip.decompress(tile)).get(layer, {}).get("features", []):
            found.add(feature["properties"]["name"])
    return found


def test_a_package_shows_the_unit_its_neighbours_beats_and_streets_and_no_door(
    client_of: Clients, officer: Officer, city: City, street: Street
) -> None:
    BeatFactory(area=city.township, unit=city.station, name="东片")
    BeatFactory(area=city.next_township, unit=city.next_station, name="别家的片")
    PremisesFactory(area=city.township, address="门牌 7 号")

    assert package_build(unit_id=city.station.pk) == "built"

    package = content_of(client_of(officer))
    assert features(package, "townships") == {city.township.name, city.next_township.name}
    assert features(package, "streets") == {"示范路"}
    assert features(package, "beats") == {"东片"}
    assert features(package, "names") == {city.township.name, city.next_township.name, "东片"}
    everything = b"".join(gzip.decompress(tile) for _, tile in all_tiles(MemorySource(package)))
    assert "门牌".encode() not in everything


def test_the_file_tells_nothing_of_the_machine_that_built_it(city: City, street: Street, packages_root: Path) -> None:
    package_build(unit_id=city.station.pk)

    version = MapPackage.objects.get(pk=city.station.pk).version
    told = repr(Reader(MemorySource(package_path(city.station.pk, version).read_bytes())).metadata())

    assert "tippecanoe --output package.pmtiles" in told
    assert str(packages_root) not in told and "/" not in told.split("generator_options")[1][:300]


def test_the_facts_name_the_file_by_its_content(
    client_of: Clients, officer: Officer, city: City, street: Street
) -> None:
    package_build(unit_id=city.station.pk)
    client = client_of(officer)

    facts = client.get(FACTS).json()

    package = content_of(client)
    assert facts["version"] == hashlib.sha256(package).hexdigest()
    assert facts["size_bytes"] == len(package)
    # Those of the own township: 114–114.1° E, 27.7–27.8° N; the file reaches further.
    assert facts["bounds"] == pytest.approx([114, 27.7, 114.1, 27.8])
    assert (facts["minzoom"], facts["maxzoom"]) == (7, 14)


def test_until_one_is_built_there_is_none(client_of: Clients, officer: Officer) -> None:
    for address in (FILE, FACTS):
        response = client_of(officer).get(address)
        assert (response.status_code, response.json()["code"]) == (404, "map_package_missing")


def test_everyone_gets_the_package_of_the_own_working_unit_and_only_field_work_gets_one(
    client_of: Clients, accounts: dict[str, Officer], city: City, street: Street
) -> None:
    team = UnitFactory(kind=UnitKind.BEAT_TEAM, parent=city.station)
    member = OfficerFactory(unit=team, roles=[Role.OFFICER])
    for station in (city.station, city.next_station):
        package_build(unit_id=station.pk)
    own, other = (MapPackage.objects.get(pk=unit.pk).version for unit in (city.station, city.next_station))

    given = {name: client_of(accounts[name]).get(FACTS).json().get("version") for name in ("officer", "lead")}

    assert own != other
    assert given == {"officer": own, "lead": own}
    assert client_of(member).get(FACTS).json()["version"] == own
    assert client_of(accounts["neighbour"]).get(FACTS).json()["version"] == other
    for name in ("analyst", "administrator"):
        assert {client_of(accounts[name]).get(address).status_code for address in (FILE, FACTS)} == {403}
    assert client_of(None).get(FILE).status_code == 401


def test_a_download_that_broke_off_goes_on(client_of: Clients, officer: Officer, city: City, street: Street) -> None:
    package_build(unit_id=city.station.pk)
    client = client_of(officer)
    whole = client.get(FILE, headers={"Accept-Encoding": "gzip"})
    package = b"".join(whole.streaming_content)  # type: ignore[arg-type]

    rest = client.get(FILE, headers={"Range": "bytes=100-", "If-Range": whole["ETag"], "Accept-Encoding": "gzip"})

    assert (whole["Content-Length"], whole["Accept-Ranges"]) == (str(len(package)), "bytes")
    assert rest.status_code == 206
    assert rest["Content-Range"] == f"bytes 100-{len(package) - 1}/{len(package)}"
    assert package[:100] + b"".join(rest.streaming_content) == package  # type: ignore[arg-type]


def test_another_version_is_sent_whole_and_the_same_one_not_at_all(
    client_of: Clients, officer: Officer, city: City, street: Street
) -> None:
    package_build(unit_id=city.station.pk)
    client = client_of(officer)
    etag = client.get(FILE)["ETag"]

    assert client.get(FILE, headers={"Range": "bytes=100-", "If-Range": '"older"'}).status_code == 200
    assert client.get(FILE, headers={"If-None-Match": etag}).status_code == 304
    beyond = client.get(FILE, headers={"Range": "bytes=99999999-"})
    assert (beyond.status_code, beyond.json()["code"]) == (416, "range_not_satisfiable")


def test_a_package_is_built_again_when_its_geography_changes_and_only_then(city: City, street: Street) -> None:
    waiting = packages_mark()
    assert set(waiting) == {city.station.pk, city.next_station.pk, city.far_station.pk}
    assert [package_build(unit_id=unit) for unit in waiting] == ["built"] * 3
    assert packages_mark() == []
    first = MapPackage.objects.get(pk=city.station.pk).version

    Street.objects.update(name="改名路")

    waiting = packages_mark()
    # The street ends in the second township, whose station's map shows it; the third is 5 km from its end.
    outcomes = {unit: package_build(unit_id=unit) for unit in waiting}
    assert outcomes == {city.station.pk: "built", city.next_station.pk: "built", city.far_station.pk: "unchanged"}
    assert MapPackage.objects.get(pk=city.station.pk).version != first
    assert packages_mark() == []


def test_the_version_before_stays_for_a_download_that_runs_and_the_one_before_that_goes(
    city: City, street: Street, packages_root: Path
) -> None:
    versions = []
    for name in ("一路", "二路", "三路"):
        Street.objects.update(name=name)
        packages_mark()
        package_build(unit_id=city.station.pk)
        versions.append(MapPackage.objects.get(pk=city.station.pk).version)

    assert {path.stem for path in packages_root.rglob("*.pmtiles")} == set(versions[1:])
    assert list(packages_root.glob(".building-*")) == []


def test_a_file_that_is_gone_is_built_again(client_of: Clients, officer: Officer, city: City, street: Street) -> None:
    packages_mark()
    package_build(unit_id=city.station.pk)
    version = MapPackage.objects.get(pk=city.station.pk).version
    package_path(city.station.pk, version).unlink()

    assert client_of(officer).get(FACTS).status_code == 404
    assert city.station.pk in packages_mark()
    assert package_build(unit_id=city.station.pk) == "built"
    assert client_of(officer).get(FACTS).json()["version"] == version


def test_what_cannot_be_made_small_enough_is_refused_and_the_old_one_stays(
    city: City, street: Street, settings: Any
) -> None:
    package_build(unit_id=city.station.pk)
    before = MapPackage.objects.get(pk=city.station.pk).version
    Street.objects.update(line=LineString((114.05, 27.75), (114.09, 27.79), srid=4326))
    packages_mark()
    settings.MAP_PACKAGE_MAX_BYTES = 100

    with pytest.raises(Problem, match="map_package_failed"):
        package_build(unit_id=city.station.pk)

    assert MapPackage.objects.get(pk=city.station.pk).version == before
    assert package_path(city.station.pk, before).is_file()
    assert city.station.pk in packages_mark()


def test_a_build_that_failed_waits_unless_the_geography_changes_again(
    city: City, street: Street, settings: Any
) -> None:
    packages_mark()
    settings.MAP_PACKAGE_MAX_BYTES = 100

    assert build_map_package(str(city.station.pk)) == "failed"
    assert city.station.pk not in packages_mark()

    Street.objects.update(name="改名路")
    assert city.station.pk in packages_mark()


def test_a_unit_that_loses_its_townships_loses_its_map(city: City, street: Street, packages_root: Path) -> None:
    package_build(unit_id=city.station.pk)
    city.station.areas.clear()
    packages_mark()

    assert package_build(unit_id=city.station.pk) == "no_townships"
    assert list(packages_root.rglob("*.pmtiles")) == []


def test_neighbours_are_cut_off_a_few_kilometres_beyond_the_border(
    client_of: Clients, officer: Officer, city: City, street: Street
) -> None:
    city.next_township.boundary = box(114.1, 27.7, 118, 27.8)
    city.next_township.save()
    package_build(unit_id=city.station.pk)

    header = Reader(MemorySource(content_of(client_of(officer)))).header()

    # 3 km are 0.0305° of longitude at 27.75° N.
    assert header["max_lon_e7"] / 1e7 == pytest.approx(114.1 + 0.0305, abs=0.002)


def test_the_command_builds_what_changed_and_says_how_large_it_is(
    city: City, street: Street, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("map_packages", city.station.code)
    said = capsys.readouterr().out

    package = MapPackage.objects.get(pk=city.station.pk)
    assert f"{city.station.code} {city.station.name}: built, {package.size_bytes} bytes" in said
