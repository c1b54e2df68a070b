"""The engine at size: legs read from PostgreSQL, blob to passes to the state of pieces to sums; doors. CPU seconds.

`make bench-engine`. SHARES are parts of a city's three months (1 = 95,000 tracks, 71 million fixes; a province is
10.6); each is measured, so that the table shows whether cost grows with size alone. A library of simulated walks is
repeated over 80 copies of the Helsinki streets (about 60,000 segments in 186 townships), in chunks, so that memory is
bounded. The state kept here (last day, last night, passes of a piece and day) is that of 4-coverage.md; the product
keeps it as rows of PieceLeg, whose writing `make bench-night` measures. Nothing is asserted.
"""

import os
import resource
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import psycopg

from geo.matching.matcher import ground_of
from geo.matching.model import Ground
from geo.matching.network import network_of
from geo.simulator import Conditions, Walk, simulate
from patrol.leg_matching import legs_matched
from patrol.track_blob import decode_tracks, encode_track
from tests.bench.bench_report import put
from tests.bench.processes_cpu import _own_s
from tests.bench.street_networks import STREETS, helsinki_lines, tiled

SHARES = [float(one) for one in (os.environ.get("SHARES") or "0.01,0.02,0.04").split(",")]
CITY_TRACKS, DAYS, COPIES, TOWNSHIPS, LIBRARY = 95_000, 90, 80, 186, 40
WALK_M, CHUNK, PASSED_SHARE, DAY_MS = 4000, 500, 0.6, 86_400_000
WINDOWS = (7, 30, 90)


def main() -> None:
    """Measure, print, write the report."""
    lines = helsinki_lines(ranks_up_to=STREETS)
    library = walked(lines)
    ground = ground_of(network_of(tiled(lines, COPIES)))
    step_m = copy_step_m(ground, len(lines))
    rebuilt(ground, library, step_m, 50)
    rows = [rebuilt(ground, library, step_m, round(CITY_TRACKS * share)) for share in SHARES]
    rows += [read(library, 5000), doors(10_000_000, 12_000_000)]
    for row in rows:
        print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)
    put("engine", rows)


def walked(lines: list[Any]) -> list[Walk]:
    """Return the walks of the library, all on the first copy."""
    network, rng = network_of(lines), np.random.default_rng(1)
    return [simulate(network, Conditions(rho=0.9), length_m=WALK_M, rng=rng) for _ in range(LIBRARY)]


def copy_step_m(ground: Ground, streets: int) -> float:
    """Return how far one copy lies from the next."""
    network = ground.network
    first = int(np.searchsorted(network.street, streets))
    return float(network.corner_x_m[network.corner_start[first]] - network.corner_x_m[0])


