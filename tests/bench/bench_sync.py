"""Measures sync against the real server: visits a second, the rush at 18:00, a first pull; prints a table, writes JSON.

`python -m tests.bench.bench_sync` (`make bench-sync` does it). SECONDS_STEADY=20 CONNECTIONS=8 PHONES=300 JITTER_S=6.
Web, worker, PostgreSQL and Redis run as `make run` starts them, PostgreSQL with fsync on; the generator has every
request, signature and all, ready as bytes before the clock starts, because it shares the two cores with the server.
"""

import asyncio
import gzip
import json
import os
import random
import resource
import socket
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ops.servers import home_from, own_environment
from tests.bench.bench_report import write_report
from tests.bench.processes_cpu import cpu_s_by_part
from tests.rings.faults.real_server import RealServer, real_server
from tests.rings.faults.requests import Install, push_request, visit_mutation

STATIONS, OFFICERS, DOORS = 30, 10, 400
BATCH, RUSH_RECORDS = 50, 40


@dataclass
class Measured:
    """What a run of requests showed."""

    took_s: list[float] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    first_error: str = ""
    wall_s: float = 0.0

    def outcomes(self) -> Counter[str]:
        """Count the outcomes, read after the clock has stopped."""
        found: Counter[str] = Counter()
        for answer in self.answers:
            found.update(one["outcome"] for one in json.loads(body_of(answer))["outcomes"])
        return found

    def percentile(self, share: float) -> float:
        """Return the time in seconds below which this share of the requests was answered."""
        return sorted(self.took_s)[min(len(self.took_s) - 1, int(share * len(self.took_s)))] if self.took_s else 0.0


