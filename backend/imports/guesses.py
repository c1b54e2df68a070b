"""PURE: which column of a file may hold what an import needs, by its name. A guess that a person confirms, no more."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

# In the order of trust. Written small, without blanks, `_` and `-`; names of shapefiles end after ten letters.
_LON = ("lon", "lng", "long", "longitude", "经度", "东经", "x", "xcoord", "coordx", "easting", "x坐标", "横坐标")
_LAT = ("lat", "latitude", "纬度", "北纬", "y", "ycoord", "coordy", "northing", "y坐标", "纵坐标")
_REF = ("ref", "id", "externalref", "uuid", "guid", "编号", "编码", "门牌编号", "地址编码", "标准地址编码", "dzbm",
        "bm", "code", "objectid", "fid", "序号")  # fmt: skip
_NAME = ("name", "mc", "名称", "xzqmc", "地名", "title")
NAMES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "areas": {
        "code_field": ("code", "adcode", "xzqdm", "区划代码", "行政区划代码", "代码", "编码", "dm", "bm", "id"),
        "name_field": (*_NAME[:3], "区划名称", "行政区名称", "乡镇名称", "乡镇", "街道", *_NAME[3:], "township"),
        "parent_field": ("parent", "parentcode", "上级代码", "上级区划代码", "县代码", "countycode", "pcode"),
    },
    "streets": {
        "ref_field": ("osmid", "osm", *_REF),
        "name_field": (*_NAME, "路名", "道路名称", "街道名称", "roadname", "streetname"),
        "class_field": ("streetclass", "class", "fclass", "highway", "roadclass", "道路等级", "道路类型", "等级",
                        "类型", "type"),
    },
    "premises": {
        "ref_field": _REF,
        "address_field": ("address", "addr", "地址", "详细地址", "标准地址", "门牌地址", "dz", "fulladdress", "street",
                          "路名", "housenumber", "门牌号"),
        "kind_field": ("kind", "类别", "类型", "户类型", "性质", "type"),
        "name_field": ("企业名称", "单位名称", "商户名称", "name", "名称"),
        "plate_field": ("doorplate", "plate", "门牌", "门牌号", "门牌码", "二维码"),
    },
    "officers": {
        "username_field": ("username", "user", "login", "account", "用户名", "账号", "帐号"),
        "name_field": ("name", "姓名", "fullname"),
        "badge_field": ("badgenumber", "badge", "警号", "辅警号", "编号"),
        "unit_field": ("unitcode", "unit", "单位代码", "单位编码", "机构代码", "单位", "所属单位"),
        "roles_field": ("roles", "role", "角色", "职务", "岗位"),
    },
}  # fmt: skip


def columns_guessed(kind: str, columns: Sequence[str], *, is_table: bool) -> dict[str, str]:
    """Return the option of an import → the column that seems to hold it; options without one are left out.

    A column is taken once, by the first option that it fits. Chinese words count inside a longer name too (GCJ02经度).
    """
    wanted: Mapping[str, tuple[str, ...]] = NAMES[kind]
    if is_table and kind != "officers":
        wanted = {"lon_field": _LON, "lat_field": _LAT, **wanted}
    plain = {column: re.sub(r"[\s_\-]+", "", column).lower() for column in columns}
    found: dict[str, str] = {}
    for fits in (_is, _holds):
        for option, words in wanted.items():
            free = {column: name for column, name in plain.items() if column not in found.values()}
            if option not in found and (column := _first(words, free, fits)) is not None:
                found[option] = column
    return found


def _is(word: str, name: str) -> bool:
    return word == name


def _holds(word: str, name: str) -> bool:
    return not word.isascii() and len(word) > 1 and word in name


def _first(words: Sequence[str], names: Mapping[str, str], fits: Callable[[str, str], bool]) -> str | None:
    return next((column for word in words for column, name in names.items() if fits(word, name)), None)
