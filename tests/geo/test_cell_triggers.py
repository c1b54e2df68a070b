"""Every door and every street piece knows its cell and its village, whoever wrote the row."""

import pytest
from django.contrib.gis.geos import LineString

from geo.cells import cell_of_points
from geo.crs import metric_point
from geo.models import Area, Premises, Street, StreetPiece
from geo.villages import villages_place
from tests.conftest import City
from tests.factories import EDITION, LIST, AreaFactory, PremisesFactory, box


def cell_at(lon: float, lat: float) -> int:
    x_m, y_m = metric_point(lon, lat, 4547)
    return int(cell_of_points([x_m], [y_m])[0])


def village(city: City, code: str, west: float, east: float) -> Area:
    boundary = box(west, 27.7, east, 27.8)
    made: Area = AreaFactory(code=code, level="village", name=f"村{code}", parent=city.township, boundary=boundary)
    return made


@pytest.mark.parametrize(("lon", "lat"), [(114.0, 27.7), (114.0513, 27.7491), (113.4, 27.7), (115.2, 28.1)])
def test_the_database_and_python_name_the_same_cell(city: City, lon: float, lat: float) -> None:
    door = PremisesFactory(area=city.township, lon=lon, lat=lat)
    door.refresh_from_db()

    assert door.cell == cell_at(lon, lat)


def test_a_door_that_moves_changes_its_cell_and_its_village(city: City) -> None:
    west, east = village(city, "1", 114.0, 114.05), village(city, "2", 114.05, 114.1)
    door = PremisesFactory(area=city.township, lon=114.02, lat=27.75)
    door.refresh_from_db()
    assert door.village == west

    door.lon = 114.08
    door.save()
    door.refresh_from_db()

    assert (door.village, door.cell) == (east, cell_at(114.08, 27.75))


def test_a_door_outside_every_boundary_keeps_the_village_it_was_given(city: City) -> None:
    given = village(city, "1", 114.0, 114.01)

    door = PremisesFactory(area=city.township, lon=114.08, lat=27.75, village=given)
    door.refresh_from_db()

    assert door.village == given
    assert villages_place() == 0


def test_a_street_piece_lies_where_its_middle_lies(city: City) -> None:
    east = village(city, "2", 114.05, 114.1)
    line = LineString((114.04, 27.75), (114.07, 27.75), srid=4326)
    street = Street.objects.create(edition=EDITION, ref="s", street_class="road", line=line)

    piece = StreetPiece.objects.create(street=street, ordinal=0, length_m=20, line=line, area=city.township)
    piece.refresh_from_db()

    assert (piece.village, piece.cell) == (east, cell_at(114.055, 27.75))


def test_villages_that_come_later_take_their_doors_and_nothing_else(city: City) -> None:
    inside, outside = (PremisesFactory(area=city.township, lon=lon, lat=27.75) for lon in (114.02, 114.08))
    found = village(city, "1", 114.0, 114.05)
    Area.objects.create(
        list=LIST, edition="old", code="9", level="village", name="旧村", boundary=box(114, 27.7, 114.1, 27.8),
        valid_from="2000-01-01",
    )  # fmt: skip

    assert (villages_place(), villages_place()) == (1, 0)

    assert dict(Premises.objects.values_list("pk", "village")) == {inside.pk: found.pk, outside.pk: None}