def body_of(answer: bytes) -> bytes:
    """Return the body of an HTTP answer as it was before compression."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return gzip.decompress(body) if b"content-encoding: gzip" in head.lower() else body


async def ask(port: int, request: bytes, measured: Measured, *, keeps: bool = True) -> None:
    """Send one request on a connection of its own and note how long its answer took."""
    begun = time.perf_counter()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(request)
            answer = await reader.read(-1)
        finally:
            writer.close()
    except OSError as error:
        measured.errors[type(error).__name__] += 1
        return
    measured.took_s.append(time.perf_counter() - begun)
    status = answer[9:12].decode()
    if status != "200":
        measured.errors[status] += 1
        measured.first_error = measured.first_error or body_of(answer)[:400].decode(errors="replace")
    elif keeps:
        measured.answers.append(answer)


async def steady(port: int, requests: list[bytes], connections: int, seconds: float) -> Measured:
    """Send batches from so many connections one after another until the time is over."""
    measured, waiting, begun = Measured(), iter(requests), time.perf_counter()

    async def sender() -> None:
        while time.perf_counter() - begun < seconds and (request := next(waiting, None)) is not None:
            await ask(port, request, measured)

    await asyncio.gather(*(sender() for _ in range(connections)))
    measured.wall_s = time.perf_counter() - begun
    return measured


async def rush(port: int, requests: list[bytes], jitter_s: float, chance: random.Random) -> Measured:
    """Send one batch from each phone, all within the jitter with which phones begin when the network comes."""
    measured, begun = Measured(), time.perf_counter()

    async def phone(request: bytes, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        await ask(port, request, measured)

    await asyncio.gather(*(phone(request, chance.uniform(0, jitter_s)) for request in requests))
    measured.wall_s = time.perf_counter() - begun
    return measured


async def first_pull(port: int, install: Install) -> tuple[float, int]:
    """Pull everything an officer may see; return the seconds and the number of changes."""
    begun, cursor, changes = time.perf_counter(), "", 0
    while True:
        measured = Measured()
        await ask(port, install.pull_request(cursor), measured)
        assert not measured.errors, measured.errors
        page = json.loads(body_of(measured.answers[0]))
        changes, cursor = changes + len(page["changes"]), page["cursor"]
        if not page["has_more"]:
            return time.perf_counter() - begun, changes


def installs_of(server: RealServer) -> list[tuple[Install, list[str]]]:
    """Return one install an officer, enrolled where the server knows devices, with the doors of its station."""
    (town,) = server.town(sets=1, stations=STATIONS, officers=OFFICERS, doors=DOORS)
    found = []
    for station in town["stations"]:
        for officer in station["officers"]:
            install = Install(officer["id"], officer["session"])
            found.append((install, station["doors"]))
    for install, _ in found:
        install.enrol(server.port)
    return found


def batches(installs: list[tuple[Install, list[str]]], size: int, count: int, chance: random.Random) -> list[bytes]:
    """Return push requests as bytes; the installs take turns, doors are mostly different and now and then the same."""
    found = []
    for number in range(count):
        install, doors = installs[number % len(installs)]
        chosen = chance.sample(doors, size - 3)
        visits = [visit_mutation(install, door, chance) for door in [*chosen, *chosen[:3]]]
        found.append(push_request(install, visits))
    return found


def split(before: dict[str, float], after: dict[str, float], records: int) -> dict[str, float]:
    """Return CPU milliseconds a record by part of the system."""
    parts = {name: round(1000 * (after[name] - before[name]) / max(1, records), 3) for name in after}
    return parts | {"total_without_generator": round(sum(v for k, v in parts.items() if k != "generator"), 3)}


def measure(server: RealServer, chance: random.Random) -> dict[str, Any]:
    """Run the three measurements."""
    seconds, connections = float(os.environ.get("SECONDS_STEADY", "20")), int(os.environ.get("CONNECTIONS", "8"))
    phones, jitter_s = int(os.environ.get("PHONES", "300")), float(os.environ.get("JITTER_S", "6"))
    installs = installs_of(server)
    asyncio.run(steady(server.port, batches(installs, BATCH, 40, chance), 2, 60))  # warms caches and plans up
    prepared = batches(installs, BATCH, int(seconds * 2600 / BATCH), chance)
    before, load = cpu_s_by_part(server), os.getloadavg()[0]
    flow = asyncio.run(steady(server.port, prepared, connections, seconds))
    after = cpu_s_by_part(server)
    outcomes = flow.outcomes()
    records = sum(outcomes.values())
    chance.shuffle(installs)
    rushing = batches(installs, RUSH_RECORDS, phones, chance)
    peak = asyncio.run(rush(server.port, rushing, jitter_s, chance))
    pull_s, changes = asyncio.run(first_pull(server.port, installs[0][0]))
    return {
        "visits_per_s": round(records / flow.wall_s),
        **{f"p{n}_batch_s": round(flow.percentile(n / 100), 3) for n in (50, 95, 99)},
        "connections": connections,
        "records": records,
        "outcomes": dict(outcomes),
        "signed": installs[0][0].is_enrolled,
        "cpu_ms_per_record": split(before, after, records),
        "peak_phones": phones,
        "peak_jitter_s": jitter_s,
        **{f"peak_p{n}_s": round(peak.percentile(n / 100), 3) for n in (50, 95, 99)},
        "peak_wall_s": round(peak.wall_s, 2),
        "peak_outcomes": dict(peak.outcomes()),
        "first_pull_s": round(pull_s, 2),
        "first_pull_changes": changes,
        "errors": (flow.errors + peak.errors).total(),
        "errors_by_kind": dict(flow.errors + peak.errors),
        "first_error": flow.first_error or peak.first_error,
        "load_before": load,
    }


def shown(report: dict[str, Any]) -> str:
    """Return the report as a table for people."""
    lines = []
    for name, value in report.items():
        if isinstance(value, dict):
            lines += [f"{name + '.' + inner:<48}{count!s:>12}" for inner, count in value.items()]
        else:
            lines.append(f"{name:<48}{value!s:>12}")
    return "\n".join(lines)


def main() -> None:
    """Start the product on a home of its own, measure, print, write the report."""
    environment = own_environment()
    home = home_from(environment)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, most), most))
    with real_server(home / "bench-sync", port=port, environment=environment) as server:
        server.start(worker=os.environ.get("WORKER", "yes") != "no")
        report = measure(server, random.Random(os.environ.get("SEED", "1800")))
    report["measured_at"] = datetime.now(UTC).isoformat(timespec="seconds")
    print(shown(report))
    write_report("bench-sync", report)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
