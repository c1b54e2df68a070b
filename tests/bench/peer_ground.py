"""PURE: the ground of `make bench-peers`: streets, their pieces, simulated tracks with known truth, what ours finds.

Everyone gets the same tracks, cleaned; the pieces are those of the product (about 20 m).
"""

from dataclasses import dataclass
from typing import Any

import geopandas
import numpy as np
import shapely

from geo.matching.matcher import ground_of
from geo.matching.model import Ground
from geo.matching.network import network_of
from geo.pieces import cut_streets
from geo.simulator import Conditions, Walk, covered_cells, simulate
from patrol.leg_matching import legs_matched
from tests.bench.accuracy import blob_of, segments_of
from tests.bench.street_networks import METRIC_EPSG, STREETS, helsinki_lines, tiled

WALK_M, PASSED_SHARE, BUFFER_M = 4000, 0.6, 25.0


@dataclass(frozen=True)
class PeerGround:
    """`pieces` as geometry; `tracks` (linestrings between fixes, track number); `fixes` (points, track number)."""

    lines: list[Any]
    pieces: geopandas.GeoDataFrame
    ground: Ground
    walks: list[Walk]
    blobs: list[bytes]
    tracks: geopandas.GeoDataFrame
    fixes: geopandas.GeoDataFrame

    def first(self, count: int) -> "PeerGround":
        """Return the same ground with the first tracks only."""
        tracks, fixes = (frame[frame["track"] < count] for frame in (self.tracks, self.fixes))
        return PeerGround(self.lines, self.pieces, self.ground, self.walks[:count], self.blobs[:count], tracks, fixes)

    def pairs(self, track: Any, piece: Any) -> Any:
        """Return (track, piece) as one sorted number each, without doubles."""
        return np.unique(np.asarray(track, dtype=np.int64) * len(self.pieces) + np.asarray(piece, dtype=np.int64))


def lay(copies: int, tracks: int) -> PeerGround:
    """Return copies of the Helsinki streets and walks upon them (σ 10 m, ρ 0.9, a fix every 5 s)."""
    lines = tiled(helsinki_lines(ranks_up_to=STREETS), copies)
    network = network_of(lines)
    pieces = cut_streets(geopandas.GeoDataFrame(geometry=lines, crs=METRIC_EPSG)).reset_index(drop=True)
    pieces["piece"] = np.arange(len(pieces))
    rng = np.random.default_rng(7)
    walks = [simulate(network, Conditions(rho=0.9), length_m=WALK_M, rng=rng) for _ in range(tracks)]
    steps = [segments_of(walk) for walk in walks]
    numbers = np.repeat(np.arange(tracks), [len(frame) for frame in steps])
    ends = np.concatenate([frame[["x0_m", "y0_m", "x1_m", "y1_m"]].to_numpy() for frame in steps]).reshape(-1, 2, 2)
    return PeerGround(
        lines,
        pieces[["piece", "length_m", "geometry"]],
        ground_of(network),
        walks,
        [blob_of(walk) for walk in walks],
        geopandas.GeoDataFrame({"track": numbers}, geometry=shapely.linestrings(ends), crs=METRIC_EPSG),
        _fixes(numbers, ends),
    )


def _fixes(numbers: Any, ends: Any) -> geopandas.GeoDataFrame:
    xy = np.unique(np.column_stack([np.repeat(numbers, 2), ends.reshape(-1, 2)]), axis=0)
    points = shapely.points(xy[:, 1:])
    return geopandas.GeoDataFrame({"track": xy[:, 0].astype(np.int64)}, geometry=points, crs=METRIC_EPSG)


def ours(ground: PeerGround) -> Any:
    """Return the pairs of ours, from blobs: decode, clean, match, 60 % of the piece."""
    found = legs_matched(ground.ground, ground.blobs, ["foot"] * len(ground.blobs)).passes
    return _passed(ground, found.track, found.piece, found.to_m - found.from_m)


def truth(ground: PeerGround) -> Any:
    """Return the pairs that were really walked while the phone recorded."""
    network = ground.ground.network
    track, piece = [], []
    owner = np.repeat(np.arange(len(network.street)), np.ceil(network.length_m).astype(int))
    at_m = np.arange(len(owner)) - np.repeat(np.cumsum(np.ceil(network.length_m)) - np.ceil(network.length_m),
                                             np.ceil(network.length_m).astype(int))  # fmt: skip
    street = network.street[owner]
    which = np.minimum((network.from_m[owner] + at_m) / network.piece_m[street],
                       np.diff(network.first_piece)[street] - 1).astype(np.int64)  # fmt: skip
    of_cell = network.first_piece[street] + which
    for number, walk in enumerate(ground.walks):
        cells = np.flatnonzero(covered_cells(network, walk))
        piece.append(of_cell[cells])
        track.append(np.full(len(cells), number))
    one = np.concatenate(piece)
    return _passed(ground, np.concatenate(track), one, np.ones(len(one)))


def _passed(ground: PeerGround, track: Any, piece: Any, metres: Any) -> Any:
    """Return the pairs whose metres are at least 60 % of the piece."""
    key = np.asarray(track, dtype=np.int64) * len(ground.pieces) + piece
    keys, place = np.unique(key, return_inverse=True)
    sums = np.bincount(place, weights=metres)
    return keys[sums >= PASSED_SHARE * ground.pieces["length_m"].to_numpy()[keys % len(ground.pieces)]]
