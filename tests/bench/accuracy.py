"""Holds the matched streets against walks whose every metre is known; prints a table, writes accuracy.json.

`python -m tests.bench.accuracy` (`make accuracy`). WALKS=2 walks of 5 km for each of five seeds, condition and network.
The numbers of the model were chosen on the seeds "tuned"; the figures to quote are those of the seeds "fresh".
The truth: metres of streets walked while the phone recorded. The buffer is what people use today, on the same fixes.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.coverage import BUFFER_M
from geo.matching.matcher import Matched, ground_of
from geo.matching.model import Ground
from geo.matching.network import Network, network_of
from geo.matching.twins import _headings
from geo.simulator import Conditions, Walk, cell_start, covered_cells, mark, simulate
from patrol.leg_matching import legs_matched
from patrol.track_blob import encode_track
from patrol.tracks import clean_fixes, track_segments
from tests.bench.bench_report import write_report
from tests.bench.street_networks import STREETS, YARDS, helsinki_lines

WALKS = int(os.environ.get("WALKS", "2"))
SEEDS = {"fresh": range(200, 205), "tuned": range(5)}
LENGTH_M = 5000
NETWORKS: dict[str, dict[str, Any]] = {
    "streets": {"ranks_up_to": STREETS},
    "streets and yards": {"ranks_up_to": YARDS},
    "with paths": {},
    "every line, pavements too": {"without_lanes": False},
}
# sigma, rho, the goal of 4-coverage.md for F1 on all streets and where one lies parallel.
CONDITIONS = {
    "σ 10 m white": (Conditions(), 0.97, 0.94),
    "σ 10 m ρ 0.9": (Conditions(rho=0.9), 0.97, 0.94),
    "σ 20 m ρ 0.9": (Conditions(sigma_m=20, rho=0.9), 0.95, None),
    "σ 5 m ρ 0.9": (Conditions(sigma_m=5, rho=0.9), None, None),
}
COLUMNS = (
    "f1",
    "f1_parallel",
    "precision",
    "recall",
    "covered",
    "pieces",
    "km",
    "off",
    "buffer_f1",
    "buffer_covered",
    "raw_km",
)


@dataclass
class Tally:
    """Metres by what they are: rightly, wrongly, not found; all, and where a parallel street lies 15 to 35 m away."""

    right: float = 0.0
    wrong: float = 0.0
    missed: float = 0.0

    def add(self, truth: Any, found: Any, where: Any = True) -> None:
        """Count one walk."""
        self.right += float((truth & found & where).sum())
        self.wrong += float((found & ~truth & where).sum())
        self.missed += float((truth & ~found & where).sum())

    def f1(self) -> float:
        """Return F1 by length."""
        return 2 * self.right / max(1.0, 2 * self.right + self.wrong + self.missed)

    def excess(self) -> float:
        """Return by which share the covered length is too long."""
        return (self.right + self.wrong) / max(1.0, self.right + self.missed) - 1


def main() -> None:
    """Measure every network under every condition, print, write the report."""
    rows = []
    print(f"{'network':<27}{'condition':<14}{'seeds':<6}" + "".join(f"{name:>15}" for name in COLUMNS))
    for name, chosen in NETWORKS.items():
        network = network_of(helsinki_lines(**chosen))
        ground, parallel = ground_of(network), has_parallel(network)
        for condition, (conditions, goal, goal_parallel) in CONDITIONS.items():
            for seeds, numbers in SEEDS.items():
                row = measured(ground, parallel, conditions, numbers)
                what = {"network": name, "condition": condition, "seeds": seeds}
                rows.append({**what, **row, "goal": goal, "goal_parallel": goal_parallel})
                figures = "".join(f"{row[column]:>15.4f}" for column in COLUMNS)
                print(f"{name:<27}{condition:<14}{seeds:<6}" + figures, flush=True)
    write_report("accuracy", {"walks_a_seed": WALKS, "length_m": LENGTH_M, "rows": rows})


def measured(ground: Ground, parallel: Any, conditions: Conditions, seeds: Iterable[int]) -> dict[str, float]:
    """Return the figures of one condition."""
    network = ground.network
    walks = [
        simulate(network, conditions, length_m=LENGTH_M, rng=rng)
        for rng in map(np.random.default_rng, seeds)
        for _ in range(WALKS)
    ]
    found = legs_matched(ground, [blob_of(walk) for walk in walks], ["foot"] * len(walks))
    every, beside, buffered = Tally(), Tally(), Tally()
    pieces_m = true_m = raw_m = walked_m = 0.0
    for number, walk in enumerate(walks):
        truth, matched = covered_cells(network, walk), matched_cells(network, found, number)
        every.add(truth, matched)
        beside.add(truth, matched, parallel)
        segments = segments_of(walk)
        buffered.add(truth, buffer_cells(network, segments))
        pieces_m += piece_metres(network, found, number)
        true_m += float(truth.sum())
        raw_m += float(segments["length_m"].sum())
        walked_m += float(np.diff(walk.recorded_m, axis=1).sum())
    spans = found.spans
    matched_m = np.where(spans[:, 0] >= 0, np.abs(spans[:, 2] - spans[:, 1]), spans[:, 2]).sum()
    off_s = (spans[:, 4] - spans[:, 3])[spans[:, 0] < 0].sum()
    return {
        "f1": every.f1(),
        "f1_parallel": beside.f1(),
        "precision": every.right / (every.right + every.wrong),
        "recall": every.right / (every.right + every.missed),
        "covered": every.excess(),
        "pieces": pieces_m / true_m - 1,
        "km": float(matched_m) / walked_m - 1,
        "off": float(off_s) / sum(walk.recorded_s for walk in walks),
        "buffer_f1": buffered.f1(),
        "buffer_covered": buffered.excess(),
        "raw_km": raw_m / walked_m - 1,
    }


def blob_of(walk: Walk) -> bytes:
    """Return the walk's fixes as a leg's blob."""
    return encode_track((walk.t_s * 1000).astype(np.int64), walk.x_m, walk.y_m, walk.accuracy_m)


def matched_cells(network: Network, found: Matched, track: int) -> Any:
    """Return which metres of the edges the matcher says were passed."""
    starts = cell_start(network)
    cells = np.zeros(int(starts[-1]), dtype=bool)
    for edge, begin, end, *_ in found.spans[found.span_start[track] : found.span_start[track + 1]].tolist():
        if edge >= 0:
            mark(cells, starts, int(edge), begin, end)
    return cells


def piece_metres(network: Network, found: Matched, track: int) -> float:
    """Return the length of the pieces of which at least 60 % were passed: what the product would publish."""
    own = found.passes.track == track
    passed_m = np.bincount(
        found.passes.piece[own],
        weights=(found.passes.to_m - found.passes.from_m)[own],
        minlength=int(network.first_piece[-1]),
    )
    piece_m = np.repeat(network.piece_m, np.diff(network.first_piece))
    return float(piece_m[passed_m >= 0.6 * piece_m].sum())


def segments_of(walk: Walk) -> pd.DataFrame:
    """Return the cleaned track as the product has it without matching."""
    columns = {
        "t_ms": (walk.t_s * 1000).astype(np.int64),
        "x_m": walk.x_m,
        "y_m": walk.y_m,
        "accuracy_m": walk.accuracy_m,
    }
    fixes = pd.DataFrame(columns).assign(block="a", ordinal=range(len(walk.t_s)))
    return track_segments(clean_fixes(fixes, mode="foot", started_ms=0, ended_ms=None), mode="foot")


def buffer_cells(network: Network, segments: pd.DataFrame) -> Any:
    """Return which metres of the edges lie within 25 m of the track."""
    ends = segments[["x0_m", "y0_m", "x1_m", "y1_m"]].to_numpy().reshape(-1, 2, 2)
    points = middles(network)[0]
    cells = np.zeros(len(points), dtype=bool)
    cells[shapely.STRtree(shapely.linestrings(ends)).query(points, predicate="dwithin", distance=BUFFER_M)[0]] = True
    return cells


def middles(network: Network) -> tuple[Any, Any, Any, Any]:
    """Return the middle of each metre, its heading, its edge, and the edges as lines."""
    corners = np.stack([network.corner_x_m, network.corner_y_m], axis=1)
    owner = np.repeat(np.arange(len(network.street)), np.diff(network.corner_start))
    lines = shapely.linestrings(corners, indices=owner)
    starts = cell_start(network)
    edge = np.repeat(np.arange(len(lines)), np.diff(starts))
    at_m = np.arange(starts[-1]) - starts[edge] + 0.5
    return shapely.line_interpolate_point(lines[edge], at_m), _headings(lines[edge], at_m), edge, lines


def has_parallel(network: Network) -> Any:
    """Return which metres have another edge 15 to 35 m beside them that goes the same way within 25°."""
    points, heading, edge, lines = middles(network)
    cell, other = shapely.STRtree(lines).query(points, predicate="dwithin", distance=35)
    cell, other = cell[edge[cell] != other], other[edge[cell] != other]
    at_m = shapely.line_locate_point(lines[other], points[cell])
    across = shapely.get_coordinates(shapely.line_interpolate_point(lines[other], at_m)) - shapely.get_coordinates(
        points[cell]
    )
    away_m = np.hypot(across[:, 0], across[:, 1])
    same_way = np.abs((heading[cell] * _headings(lines[other], at_m)).sum(axis=1)) > np.cos(np.radians(25))
    # Beside, not ahead: the continuation of the same street is no parallel one.
    abreast = np.abs((across * heading[cell]).sum(axis=1)) < 0.5 * away_m
    beside = np.zeros(len(points), dtype=bool)
    beside[cell[same_way & abreast & (away_m >= 15)]] = True
    return beside


if __name__ == "__main__":
    main()
