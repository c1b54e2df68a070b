"""What leaves a unit leaves its phones in the commit in which it reaches the other unit; unsent work is kept."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from backend.sync.models import FeedEntry, Mutation
from geo.models import Area, Premises
from tests.builders import dispute, dispute_event, visit
from tests.conftest import City, codes_of, outcomes_of
from tests.factories import BeatFactory, PremisesFactory, UnitFactory, box, new_id

Push = Callable[..., list[dict[str, Any]]]
Pull = Callable[..., list[dict[str, Any]]]
ClientOf = Callable[[Officer | None], APIClient]


def write(path: Path, *features: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8")
    return path


def door_feature(lon: float, **properties: Any) -> dict[str, Any]:
    given = {"ref": "d1", "address": "示范路 12 号", "kind": "household", **properties}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, 27.75]}, "properties": given}


def area_feature(area: Area, west: float, east: float) -> dict[str, Any]:
    shape = json.loads(box(west, 27.7, east, 27.8).geojson)
    return {"type": "Feature", "geometry": shape, "properties": {"code": area.code, "name": area.name}}


def held_doors(changes: list[dict[str, Any]]) -> set[str]:
    """Return the ids of the doors that a phone holds after these changes."""
    held: set[str] = set()
    for change in changes:
        if change["type"] == "premises":
            (held.add if change["op"] == "put" else held.discard)(change["id"])
    return held


@pytest.fixture
def moved_border(city: City, tmp_path: Path) -> Callable[[], None]:
    """A function that imports the townships again with the border between the two stations moved 0.07° to the west."""

    def run() -> None:
        features = [area_feature(city.township, 114.0, 114.03), area_feature(city.next_township, 114.03, 114.2)]
        path = write(tmp_path / "areas.geojson", *features)
        call_command("import_areas", str(path), "--level", "township", "--apply", stdout=io.StringIO())

    return run


def import_doors(path: Path) -> None:
    call_command("import_premises", str(path), "--apply", stdout=io.StringIO())


def test_a_door_imported_anew_at_the_next_station_changes_phones(
    pull: Pull, officer: Officer, neighbour: Officer, tmp_path: Path
) -> None:
    import_doors(write(tmp_path / "doors.geojson", door_feature(114.05)))
    assert (len(held_doors(pull(officer))), len(held_doors(pull(neighbour)))) == (1, 0)
    import_doors(write(tmp_path / "doors.geojson", door_feature(114.15)))
    assert (len(held_doors(pull(officer))), len(held_doors(pull(neighbour)))) == (0, 1)


def test_a_border_that_moves_takes_the_doors_between_to_the_other_station(
    pull: Pull, officer: Officer, neighbour: Officer, city: City, door: Premises, moved_border: Callable[[], None]
) -> None:
    stays = PremisesFactory(area=city.township, lon=114.01)
    moved_border()
    door.refresh_from_db()
    assert (door.unit, door.area, door.version) == (city.next_station, city.next_township, 2)
    assert held_doors(pull(neighbour)) == {str(door.id)}
    assert [(change["id"], change["op"]) for change in pull(officer)] == [(str(door.id), "retract")]
    assert Premises.objects.get(id=stays.id).version == 1


def test_the_same_border_again_changes_nothing(door: Premises, moved_border: Callable[[], None]) -> None:
    moved_border()
    before = FeedEntry.objects.count()
    moved_border()
    assert FeedEntry.objects.count() == before


def test_a_border_that_leaves_doors_outside_takes_them_from_nobody(city: City, door: Premises, tmp_path: Path) -> None:
    path = write(tmp_path / "areas.geojson", area_feature(city.township, 114.0, 114.03))
    call_command("import_areas", str(path), "--level", "township", "--apply", stdout=io.StringIO())
    door.refresh_from_db()
    assert (door.unit, door.version) == (city.station, 1)


def test_a_door_imported_again_unchanged_goes_to_the_unit_of_a_beat_drawn_since(
    pull: Pull, officer: Officer, city: City, tmp_path: Path
) -> None:
    path = write(tmp_path / "doors.geojson", door_feature(114.05))
    import_doors(path)
    BeatFactory(area=city.township, unit=city.next_station)
    import_doors(path)
    assert Premises.objects.get().unit == city.next_station
    assert held_doors(pull(officer)) == set()


def test_retraction_and_arrival_share_one_commit_and_one_version(
    door: Premises, city: City, moved_border: Callable[[], None]
) -> None:
    moved_border()
    rows = FeedEntry.objects.filter(record_id=door.id).values_list("unit__code", "op", "version")
    assert sorted(rows) == [("S1", "retract", 2), ("S2", "put", 2)]


# --- what was not sent yet


def test_a_visit_made_before_the_door_moved_waits_for_the_lead_who_answers_now(
    push: Push, officer: Officer, city: City, door: Premises, moved_border: Callable[[], None]
) -> None:
    sent = visit(door.id)
    moved_border()
    assert codes_of(push(officer, sent)) == ["premises_of_another_unit"]
    assert Mutation.objects.get(id=sent["id"]).unit == city.next_station


def test_a_dispute_at_a_door_that_moved_stays_with_the_station_that_opened_it(
    push: Push, pull: Pull, officer: Officer, door: Premises, moved_border: Callable[[], None]
) -> None:
    case = new_id()
    push(officer, dispute(record_id=case, premises=door.id))
    moved_border()
    assert outcomes_of(push(officer, dispute_event(case, "registered"))) == ["applied"]
    assert str(case) in {change["id"] for change in pull(officer) if change["op"] == "put"}


# --- an officer who moves


def cursor_of(client: APIClient) -> str:
    cursor: str = client.get("/api/v1/sync/pull").json()["cursor"]
    return cursor


def test_an_officer_who_moved_is_told_to_drop_what_the_old_station_showed(
    push: Push, client_of: ClientOf, officer: Officer, city: City, door: Premises
) -> None:
    push(officer, visit(door.id))
    cursor = cursor_of(client_of(officer))
    officer.unit = city.next_station
    officer.save()
    page = client_of(officer).get("/api/v1/sync/pull", {"cursor": cursor}).json()
    assert (page["reset"], page["changes"]) == (True, [])
    again = client_of(officer).get("/api/v1/sync/pull", {"cursor": page["cursor"]}).json()
    assert (again["reset"], again["changes"], again["has_more"]) == (False, [], False)


def test_an_officer_without_a_unit_reads_nothing(
    push: Push, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id))
    cursor = cursor_of(client_of(officer))
    officer.unit = None
    officer.save()
    answer = client_of(officer).get("/api/v1/sync/pull", {"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_between_a_station_and_its_beat_team_nothing_is_dropped(
    push: Push, client_of: ClientOf, officer: Officer, city: City, door: Premises
) -> None:
    team = UnitFactory(kind="beat_team", code="S1T1", parent=city.station)
    push(officer, visit(door.id))
    cursor = cursor_of(client_of(officer))
    for unit in (team, city.station):
        officer.unit = unit
        officer.save()
        page = client_of(officer).get("/api/v1/sync/pull", {"cursor": cursor}).json()
        assert (page["reset"], page["changes"]) == (False, [])


def test_into_the_beat_team_of_another_station_everything_is_dropped(
    push: Push, client_of: ClientOf, officer: Officer, city: City, door: Premises
) -> None:
    push(officer, visit(door.id))
    cursor = cursor_of(client_of(officer))
    officer.unit = UnitFactory(kind="beat_team", code="S2T1", parent=city.next_station)
    officer.save()
    assert client_of(officer).get("/api/v1/sync/pull", {"cursor": cursor}).json()["reset"] is True
