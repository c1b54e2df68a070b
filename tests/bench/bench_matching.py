"""Measures the whole chain, blob to passes, in CPU seconds, on networks of growing size; prints a table, writes JSON.

`python -m tests.bench.bench_matching`. The walks are those of the simulator (σ 10 m, ρ 0.9, 5 km, a fix every 5 s),
each used REPEATS times: the chain keeps nothing between tracks, so a repetition costs what another track would.
"""

import os
import resource
import time
from typing import Any

import numpy as np

from geo.matching.matcher import ground_of
from geo.matching.network import network_of
from geo.simulator import Conditions, simulate
from patrol.leg_matching import legs_matched
from patrol.track_blob import decode_tracks
from tests.bench.accuracy import blob_of
from tests.bench.bench_report import write_report
from tests.bench.street_networks import STREETS, helsinki_lines, tiled

WALKS, REPEATS = 20, int(os.environ.get("REPEATS", "20"))
# Copies of the extract side by side; the last has some 60,000 edges.
SIZES = {"streets": ({"ranks_up_to": STREETS}, (1, 60)), "with paths": ({}, (1, 40))}


def main() -> None:
    """Measure, print, write the report."""
    rows = [
        measured(name, tiled(helsinki_lines(**chosen), n)) for name, (chosen, sizes) in SIZES.items() for n in sizes
    ]
    for row in rows:
        print("  ".join(f"{key} {value}" for key, value in row.items()))
    write_report("bench-matching", rows)


def measured(name: str, lines: list[Any]) -> dict[str, Any]:
    """Return the figures on one network."""
    network = network_of(lines)
    ground_of(network_of(lines[:50]))
    begun = time.process_time()
    ground = ground_of(network)
    ground_s = time.process_time() - begun
    rng = np.random.default_rng(0)
    walks = [simulate(network, Conditions(rho=0.9), length_m=5000, rng=rng) for _ in range(WALKS)]
    blobs = [blob_of(walk) for walk in walks]
    legs_matched(ground, blobs, ["foot"] * WALKS)
    begun = time.process_time()
    found = legs_matched(ground, blobs * REPEATS, ["foot"] * (WALKS * REPEATS))
    chain_s = time.process_time() - begun
    begun = time.process_time()
    fixes = len(decode_tracks(blobs * REPEATS).t_ms)
    decode_s = time.process_time() - begun
    return {
        "network": name,
        "edges": len(network.street),
        "ground_s": round(ground_s, 2),
        "fixes": fixes,
        "million_fixes_a_cpu_s": round(fixes / chain_s / 1e6, 2),
        "decode_million_a_cpu_s": round(fixes / decode_s / 1e6, 1),
        "bytes_a_fix": round(sum(map(len, blobs)) * REPEATS / fixes, 2),
        "passes": len(found.passes.piece),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    main()
