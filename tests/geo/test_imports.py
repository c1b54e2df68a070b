"""Layers come in by key: twice changes nothing, a bad row is told and left out, a bad file is refused whole."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely

from backend.accounts.models import Unit
from backend.common.outcomes import Change
from backend.common.problems import Problem
from geo.imports.areas import AreaFields, areas_import
from geo.imports.layers import Layer, read_layer
from geo.imports.premises import PremisesFields, premises_import
from geo.imports.report import ImportReport
from geo.imports.streets import streets_import
from geo.models import Area, Premises, Street, StreetPiece
from tests.conftest import City
from tests.factories import EDITION, LIST, BeatFactory

Properties = dict[str, Any]
POLYGONS, POINTS, LINES = ("Polygon", "MultiPolygon"), ("Point",), ("LineString",)
FROM = date(2026, 1, 1)


def feature(shape: shapely.Geometry | None, **properties: Any) -> dict[str, Any]:
    geometry = None if shape is None else json.loads(shapely.to_geojson(shape))
    return {"type": "Feature", "geometry": geometry, "properties": properties}


@pytest.fixture
def layer(tmp_path: Path) -> Any:
    def write(types: tuple[str, ...], *features: dict[str, Any], **members: Any) -> Layer:
        path = tmp_path / "layer.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features), **members}))
        return read_layer(path, types)

    return write


def door(lon: float = 114.05, lat: float = 27.75, **properties: Any) -> dict[str, Any]:
    given = {"ref": "d1", "address": "示范路 12 号", "kind": "household", **properties}
    return feature(shapely.Point(lon, lat), **given)


def said(report: ImportReport) -> list[tuple[int, str]]:
    return [(entry.row, entry.problem) for entry in report.problems]


# --- reading ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x89PNG", "not UTF-8"),
        (b"lon,lat\n1,2\n", "not JSON"),
        (b'{"type": "Feature"}', "not a GeoJSON FeatureCollection"),
        (b'{"type": "FeatureCollection"}', "not a list"),
        (b"[1, 2]", "not a GeoJSON FeatureCollection"),
    ],
)
def test_what_is_not_geojson_is_unreadable_with_the_reason(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "file.geojson"
    path.write_bytes(content)
    with pytest.raises(Problem, match=why) as refused:
        read_layer(path, POINTS)
    assert refused.value.code == "file_unreadable"


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="No such file"):
        read_layer(tmp_path / "none.geojson", POINTS)


def test_an_empty_collection_is_refused(layer: Any) -> None:
    with pytest.raises(Problem, match="holds no features"):
        layer(POINTS)


def test_a_file_of_the_wrong_geometry_type_is_refused_whole(layer: Any) -> None:
    with pytest.raises(Problem, match="holds no Point") as refused:
        layer(POINTS, feature(shapely.box(0, 0, 1, 1)))
    assert refused.value.code == "import_refused"


def test_the_crs_is_read_from_the_file(layer: Any) -> None:
    # 500,000 m east is the central meridian of EPSG:4547, 114° east.
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4547"}}
    read = layer(POINTS, feature(shapely.Point(500_000, 3_076_000), ref="a"), crs=crs)
    assert read.frame.geometry.iloc[0].x == pytest.approx(114.0)


def test_an_unknown_crs_is_refused_and_not_guessed(layer: Any) -> None:
    crs = {"type": "name", "properties": {"name": "EPSG:999999"}}
    with pytest.raises(Problem, match="nothing is guessed"):
        layer(POINTS, door(), crs=crs)


def test_metres_in_a_file_that_names_no_crs_are_refused(layer: Any) -> None:
    with pytest.raises(Problem, match="crs member missing"):
        layer(POINTS, feature(shapely.Point(500_000, 3_076_000), ref="a"))


def test_a_row_without_geometry_is_told_and_the_others_stay(layer: Any) -> None:
    read = layer(POINTS, feature(None, ref="a"), door())
    assert [(entry.row, entry.problem) for entry in read.problems] == [(1, "geometry_missing")]
    assert read.frame["row"].to_list() == [2]


# --- areas ------------------------------------------------------------------------------------------------------------
def bring_areas(read: Layer, **fields: str) -> ImportReport:
    named = AreaFields(**fields)
    return areas_import(layer=read, area_list=LIST, edition="new", level="township", valid_from=FROM, fields=named)


def test_areas_come_in_once(db: None, layer: Any) -> None:
    read = layer(POLYGONS, feature(shapely.box(0, 0, 1, 1), code="1", name="𬮤山镇"))
    assert (bring_areas(read).created, bring_areas(read).unchanged) == (1, 1)
    assert Area.objects.get().name == "𬮤山镇"


def test_a_changed_boundary_changes_the_area_and_keeps_its_key(db: None, layer: Any) -> None:
    bring_areas(layer(POLYGONS, feature(shapely.box(0, 0, 1, 1), code="1", name="镇")))
    before = Area.objects.get()
    report = bring_areas(layer(POLYGONS, feature(shapely.box(0, 0, 2, 1), code="1", name="镇")))
    assert (report.created, report.changed) == (0, 1)
    assert Area.objects.get().pk == before.pk


def test_the_same_code_in_another_edition_is_another_area(city: City, layer: Any) -> None:
    read = layer(POLYGONS, feature(shapely.box(0, 0, 1, 1), code=city.township.code, name="镇"))
    assert bring_areas(read).created == 1
    assert set(Area.objects.filter(code=city.township.code).values_list("edition", flat=True)) == {EDITION, "new"}


def test_a_figure_of_eight_is_repaired_and_told(db: None, layer: Any) -> None:
    eight = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    report = bring_areas(layer(POLYGONS, feature(eight, code="1", name="镇")))
    assert said(report) == [(1, "geometry_repaired")]
    assert report.refused == 0
    # Two triangles of 2 × 1 / 2 square degrees.
    assert Area.objects.get().boundary.area == pytest.approx(2.0)


def test_rows_that_cannot_be_keys_are_told_and_the_rest_comes_in(db: None, layer: Any) -> None:
    square = shapely.box(0, 0, 1, 1)
    report = bring_areas(
        layer(
            POLYGONS,
            feature(square, code="1", name="镇"),
            feature(square, code="1", name="又一镇"),
            feature(square, code=None, name="无码"),
            feature(square, code="2", name=""),
        )
    )
    assert said(report) == [(3, "code_missing"), (2, "code_duplicate"), (4, "name_missing")]
    assert (report.created, report.refused) == (1, 3)


def test_a_parent_that_is_not_there_is_told(db: None, layer: Any) -> None:
    read = layer(POLYGONS, feature(shapely.box(0, 0, 1, 1), code="11", name="镇", up="1"))
    assert said(bring_areas(read, parent="up")) == [(1, "parent_unknown")]


def test_a_property_that_no_row_has_refuses_the_file(db: None, layer: Any) -> None:
    read = layer(POLYGONS, feature(shapely.box(0, 0, 1, 1), CODE="1", name="镇"))
    with pytest.raises(Problem, match=r"code \(for code\); the file has: CODE, name"):
        bring_areas(read)


# --- streets ----------------------------------------------------------------------------------------------------------
def street(lat: float = 27.75, **properties: Any) -> dict[str, Any]:
    # 0.001° of longitude at 27.75° north is 98.6 m: five pieces.
    return feature(shapely.LineString([(114.05, lat), (114.051, lat)]), **{"ref": "w1", "name": "示范路", **properties})


def test_a_street_comes_in_with_its_pieces_in_township_and_beat(city: City, layer: Any) -> None:
    beat = BeatFactory(area=city.township, unit=city.station)
    report = streets_import(layer=layer(LINES, street()), edition="e")
    assert report.created == 1
    assert list(StreetPiece.objects.values_list("area", "beat").distinct()) == [(city.township.pk, beat.id)]
    assert StreetPiece.objects.count() == 5
    assert sum(StreetPiece.objects.values_list("length_m", flat=True)) == pytest.approx(98.6, abs=0.2)


def test_streets_twice_change_nothing(city: City, layer: Any) -> None:
    read = layer(LINES, street())
    streets_import(layer=read, edition="e")
    before = list(StreetPiece.objects.order_by("id").values_list("id", flat=True))
    assert streets_import(layer=read, edition="e").unchanged == 1
    assert list(StreetPiece.objects.order_by("id").values_list("id", flat=True)) == before


def test_a_renamed_street_keeps_its_pieces_and_a_moved_one_gets_new_ones(city: City, layer: Any) -> None:
    streets_import(layer=layer(LINES, street()), edition="e")
    before = set(StreetPiece.objects.values_list("id", flat=True))
    assert streets_import(layer=layer(LINES, street(name="演示街")), edition="e").changed == 1
    assert set(StreetPiece.objects.values_list("id", flat=True)) == before
    streets_import(layer=layer(LINES, street(lat=27.76, name="演示街")), edition="e")
    assert Street.objects.count() == 1
    assert not before & set(StreetPiece.objects.values_list("id", flat=True))


def test_a_street_in_the_sea_counts_for_no_township(city: City, layer: Any) -> None:
    streets_import(layer=layer(LINES, street(lat=10.0)), edition="e")
    assert set(StreetPiece.objects.values_list("area", flat=True)) == {None}


# --- doors ------------------------------------------------------------------------------------------------------------
def bring_doors(read: Layer, **fields: Any) -> ImportReport:
    return premises_import(layer=read, active_from=FROM, fields=PremisesFields(**fields))


def test_a_door_comes_in_with_township_station_and_beat(city: City, layer: Any) -> None:
    beat = BeatFactory(area=city.township, unit=city.station)
    report = bring_doors(layer(POINTS, door()))
    stored = Premises.objects.get()
    assert (stored.unit, stored.area, stored.beat, stored.active_from) == (city.station, city.township, beat, FROM)
    assert report.changes == (Change(city.station.id, "premises", stored.id, 1),)


def test_doors_twice_change_nothing(city: City, layer: Any) -> None:
    read = layer(POINTS, door(), door(lon=114.15, ref="d2"))
    first, second = bring_doors(read), bring_doors(read)
    assert (first.created, second.created, second.changed, second.unchanged) == (2, 0, 0, 2)
    assert second.changes == ()


def test_a_changed_address_is_a_new_version_and_leaves_the_state_alone(city: City, layer: Any) -> None:
    bring_doors(layer(POINTS, door()))
    Premises.objects.update(state="gone")
    report = bring_doors(layer(POINTS, door(address="示范路 14 号")))
    stored = Premises.objects.get()
    assert (report.changed, stored.version, stored.address, stored.state) == (1, 2, "示范路 14 号", "gone")


def test_a_door_that_moves_to_the_next_station_leaves_the_old_ones_phones(city: City, layer: Any) -> None:
    bring_doors(layer(POINTS, door()))
    report = bring_doors(layer(POINTS, door(lon=114.15)))
    told = {(change.unit_id, change.op) for change in report.changes}
    assert told == {(city.next_station.id, "put"), (city.station.id, "retract")}
    assert report.changed == 1


def test_bad_doors_are_told_row_by_row_and_the_good_one_comes_in(city: City, layer: Any) -> None:
    report = bring_doors(
        layer(
            POINTS,
            door(),
            door(ref="sea", lon=120.0, lat=25.0),
            door(ref="named", name="某某"),
            door(ref="castle", kind="castle"),
            door(ref="nowhere", address=" "),
            door(),
        )
    )
    told = {(2, "outside_city"), (3, "household_with_name"), (4, "kind_unknown"), (5, "address_missing")}
    assert set(said(report)) == told | {(6, "code_duplicate")}
    assert (report.read, report.created, report.refused) == (6, 1, 5)


def test_a_township_that_no_station_answers_for_is_told(city: City, layer: Any) -> None:
    Unit.objects.get(id=city.station.id).areas.clear()
    assert said(bring_doors(layer(POINTS, door()))) == [(1, "no_unit")]


def test_columns_of_another_name_are_mapped(city: City, layer: Any) -> None:
    raw = feature(shapely.Point(114.05, 27.75), osm="node/7", street="Bulevardi", number=14)
    bring_doors(layer(POINTS, raw), ref="osm", address=("street", "number"), kind_default="enterprise")
    stored = Premises.objects.get()
    assert (stored.external_ref, stored.address, stored.kind) == ("node/7", "Bulevardi 14", "enterprise")
