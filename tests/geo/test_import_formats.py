"""Any file a bureau has comes in, with its CRS and encoding said by somebody; what nobody says is refused by a code."""

import zipfile
from pathlib import Path
from typing import Any

import geopandas
import pandas
import pyogrio
import pytest
import shapely

from backend.common.problems import Problem
from geo.gcj02 import gcj02_to_bd09, wgs84_to_gcj02
from geo.imports import geojson
from geo.imports.encodings import misread
from geo.imports.layers import Layer, layer_chunks, read_layer
from geo.imports.source import Source

POINTS, LINES, POLYGONS = ("Point",), ("LineString",), ("Polygon", "MultiPolygon")
# U+2CB2E is outside the Basic Multilingual Plane and in no GB 2312.
NAME = "𬮤山镇"
LON, LAT = 114.4, 27.8
OSM = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "osm" / "Helsinki.osm.pbf"


def doors(crs: str | None = "EPSG:4490") -> geopandas.GeoDataFrame:
    columns = {"ref": ["007", "b"], "address": [NAME, "示范路 2 号"]}
    shapes = [shapely.Point(LON, LAT), shapely.Point(LON + 0.1, LAT)]
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs=crs)


def written(folder: Path, kind: str, frame: geopandas.GeoDataFrame | None = None, **options: Any) -> Path:
    frame = doors() if frame is None else frame
    path = folder / f"doors.{kind}"
    if kind == "zip":
        frame.to_file(folder / "门.shp", engine="pyogrio", **options)
        with zipfile.ZipFile(path, "w") as archive:
            for part in folder.glob("门.*"):
                archive.write(part, f"数据/{part.name}")
        return path
    if kind == "parquet":
        frame.to_parquet(path)
    elif kind == "kml":
        frame.to_crs(4326).to_file(path, driver="LIBKML", engine="pyogrio")
    elif kind in ("csv", "xlsx"):
        table = pandas.DataFrame(frame.drop(columns="geometry")).assign(经度=frame.geometry.x, 纬度=frame.geometry.y)
        if kind == "csv":
            table.to_csv(path, index=False, encoding=options.get("encoding", "utf-8-sig"))
        else:
            pyogrio.write_dataframe(table, path, driver="XLSX")
    else:
        frame.to_file(path, engine="pyogrio", **options)
    return path


def table(path: Path, **said: str) -> Source:
    return Source(path, **{"crs": "EPSG:4490", "lon": "经度", "lat": "纬度", **said})


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("kind", ["geojson", "zip", "gpkg", "parquet", "fgb", "kml", "csv", "xlsx"])
def test_every_format_brings_the_same_doors(tmp_path: Path, kind: str) -> None:
    # FlatGeobuf sorts its rows for an index of places.
    path = written(tmp_path, kind, **({"SPATIAL_INDEX": "NO"} if kind == "fgb" else {}))
    read = read_layer(table(path) if kind in ("csv", "xlsx") else path, POINTS)
    assert read.frame["row"].to_list() == [1, 2]
    assert read.frame["ref"].to_list() == ["007", "b"]
    assert read.frame["address"].to_list() == [NAME, "示范路 2 号"]
    assert read.frame.crs.to_epsg() == 4326
    assert read.frame.geometry.iloc[0].equals_exact(shapely.Point(LON, LAT), 1e-6)


@pytest.mark.skipif(not OSM.exists(), reason="the extract lies beside the repository")
def test_the_streets_of_an_osm_extract_are_its_highways() -> None:
    read = read_layer(OSM, LINES)
    assert len(read.frame) > 2000
    assert {"osm_id", "name", "highway"} <= set(read.frame.columns)
    assert read.frame["highway"].notna().all()


# --- the CRS ----------------------------------------------------------------------------------------------------------
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["zip", "gpkg", "fgb", "parquet", "csv"])
def test_a_file_that_names_no_crs_is_refused_until_somebody_says_it(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, kind, doors(None), **({"encoding": "UTF-8"} if kind == "zip" else {}))
    named = {"lon": "经度", "lat": "纬度"} if kind == "csv" else {}
    with pytest.raises(Problem) as refused:
        read_layer(Source(path, **named), POINTS)
    assert refused.value.code == "crs_missing"
    assert len(read_layer(Source(path, crs="EPSG:4326", **named), POINTS).frame) == 2


@pytest.mark.parametrize("asked", ["EPSG:4547", "gcj02"])
def test_a_file_that_names_another_crs_than_its_sender_is_refused(tmp_path: Path, asked: str) -> None:
    with pytest.raises(Problem, match="EPSG:4490") as refused:
        read_layer(Source(written(tmp_path, "gpkg"), crs=asked), POINTS)
    assert refused.value.code == "crs_conflict"


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_same_crs_in_other_words_is_no_conflict(tmp_path: Path) -> None:
    """The .prj of a Shapefile has Esri's names."""
    path = written(tmp_path, "zip", doors().to_crs(4547), encoding="UTF-8")
    read = read_layer(Source(path, crs="EPSG:4547"), POINTS)
    assert read.frame.geometry.iloc[0].equals_exact(shapely.Point(LON, LAT), 1e-6)


@pytest.mark.parametrize("shifted", ["gcj02", "bd09"])
def test_points_of_a_chinese_web_map_come_back_to_where_they_are(tmp_path: Path, shifted: str) -> None:
    lon, lat = wgs84_to_gcj02(LON, LAT)
    if shifted == "bd09":
        lon, lat = gcj02_to_bd09(lon, lat)
    frame = doors(None)[:1].set_geometry([shapely.Point(float(lon), float(lat))])
    read = read_layer(table(written(tmp_path, "csv", frame), crs=shifted), POINTS)
    # A hundred-millionth of a degree is a millimetre.
    assert read.frame.geometry.iloc[0].equals_exact(shapely.Point(LON, LAT), 1e-8)


