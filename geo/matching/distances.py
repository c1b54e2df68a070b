"""PURE: the shortest way between any two crossings within 400 m of each other, computed once for a network.

Each node has a hash table of its own whose size is a power of two, so that all that is asked of one node lies together
in the processor's cache. An entry is one integer: the other node in the upper, millimetres in the lower 32 bits.
"""

from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np

from geo.compiled import compiled, compiled_part
from geo.matching.network import Floats, Integers, Network

LIMIT_M = 400.0
_FREE = -1
# Fibonacci hashing: neighbouring numbers fall far apart.
_SPREAD = 2654435769


class Distances(NamedTuple):
    """Row `n` is `entries[start[n]:start[n + 1]]`; `limit_m` is how far the table reaches."""

    start: Integers
    entries: Integers
    limit_m: float


def distances_of(network: Network, limit_m: float = LIMIT_M) -> Distances:
    """Return the table of a network. Where no way is longer than the limit it holds every pair of nodes."""
    count, other, there_m = _all_ways(network.ends, network.length_m, network.node_start, network.at_node, limit_m)
    # At most two thirds of a row are used: a search then ends after two looks or so.
    sizes = 2 ** np.ceil(np.log2(np.maximum(count, 2) * 1.5)).astype(np.int64)
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    entries = np.full(int(start[-1]), _FREE, dtype=np.int64)
    _fill(start, entries, count, other, there_m)
    return Distances(start, entries, limit_m)


@compiled
def way_m(start: Integers, entries: Integers, one: int, other: int) -> float:
    """Return the length of the shortest way between two nodes; infinite when it is longer than the limit."""
    first = start[one]
    mask = start[one + 1] - first - 1
    place = (other * _SPREAD >> 7) & mask
    while True:
        entry = entries[first + place]
        if entry == _FREE:
            return np.inf
        if entry >> 32 == other:
            return float((entry & 0xFFFFFFFF) / 1000.0)
        place = (place + 1) & mask


@compiled
def _fill(start: Integers, entries: Integers, count: Integers, other: Integers, there_m: Floats) -> None:
    at = 0
    for node in range(len(count)):
        mask = start[node + 1] - start[node] - 1
        for _ in range(count[node]):
            place = (other[at] * _SPREAD >> 7) & mask
            while entries[start[node] + place] != _FREE:
                place = (place + 1) & mask
            entries[start[node] + place] = (other[at] << 32) | int(np.rint(there_m[at] * 1000))
            at += 1


@compiled
def _all_ways(
    ends: Integers, length_m: Floats, node_start: Integers, at_node: Integers, limit_m: float
) -> tuple[Integers, Integers, Floats]:
    """Return how many nodes each node reaches, and one after another which and how far."""
    nodes = len(node_start) - 1
    reach_m, seen, count = np.full(nodes, np.inf), np.empty(nodes, np.int64), np.empty(nodes, np.int64)
    other, there_m = np.empty(1024, np.int64), np.empty(1024, np.float64)
    used = 0
    for node in range(nodes):
        count[node] = _reach(ends, length_m, node_start, at_node, node, limit_m, reach_m, seen)
        found = seen[: count[node]]
        while used + len(found) > len(other):
            more, further_m = np.empty(2 * len(other), np.int64), np.empty(2 * len(other))
            for one in range(used):
                more[one], further_m[one] = other[one], there_m[one]
            other, there_m = more, further_m
        for one in found:
            other[used], there_m[used] = one, reach_m[one]
            reach_m[one] = np.inf
            used += 1
    return count, other[:used], there_m[:used]


@compiled_part
def _reach(
    ends: Integers, length_m: Floats, node_start: Integers, at_node: Integers,
    source: int, limit_m: float, reach_m: Floats, seen: Integers,
) -> int:  # fmt: skip
    """Fill `reach_m` (infinite before) around a node (Dijkstra); return how many nodes it reaches, listed in `seen`."""
    heap = [(0.0, source)]
    reach_m[source] = 0.0
    seen[0] = source
    count = 1
    while len(heap) > 0:
        here_m, node = heappop(heap)
        if here_m > reach_m[node]:
            continue
        for place in range(node_start[node], node_start[node + 1]):
            edge = at_node[place]
            there = ends[edge, 0] + ends[edge, 1] - node
            there_m = here_m + length_m[edge]
            if there_m > limit_m or there_m >= reach_m[there]:
                continue
            if reach_m[there] == np.inf:
                seen[count] = there
                count += 1
            reach_m[there] = there_m
            heappush(heap, (there_m, there))
    return count
