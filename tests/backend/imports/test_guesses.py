"""Columns are guessed by their names, each once; a remark page says how many there are of each."""

import io

import pytest

from backend.imports.guesses import columns_guessed
from backend.imports.remarks import PAGE, remarks_read


@pytest.mark.parametrize(
    ("kind", "columns", "guessed"),
    [
        ("premises", ["LNG", "Lat", "ID", "Addr"],
         {"lon_field": "LNG", "lat_field": "Lat", "ref_field": "ID", "address_field": "Addr"}),
        ("premises", ["标准地址编码", "WGS84经度", "WGS84纬度", "门牌地址", "户类型"],
         {"ref_field": "标准地址编码", "lon_field": "WGS84经度", "lat_field": "WGS84纬度", "address_field": "门牌地址",
          "kind_field": "户类型"}),
        ("areas", ["XZQDM", "XZQMC", "geometry_id"], {"code_field": "XZQDM", "name_field": "XZQMC"}),
        ("officers", ["警号", "姓名", "用户名", "单位代码", "经度"],
         {"username_field": "用户名", "name_field": "姓名", "badge_field": "警号", "unit_field": "单位代码"}),
        ("streets", ["a", "b"], {}),
    ],
)  # fmt: skip
def test_a_column_is_guessed_by_its_name(kind: str, columns: list[str], guessed: dict[str, str]) -> None:
    assert columns_guessed(kind, columns, is_table=True) == guessed


def test_a_layer_with_shapes_is_not_asked_for_columns_of_coordinates() -> None:
    assert "lon_field" not in columns_guessed("premises", ["lon", "lat"], is_table=False)


def test_remarks_come_by_pages_and_the_refusals_are_counted_first() -> None:
    rows = [f"{row},c{row},note,overlap,x" for row in range(1, PAGE + 3)] + ["99,z,refused,code_missing,"]
    text = "\n".join(["row,code,outcome,problem,detail", *rows])
    first = remarks_read(io.StringIO(text))
    assert [entry["problem"] for entry in first["summary"]] == ["code_missing", "overlap"]
    assert (len(first["results"]), first["next"]) == (PAGE, PAGE)
    rest = remarks_read(io.StringIO(text), problem="overlap", after=PAGE)
    assert ([row["row"] for row in rest["results"]], rest["next"]) == ([PAGE + 1, PAGE + 2], None)
