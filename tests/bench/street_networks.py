"""SHELL: the street networks on which matching is measured: the shipped extract of Helsinki, whole or its streets."""

import gzip
import io
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely

from geo.matching.network import Network, network_of
from geo.matching.twins import streets_of

SHIPPED = Path(__file__).resolve().parents[2] / "backend" / "demo" / "data" / "helsinki_streets.geojson.gz"
METRIC_EPSG = 3067
# What a lane lies beside, first: carriageways, then places to walk, yards, and paths last.
RANKS = {
    "primary": 0, "primary_link": 0, "secondary": 0, "tertiary": 0, "tertiary_link": 0, "unclassified": 1,
    "residential": 1,     "living_street": 1, "pedestrian": 2,
    "service": 3, "cycleway": 4, "footway": 5, "path": 5, "steps": 5, "trail": 6,
}  # fmt: skip
STREETS, YARDS = 2, 3


def helsinki_lines(*, ranks_up_to: int = 9, without_lanes: bool = True) -> list[Any]:
    """Return the lines of the largest connected part, in EPSG:3067; lanes beside a street left out unless asked for."""
    frame = geopandas.read_file(io.BytesIO(gzip.decompress(SHIPPED.read_bytes()))).to_crs(epsg=METRIC_EPSG)
    ranks = frame["highway"].map(RANKS).fillna(99)
    frame, ranks = frame[ranks <= ranks_up_to], ranks[ranks <= ranks_up_to].astype(int)
    lines = list(frame.geometry)
    if without_lanes:
        chosen = streets_of(lines, ranks.to_list())
        lines = [line for line, is_chosen in zip(lines, chosen, strict=True) if is_chosen]
    return _largest_part(lines)


def tiled(lines: list[Any], copies: int) -> list[Any]:
    """Return the lines and copies of them side by side, a kilometre of nothing between: a city of any size."""
    west, _, east, _ = shapely.total_bounds(np.array(lines, dtype=object))
    step_m = east - west + 1000
    return [
        shapely.transform(line, lambda xy, k=k: xy + np.array([k * step_m, 0.0]))
        for k in range(copies)
        for line in lines
    ]


def _largest_part(lines: list[Any]) -> list[Any]:
    network = network_of(lines)
    part = parts_of(network)
    largest = np.argmax(np.bincount(part, weights=network.length_m))
    return [lines[street] for street in np.unique(network.street[part == largest])]


def parts_of(network: Network) -> Any:
    """Return a number for each edge: the same for those that hang together."""
    root = list(range(len(network.node_start) - 1))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for a, b in network.ends.tolist():
        root[find(a)] = find(b)
    return np.array([find(a) for a in network.ends[:, 0].tolist()], dtype=np.int64)