def chunks(library: list[Walk], step_m: float, tracks: int) -> Iterator[list[bytes]]:
    """Yield blobs: walk after walk, copy after copy, day after day."""
    for first in range(0, tracks, CHUNK):
        numbers = range(first, min(tracks, first + CHUNK))
        yield [shifted(library[n % LIBRARY], n // LIBRARY % COPIES * step_m, n % DAYS, n % 3 == 0) for n in numbers]


def shifted(walk: Walk, east_m: float, day: int, is_night: bool) -> bytes:
    """Return the walk's blob on another copy, on a day from 9 or from 21 o'clock."""
    start_ms = day * DAY_MS + (21 if is_night else 9) * 3_600_000
    return encode_track((walk.t_s * 1000).astype(np.int64) + start_ms, walk.x_m + east_m, walk.y_m, walk.accuracy_m)


def rebuilt(ground: Ground, library: list[Walk], step_m: float, tracks: int) -> dict[str, Any]:
    """Return what the whole rebuild of so many tracks costs; making the blobs is not counted."""
    network = ground.network
    pieces = int(network.first_piece[-1])
    last = np.full((2, pieces), -1, dtype=np.int16)
    counts = np.zeros((DAYS, pieces), dtype=np.uint16)
    fixes, used_s = 0, 0.0
    for blobs in chunks(library, step_m, tracks):
        fixes += sum((len(blob) - 17) // 7 for blob in blobs)
        begun = time.process_time()
        merge(last, counts, *passed(ground, blobs))
        used_s += time.process_time() - begun
    begun = time.process_time()
    covered_m = sums(network, last)
    used_s += time.process_time() - begun
    return {
        "what": "rebuild", "share": round(tracks / CITY_TRACKS, 4), "tracks": tracks, "fixes": fixes,
        "cpu_s": round(used_s, 2), "million_fixes_a_cpu_s": round(fixes / used_s / 1e6, 3),
        "city_at_this_rate_cpu_s": round(71e6 * used_s / fixes, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "covered_km": round(covered_m / 1000),
    }  # fmt: skip


def passed(ground: Ground, blobs: list[bytes]) -> tuple[Any, Any, Any]:
    """Return piece, day and part (0 day, 1 night) of what each leg passed: at least 60 % of the piece."""
    network, found = ground.network, legs_matched(ground, blobs, ["foot"] * len(blobs)).passes
    piece_m = np.repeat(network.piece_m, np.diff(network.first_piece))
    hour = (found.from_s % 86_400) // 3600
    moment = (found.from_s // 86_400).astype(np.int64) * 2 + ((hour >= 20) | (hour < 6))
    key = (found.track.astype(np.int64) * (2 * DAYS + 2) + moment) * len(piece_m) + found.piece
    keys, place = np.unique(key, return_inverse=True)
    metres = np.bincount(place, weights=found.to_m - found.from_m)
    keys = keys[metres >= PASSED_SHARE * piece_m[keys % len(piece_m)]]
    moment = keys // len(piece_m) % (2 * DAYS + 2)
    return keys % len(piece_m), np.minimum(moment // 2, DAYS - 1), moment % 2


def merge(last: Any, counts: Any, piece: Any, day: Any, part: Any) -> None:
    """Put the passes into the state; the order of the merges does not matter."""
    np.maximum.at(last, (part, piece), day.astype(np.int16))
    np.add.at(counts, (day, piece), 1)


def sums(network: Any, last: Any) -> float:
    """Return covered metres; by township, beat, window and part they are sums of the same arrays."""
    piece_m = np.repeat(network.piece_m, np.diff(network.first_piece))
    township = np.arange(len(piece_m)) * TOWNSHIPS // len(piece_m)
    beat = np.arange(len(piece_m)) * TOWNSHIPS * 20 // len(piece_m)
    for days in WINDOWS:
        for state in (last[0], last[1], last.max(axis=0)):
            covered = np.where(state >= DAYS - days, piece_m, 0.0)
            np.bincount(township, weights=covered)
            np.bincount(beat, weights=covered)
    return float(piece_m[last.max(axis=0) >= 0].sum())


def read(library: list[Walk], tracks: int) -> dict[str, Any]:
    """Return what reading legs costs, from a table of blobs as the product has it, Python's and PostgreSQL's CPU."""
    blobs = [shifted(library[n % LIBRARY], 0.0, n % DAYS, False) for n in range(tracks)]
    address = os.environ["DATABASE_URL"].replace("postgis://", "postgresql://")
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TEMP TABLE legs (track bytea)")
        connection.execute("ALTER TABLE legs ALTER track SET STORAGE EXTERNAL")
        with connection.cursor() as cursor, cursor.copy("COPY legs FROM STDIN") as copy:
            for blob in blobs:
                copy.write_row([blob])
        pid = connection.info.backend_pid
        begun, server = time.process_time(), _own_s(pid)
        fixes = 0
        with connection.cursor(name="legs", binary=True) as cursor:
            cursor.execute("SELECT track FROM legs")
            while rows := cursor.fetchmany(CHUNK):
                fixes += len(decode_tracks([row[0] for row in rows]).t_ms)
        used_s = time.process_time() - begun + _own_s(pid) - server
    return {
        "what": "read legs from PostgreSQL and decode", "fixes": fixes, "cpu_s": round(used_s, 3),
        "million_fixes_a_cpu_s": round(fixes / used_s / 1e6, 1), "bytes_a_fix": round(sum(map(len, blobs)) / fixes, 2),
    }  # fmt: skip


def doors(visits: int, premises: int) -> dict[str, Any]:
    """Return what `last_visit_day` of all doors and every window by township cost, in arrays (no product code)."""
    rng = np.random.default_rng(3)
    door = rng.integers(premises, size=visits, dtype=np.int32)
    day = rng.integers(DAYS, size=visits, dtype=np.int16)
    township = (np.arange(premises, dtype=np.int64) * 1600 // premises).astype(np.int16)
    begun = time.process_time()
    last = np.full(premises, -1, dtype=np.int16)
    np.maximum.at(last, door, day)
    for days in WINDOWS:
        np.bincount(township[last >= DAYS - days], minlength=1600)
    return {
        "what": "doors in arrays",
        "visits": visits,
        "premises": premises,
        "cpu_s": round(time.process_time() - begun, 2),
    }


if __name__ == "__main__":
    main()
