"""A moved border touches what lies near it and nothing else; overlaps, holes and another list's codes are said."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely

from geo.imports.areas import areas_import
from geo.imports.layers import read_layer
from geo.imports.premises import premises_import, premises_import_chunks
from geo.imports.report import ImportReport, RowProblem
from geo.imports.spool import ChangeSpool
from geo.imports.streets import streets_import
from geo.models import Area, Premises, StreetPiece, TouchedDay
from tests.conftest import City
from tests.factories import EDITION, LIST, AreaFactory

FROM = date(2026, 1, 1)
# Township 1 of the test city reaches from 114.0° to 114.1° east, township 2 from there to 114.2°.
SOUTH, NORTH = 27.7, 27.8


def layer(folder: Path, *features: tuple[shapely.Geometry, dict[str, Any]]) -> Any:
    rows = [
        {"type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)), "properties": properties}
        for shape, properties in features
    ]
    path = folder / "layer.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    return read_layer(path, ("Point", "LineString", "Polygon", "MultiPolygon"))


def townships(folder: Path, *named: tuple[str, shapely.Geometry], edition: str = EDITION) -> ImportReport:
    rows = [(shape, {"code": code, "name": f"{code}镇"}) for code, shape in named]
    return areas_import(
        layer=layer(folder, *rows), area_list=LIST, edition=edition, level="township", valid_from=FROM
    )  # fmt: skip


def said(report: ImportReport) -> list[tuple[int, str]]:
    return [(entry.row, entry.problem) for entry in report.problems]


def box_of(area: Area) -> tuple[float, float, float, float]:
    west, south, east, north = area.boundary.extent
    return west, south, east, north


@pytest.fixture
def settled(city: City, tmp_path: Path) -> City:
    """Doors and a street on both sides of the border between the first two townships."""
    west, south, east, north = box_of(city.township)
    middle = (south + north) / 2
    spots = {"far": west + 0.02, "near": east - 0.005, "beyond": east + 0.02}
    doors = [
        (shapely.Point(lon, middle), {"ref": ref, "address": ref, "kind": "household"}) for ref, lon in spots.items()
    ]
    premises_import(layer=layer(tmp_path, *doors), active_from=FROM)
    street = shapely.LineString([(east - 0.006, middle), (east - 0.004, middle)])
    streets_import(layer=layer(tmp_path, (street, {"ref": "w"})), edition="e")
    return city


def test_a_moved_border_moves_what_lay_between_and_notes_the_days_of_both(settled: City, tmp_path: Path) -> None:
    versions = dict(Premises.objects.values_list("external_ref", "version"))
    west, south, east, north = box_of(settled.township)
    _, _, far_east, _ = box_of(settled.next_township)
    report = townships(
        tmp_path,
        (settled.township.code, shapely.box(west, south, east - 0.01, north)),
        (settled.next_township.code, shapely.box(east - 0.01, south, far_east, north)),
    )
    areas = dict(Premises.objects.values_list("external_ref", "area_id"))
    assert areas == {
        "far": settled.township.pk,
        "near": settled.next_township.pk,
        "beyond": settled.next_township.pk,
    }
    after = dict(Premises.objects.values_list("external_ref", "version"))
    assert [ref for ref in after if after[ref] != versions[ref]] == ["near"]
    assert {(change.unit_id, change.op) for change in report.changes} == {
        (settled.next_station.id, "put"),
        (settled.station.id, "retract"),
    }
    assert set(StreetPiece.objects.values_list("area_id", flat=True)) == {settled.next_township.pk}
    assert set(TouchedDay.objects.values_list("area_id", flat=True)) == {settled.township.pk, settled.next_township.pk}


def test_the_same_borders_again_touch_nothing(settled: City, tmp_path: Path) -> None:
    same = [(area.code, shapely.box(*box_of(area))) for area in (settled.township, settled.next_township)]
    townships(tmp_path, *same)
    TouchedDay.objects.all().delete()
    report = townships(tmp_path, *same)
    assert (report.unchanged, report.changes) == (2, ())
    assert not TouchedDay.objects.exists()


def test_borders_of_another_edition_move_nothing(settled: City, tmp_path: Path) -> None:
    report = townships(tmp_path, (settled.township.code, shapely.box(114, 27, 114.01, 28)), edition="next year")
    assert (report.created, report.changes) == (1, ())
    assert not TouchedDay.objects.exists()


def test_overlaps_and_holes_are_said_and_the_areas_come_in(db: None, tmp_path: Path) -> None:
    ring = [
        ("1", shapely.box(0, 0, 3, 1)), ("2", shapely.box(0, 2, 3, 3)), ("3", shapely.box(0, 1, 1, 2)),
        ("4", shapely.box(1.9, 1, 3, 2)),
    ]  # fmt: skip
    report = townships(tmp_path, *ring, ("5", shapely.box(2.5, 0.5, 4, 1)))
    assert (report.created, report.refused) == (5, 0)
    assert sorted(said(report)) == [(1, "hole"), (1, "overlap")]
    assert any("also belong to 5" in entry.detail for entry in report.problems)


def test_an_overlap_with_an_area_that_the_file_leaves_alone_is_said(city: City, tmp_path: Path) -> None:
    report = townships(tmp_path, ("new", shapely.box(*box_of(city.township))))
    assert (1, "overlap") in said(report)
    assert city.township.code in report.problems[0].detail


def test_a_code_that_names_another_place_in_another_list_is_said(db: None, tmp_path: Path) -> None:
    AreaFactory(list="statistics", edition="2023", code="7", name="灵泉街道")
    report = townships(tmp_path, ("7", shapely.box(0, 0, 1, 1)))
    assert said(report) == [(1, "code_of_another_list")]
    assert report.refused == 0


def test_a_reference_that_an_earlier_chunk_had_is_a_duplicate(city: City, tmp_path: Path) -> None:
    west, south, east, north = box_of(city.township)
    row = (shapely.Point((west + east) / 2, (south + north) / 2), {"ref": "d", "address": "a", "kind": "household"})
    one = layer(tmp_path, row)
    spool = ChangeSpool()
    report = premises_import_chunks(layers=[one, one], spool=spool, active_from=FROM)
    assert (report.read, report.created, said(report)) == (2, 1, [(1, "code_duplicate")])
    assert [change.unit_id for batch in spool.batches() for change in batch] == [city.station.id]


def test_a_long_report_is_cut_short_on_the_screen() -> None:
    problems = tuple(RowProblem(row, "", "no_unit") for row in range(1, 2002))
    lines = ImportReport(2001, 0, 0, 0, problems).lines()
    assert len(lines) == 1002
    assert "1001 more remarks" in lines[-2]
