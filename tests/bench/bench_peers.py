"""Street pieces passed by tracks: ours beside what a user would pick, in one process tree, interleaved, CPU seconds.

`make bench-peers` (PEER_TRACKS=100 PEER_COPIES=80: the streets of a city). Before and after each peer ours does its
work on the same tracks; the ratio is CPU a fix of the peer to that of ours. CPU is that of this process with all
threads, and of PostgreSQL's backend. Peers that compute the same thing (fixes within 25 m; length within a 25 m buffer)
are held against each other.
"""

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.bench import peers
from tests.bench.bench_report import put
from tests.bench.peer_ground import PeerGround, lay, ours, truth

TRACKS, COPIES = int(os.environ.get("PEER_TRACKS", "100")), int(os.environ.get("PEER_COPIES", "80"))
OURS_TIMES = 5
GOALS = {
    "geopandas buffer + overlay": 100, "PostGIS ST_Buffer": 150, "PostGIS ST_DWithin": 15,
    "DuckDB ST_DWithin": 8, "SedonaDB ST_DWithin": 25, "leuvenmapmatching": 1000,
}  # fmt: skip


def main() -> None:
    """Measure, print, write the report."""
    ground = lay(COPIES, TRACKS)
    ours(ground)
    rows = []
    for name, made in contestants(ground):
        rows.append(measured(name, *made))
        print("  ".join(f"{key} {value}" for key, value in rows[-1].items() if key != "pairs"), flush=True)
    right = {"ours": ours(ground), "truth": truth(ground)}
    report = {"tracks": TRACKS, "pieces": len(ground.pieces), "rows": rows, "against_truth": []}
    found = {**right, **{row["name"]: row.pop("pairs") for row in rows}}
    report["against_truth"] = [
        held(ground, name, pairs, right["truth"]) for name, pairs in found.items() if pairs is not None
    ]
    report["agreement"] = agreement(found)
    for row in report["against_truth"] + report["agreement"]:
        print("  ".join(f"{key} {value}" for key, value in row.items()))
    put("peers", report)


def contestants(ground: PeerGround) -> Any:
    """Yield name, (ground, work, CPU of another process) of each; the slow ones get fewer tracks."""
    few, fewest = ground.first(max(1, TRACKS // 4)), ground.first(max(1, TRACKS // 12))
    nothing = lambda: 0.0  # noqa: E731
    yield "geopandas sjoin dwithin", (ground, peers.geopandas_dwithin(ground), nothing)
    yield "DuckDB ST_DWithin", (ground, peers.duckdb_dwithin(ground), nothing)
    yield "SedonaDB ST_DWithin", (ground, peers.sedonadb_dwithin(ground), nothing)
    postgis = peers.PostGIS(ground)
    yield "PostGIS ST_DWithin", (ground, postgis.work(peers.DWITHIN), postgis.cpu_s)
    yield "geopandas buffer + overlay", (few, peers.geopandas_buffer(few), nothing)
    postgis = peers.PostGIS(few)
    yield "PostGIS ST_Buffer", (few, postgis.work(peers.BUFFER), postgis.cpu_s)
    yield "leuvenmapmatching", (fewest, peers.leuven(fewest), nothing)


def measured(name: str, ground: PeerGround, work: Callable[[], Any], elsewhere: Callable[[], float]) -> dict[str, Any]:
    """Return CPU microseconds a fix of the peer, of ours around it, and the ratio."""
    before = ours_s(ground)
    begun, other = time.process_time(), elsewhere()
    pairs = work()
    peer_s = time.process_time() - begun + elsewhere() - other
    ours_a_time = (before + ours_s(ground)) / 2
    fixes = sum(len(walk.t_s) for walk in ground.walks)
    goal = GOALS.get(name)
    return {
        "name": name, "fixes": fixes, "peer_cpu_s": round(peer_s, 3), "peer_us_a_fix": round(1e6 * peer_s / fixes, 1),
        "ours_us_a_fix": round(1e6 * ours_a_time / fixes, 2), "ratio": round(peer_s / ours_a_time, 1), "goal": goal,
        "pairs": pairs,
    }  # fmt: skip


def ours_s(ground: PeerGround) -> float:
    """Return the CPU seconds of ours, the mean of some times."""
    begun = time.process_time()
    for _ in range(OURS_TIMES):
        ours(ground)
    return (time.process_time() - begun) / OURS_TIMES


def held(ground: PeerGround, name: str, pairs: Any, true: Any) -> dict[str, Any]:
    """Return precision, recall and F1 by length, of the tracks which this one had."""
    length_m = ground.pieces["length_m"].to_numpy()
    last = pairs.max() // len(length_m) if len(pairs) else 0
    true = true[true // len(length_m) <= last]
    metres = [float(length_m[some % len(length_m)].sum()) for some in (np.intersect1d(pairs, true), pairs, true)]
    precision, recall = metres[0] / max(1.0, metres[1]), metres[0] / max(1.0, metres[2])
    return {
        "name": name, "precision": round(precision, 3), "recall": round(recall, 3),
        "f1": round(2 * precision * recall / max(1e-9, precision + recall), 3),
        "covered": round(metres[1] / max(1.0, metres[2]) - 1, 3),
    }  # fmt: skip


def agreement(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return how many pairs the peers that compute the same thing do not share."""
    groups = (("geopandas sjoin dwithin", "PostGIS ST_DWithin", "DuckDB ST_DWithin", "SedonaDB ST_DWithin"),
              ("geopandas buffer + overlay", "PostGIS ST_Buffer"))  # fmt: skip
    return [
        {
            "one": first,
            "other": name,
            "pairs": len(found[first]),
            "not shared": len(np.setxor1d(found[first], found[name])),
        }
        for first, *others in groups
        for name in others
    ]


if __name__ == "__main__":
    main()
