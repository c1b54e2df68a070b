"""Another edition of the areas comes into force: what moved is touched, what did not keeps its row and its figures."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from backend.imports.editions import edition_in
from backend.imports.models import ImportJob
from backend.sync.models import FeedEntry
from geo.models import Area, Deployment, Premises, TouchedDay, UnitArea
from geo.selectors import areas_current
from patrol.derivation import leg_derive, legs_stale
from patrol.models import GroundChange
from tests.builders import fixes, outing
from tests.conftest import City
from tests.factories import LIST, NOON, PremisesFactory, box

NEXT = "2027"


def township(code: str, boundary: Any, *, name: str = "", edition: str = NEXT, area_list: str = LIST) -> Area:
    return Area.objects.create(
        list=area_list, edition=edition, code=code, level="township", name=name or f"{code}镇", boundary=boundary,
        valid_from=date(2027, 1, 1),
    )  # fmt: skip


def halves(area: Area) -> tuple[Any, Any]:
    west, south, east, north = area.boundary.extent
    middle = (west + east) / 2
    return box(west, south, middle, north), box(middle, south, east, north)


@pytest.fixture
def split(city: City) -> Area:
    """In the next edition the second township keeps its western half; a new one takes the rest. Nothing else moves."""
    west, east = halves(city.next_township)
    township(city.township.code, city.township.boundary, name=city.township.name)
    township(city.next_township.code, west, name=city.next_township.name)
    township(city.far_township.code, city.far_township.boundary, name="改了名的镇")
    return township("990900009", east, name="新设镇")


def door_in(area: Area, *, east: bool) -> Premises:
    west_m, south, east_m, north = area.boundary.extent
    lon = west_m + (east_m - west_m) * (0.75 if east else 0.25)
    return PremisesFactory(area=area, lon=lon, lat=(south + north) / 2)


def switch(*arguments: str) -> str:
    out = io.StringIO()
    call_command("switch_edition", *arguments, stdout=out)
    return out.getvalue()


def test_a_new_edition_that_only_came_in_touches_nothing(city: City) -> None:
    before = GroundChange.objects.count()
    township("990900009", city.township.boundary)
    Area.objects.filter(edition=NEXT).update(boundary=city.far_township.boundary)
    assert GroundChange.objects.count() == before
    assert not TouchedDay.objects.exists()


def test_only_what_changed_hands_is_touched(city: City, split: Area) -> None:
    kept, left, moved = (
        door_in(city.township, east=False), door_in(city.next_township, east=False),
        door_in(city.next_township, east=True),
    )  # fmt: skip
    GroundChange.objects.all().delete()
    said = switch(NEXT, "--apply")
    assert "4 townships: 1 new, 2 changed, 1 unchanged, 0 gone" in said
    assert "1 doors" in said
    areas = dict(Premises.objects.values_list("id", "area__code"))
    assert areas == {kept.id: city.township.code, left.id: city.next_township.code, moved.id: "990900009"}
    assert Premises.objects.get(id=kept.id).version == kept.version
    assert list(FeedEntry.objects.values_list("record_id", flat=True)) == [moved.id]
    assert set(TouchedDay.objects.values_list("area__code", flat=True)) == {city.next_township.code, "990900009"}
    # The station of the township that held the new one's ground goes on.
    assert UnitArea.objects.get(area__code="990900009").unit == city.next_station
    assert GroundChange.objects.filter(box__contains=split.boundary.centroid).exists()
    assert not GroundChange.objects.filter(box__contains=city.township.boundary.centroid).exists()


def test_who_points_at_a_township_points_at_it_afterwards(city: City, split: Area) -> None:
    switch(NEXT, "--apply")
    assert Area.objects.get(pk=city.far_township.pk).name == "改了名的镇"
    assert set(areas_current().values_list("pk", flat=True)) == {
        city.township.pk, city.next_township.pk, city.far_township.pk, split.pk
    }  # fmt: skip
    assert Area.objects.get(pk=city.next_township.pk).boundary.equals(halves(city.next_township)[0])


def test_switching_back_is_as_if_nothing_had_been(city: City, split: Area) -> None:
    door_in(city.next_township, east=True)

    def state() -> Any:
        areas = Area.objects.order_by("list", "edition", "code").values_list("edition", "code", "name", "boundary")
        return list(areas), list(Premises.objects.values_list("area_id", "unit_id"))

    before = state()
    switch(NEXT, "--apply")
    assert state() != before
    switch("2026", "--apply")
    assert state() == before
    assert Deployment.objects.get().area_edition == "2026"


def test_a_dry_run_says_it_and_does_nothing(city: City, split: Area) -> None:
    door = door_in(city.next_township, east=True)
    before = GroundChange.objects.count()
    said = switch(NEXT)
    assert "area_new: 新设镇" in said and "station_taken_over" in said and "area_renamed" in said
    assert Deployment.objects.get().area_edition == "2026"
    assert Premises.objects.get().area_id == door.area_id
    assert GroundChange.objects.count() == before


def test_another_list_finds_its_townships_by_their_ground_and_not_by_their_codes(city: City) -> None:
    """The codes of two towns are exchanged in the other list; their doors are told the new code."""
    pairs = {city.township: city.next_township.code, city.next_township: city.township.code}
    for area, code in pairs.items():
        township(code, area.boundary, name=area.name, area_list="other", edition="1")
    township(city.far_township.code, city.far_township.boundary, name=city.far_township.name, area_list="other",
             edition="1")  # fmt: skip
    door = door_in(city.township, east=False)
    report = edition_in(area_list="other", edition="1")
    assert sorted(remark.problem for remark in report.problems) == ["area_renumbered", "area_renumbered"]
    told = Premises.objects.get(id=door.id)
    assert (told.area.code, told.area_id, told.version) == (city.next_township.code, city.township.pk, door.version + 1)
    assert [change.id for change in report.changes] == [door.id]


def test_tracks_where_nothing_moved_are_not_derived_again(city: City, split: Area, push: Any, officer: Officer) -> None:
    legs = []
    for area in (city.township, city.next_township):
        _, leg_id, steps = outing(minutes=2)
        at = area.boundary.centroid
        push(officer, *steps, fixes(leg_id, [(at.x + n * 0.0002, at.y) for n in range(6)], every_s=10))
        leg_derive(leg_id=leg_id)
        legs.append(leg_id)
    report = edition_in(area_list=LIST, edition=NEXT)
    assert report.moved["tracks"] == 1
    day = NOON.date()
    assert legs_stale(first=day, last=day) == legs[1:]


@pytest.mark.parametrize("edition", ["2026", "1999"])
def test_what_is_in_force_or_not_here_is_refused(city: City, edition: str) -> None:
    with pytest.raises(CommandError):
        switch(edition)


def test_an_administrator_tries_an_edition_and_sees_it_as_an_import(
    city: City, split: Area, administrator: Officer, client_of: Callable[[Officer | None], APIClient]
) -> None:
    client = client_of(administrator)
    rows = client.get("/api/v1/editions").json()["results"]
    assert [(row["edition"], row["in_force"], row["areas"]) for row in rows] == [
        ("2026", True, {"township": 3}), (NEXT, False, {"township": 4}),
    ]  # fmt: skip
    made = client.post("/api/v1/editions", {"list": LIST, "edition": NEXT}, format="json")
    assert (made.status_code, made.json()["kind"], made.json()["state"]) == (201, "edition", "waiting")
    assert ImportJob.objects.get().step == "check"
