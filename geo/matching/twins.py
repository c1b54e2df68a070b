"""PURE: lines that are lanes of one street: pavements and cycle tracks drawn beside the carriageway.

OpenStreetMap draws a street with two pavements as three lines six metres apart. No GPS tells which of them was walked,
and no inspector asks: the street was. A pass of the one is a pass of the street, so only one line is counted.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

from geo.matching.network import Floats, Integers

# A lane lies within 15 m of the middle of its street over most of its length, and goes its way.
BESIDE_M = 15.0
BESIDE_SHARE = 0.6
_SAME_WAY_COSINE = np.cos(np.radians(25))
_SAMPLE_M = 5.0
# What is left of crossings between two pavements leads nowhere.
STUB_M = 20.0

Mask = npt.NDArray[np.bool_]


def streets_of(lines: Sequence[shapely.LineString], rank: Sequence[int]) -> Mask:
    """Return which lines are streets of their own: not a lane of a line with a lower rank.

    Lines in a metric CRS. What is left without a joint at one end and under 20 m long goes too. No lines: empty.
    The two carriageways of a wide road have the same rank and both stay: leaving one out would tear the network apart.
    """
    streets = np.array(list(lines), dtype=object)
    lengths_m = shapely.length(streets)
    ranks = np.asarray(rank, dtype=np.int64)
    beside = _beside(streets, lengths_m, ranks)
    kept = lengths_m > 0
    for line in np.argsort(ranks, kind="stable"):
        near, samples = beside.get(int(line), (np.empty((0, 2), np.int64), 1))
        lanes = near[kept[near[:, 1]]]
        kept[line] &= len(np.unique(lanes[:, 0])) < BESIDE_SHARE * samples
    return _without_stubs(streets, lengths_m, kept)


def _beside(streets: npt.NDArray[np.object_], lengths_m: Floats, ranks: Integers) -> dict[int, tuple[Integers, int]]:
    """Return for each line the pairs (its sample, another line beside that sample) and how many samples it has."""
    counts = np.maximum(1, np.rint(lengths_m / _SAMPLE_M)).astype(np.int64)
    owner = np.repeat(np.arange(len(streets)), counts)
    share = (np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts) + 0.5) / counts[owner]
    points = shapely.line_interpolate_point(streets[owner], share, normalized=True)
    heading = _headings(streets[owner], share * lengths_m[owner])
    sample, line = shapely.STRtree(streets).query(points, predicate="dwithin", distance=BESIDE_M)
    foreign = ranks[line] < ranks[owner[sample]]
    sample, line = sample[foreign], line[foreign]
    across = _headings(streets[line], shapely.line_locate_point(streets[line], points[sample]))
    parallel = np.abs(np.sum(heading[sample] * across, axis=1)) >= _SAME_WAY_COSINE
    sample, line = sample[parallel], line[parallel]
    pairs = np.stack([sample, line], axis=1)
    cuts = np.flatnonzero(np.diff(owner[sample])) + 1
    return {
        int(owner[part[0, 0]]): (part, int(counts[owner[part[0, 0]]])) for part in np.split(pairs, cuts) if len(part)
    }


def _headings(lines: npt.NDArray[np.object_], at_m: Floats) -> Floats:
    """Return the unit vector of each line where it is `at_m` along."""
    ends = [
        shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(at_m + d, 0))) for d in (-1.0, 1.0)
    ]
    way = ends[1] - ends[0]
    heading: Floats = way / np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)[:, None]
    return heading


def _without_stubs(streets: npt.NDArray[np.object_], lengths_m: Floats, kept: Mask) -> Mask:
    kept = kept.copy()
    tips = np.stack([shapely.get_coordinates(shapely.get_point(streets, end)) for end in (0, -1)], axis=1)
    while True:
        xy = shapely.get_coordinates(streets[kept])
        places, uses = np.unique(np.rint(xy * 20).astype(np.int64), axis=0, return_counts=True)
        used = {(int(x), int(y)): int(n) for (x, y), n in zip(places, uses, strict=True)}
        loose = [min(used.get((round(x * 20), round(y * 20)), 0) for x, y in pair) < 2 for pair in tips.tolist()]
        stubs = kept & (lengths_m < STUB_M) & np.array(loose, dtype=bool)
        if not stubs.any():
            return kept
        kept &= ~stubs