def test_an_unknown_crs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="nothing is guessed"):
        read_layer(table(written(tmp_path, "csv"), crs="火星坐标"), POINTS)


# --- the encoding -----------------------------------------------------------------------------------------------------
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_gbk_shapefile_is_read_as_it_declares_or_as_its_sender_says(tmp_path: Path) -> None:
    frame = doors().assign(address=["宜春市袁州区", "示范路 2 号"])
    path = written(tmp_path, "zip", frame, encoding="GBK")
    assert read_layer(path, POINTS).frame["address"].iloc[0] == "宜春市袁州区"
    bare = tmp_path / "bare.zip"
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(bare, "w") as without:
        for name in archive.namelist():
            if not name.endswith(".cpg"):
                without.writestr(name, archive.read(name))
    with pytest.raises(Problem) as refused:
        read_layer(bare, POINTS)
    assert refused.value.code == "encoding_missing"
    with pytest.raises(Problem, match="row 1") as refused:
        read_layer(Source(bare, encoding="UTF-8"), POINTS)
    assert refused.value.code == "encoding_wrong"
    assert read_layer(Source(bare, encoding="GBK"), POINTS).frame["address"].iloc[0] == "宜春市袁州区"


def test_a_table_in_gb18030_is_refused_until_its_encoding_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, "csv", encoding="gb18030")
    with pytest.raises(Problem) as refused:
        read_layer(table(path), POINTS)
    assert refused.value.code == "encoding_missing"
    assert read_layer(table(path, encoding="GBK"), POINTS).frame["address"].iloc[0] == NAME


@pytest.mark.parametrize(
    ("written_in", "read_as"), [("utf-8", "gb18030"), ("gb18030", "latin-1"), ("utf-8", "latin-1"), ("utf-8", "cp1252")]
)
def test_text_that_was_read_in_a_wrong_encoding_is_found(written_in: str, read_as: str) -> None:
    assert misread("南昌市中心".encode(written_in).decode(read_as, errors="replace"))
    assert misread("锟斤拷")


@pytest.mark.parametrize("text", [NAME, "联通公司", "Hämeentie 12", "Ääkkönen", "示范路 12 号", "Café", "é", "袁州区"])
def test_text_that_is_right_is_left_alone(text: str) -> None:
    assert not misread(text)


# --- layers, rows, what is no such file -------------------------------------------------------------------------------
def test_one_of_several_layers_is_chosen_by_its_name(tmp_path: Path) -> None:
    path = written(tmp_path, "gpkg", layer="doors")
    doors()[:1].to_file(path, layer="others", engine="pyogrio")
    with pytest.raises(Problem, match="doors, others") as refused:
        read_layer(path, POINTS)
    assert refused.value.code == "layer_unclear"
    assert len(read_layer(Source(path, layer="others"), POINTS).frame) == 1


def test_a_row_of_a_table_without_numbers_is_told(tmp_path: Path) -> None:
    path = tmp_path / "doors.csv"
    path.write_text("ref;经度;纬度\na;114.4;27.8\nb;东边;27.8\n", encoding="utf-8")
    read = read_layer(table(path), POINTS)
    assert [(entry.row, entry.problem, entry.detail) for entry in read.problems] == [
        (2, "coordinates_unreadable", "东边, 27.8")
    ]
    assert (len(read.frame), read.rows_read) == (1, 2)


def test_a_multi_of_one_part_is_that_part_and_lines_that_follow_each_other_are_one(tmp_path: Path) -> None:
    lines = [[(114, 27), (114.1, 27)], [(114.1, 27), (114.2, 27)]]
    apart = [[(114, 27), (114.1, 27)], [(114.3, 27), (114.2, 27)]]
    shapes = [shapely.MultiLineString(lines), shapely.MultiLineString(apart)]
    path = written(tmp_path, "gpkg", geopandas.GeoDataFrame({"ref": ["a", "b"]}, geometry=shapes, crs=4326))
    read = read_layer(path, LINES)
    assert read.frame["ref"].to_list() == ["a"]
    assert [(entry.row, entry.detail) for entry in read.problems] == [(2, "a MultiLineString")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.gpkg", b"<OGRVRTDataSource/>"),
        ("a.kml", b"<OGRVRTDataSource><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTDataSource>"),
        ("a.kml", b'<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml/>'),
        ("a.zip", b"PK but no more"),
        ("a.parquet", b"PAR1"),
        ("a.xlsx", b"no spreadsheet"),
        ("a.exe", b"MZ"),
        ("a.fgb", b"fgb\x04"),
    ],
)
def test_what_is_not_what_its_name_says_is_unreadable(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Problem) as refused:
        read_layer(Source(path, crs="EPSG:4326", lon="x", lat="y"), POINTS)
    assert refused.value.code == "file_unreadable"


def test_a_large_geojson_goes_through_gdal_with_the_same_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "geojson", doors("EPSG:4326"))
    small = read_layer(path, POINTS)
    monkeypatch.setattr("geo.imports.layers.WHOLE_BYTES", 0)
    large = read_layer(path, POINTS)
    assert geojson.WHOLE_BYTES > 0
    assert large.frame["ref"].to_list() == small.frame["ref"].to_list()
    assert large.frame.geometry.equals(small.frame.geometry)


def test_progress_is_told_and_may_end_the_reading(tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    with layer_chunks(written(tmp_path, "gpkg"), POINTS, lambda done, of: told.append((done, of))) as chunks:
        layers: list[Layer] = list(chunks)
    assert told == [(0, 2), (2, 2)]
    assert len(layers) == 1
