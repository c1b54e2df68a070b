"""The soak: phones, a bad network and a real server that is killed now and then; `make soak` prints what came of it.

`python -m tests.rings.server.soak` with RECORDS=100000 PHONES=50 SEED=…; the report is $XUNFANG_HOME/reports/soak.json.
Exit status 1 when any record is lost, doubled, altered or stuck.
"""

import asyncio
import random
import resource
import socket
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from ops.servers import home_from, own_environment
from tests.bench.bench_report import write_report
from tests.rings.faults.chaos import Chaos
from tests.rings.faults.checker import Checker, Findings
from tests.rings.faults.clerk import Clerk, Saved
from tests.rings.faults.phone import Phone
from tests.rings.faults.proxy import Proxy
from tests.rings.faults.real_server import RealServer, real_server
from tests.rings.faults.requests import Install, instant

OFFICERS_A_STATION, DOORS = 2, 40
DRAIN_LIMIT_S = 60.0
TEN_YEARS_S = 10 * 365.25 * 86400
# A quarter of the records must have met a fault each, and a little more; rounds are repeated until that is so.
FAULTS_A_RECORD = 0.26


@dataclass(frozen=True)
class Plan:
    """How large a soak is and which one it is."""

    records: int = 100_000
    phones: int = 50
    seed: str = "1"
    rate: float = 0.5
    chaos_every_s: tuple[float, float] = (3.0, 8.0)
    limit_s: float = 1380.0  # saving ends here; what was asked for and what was saved are both reported


@dataclass
class Person:
    """A phone, who saves on it, and where."""

    phone: Phone
    clerk: Clerk
    station: dict[str, Any]
    saved: int = 0


@dataclass
class Soak:
    """One run."""

    server: RealServer
    plan: Plan
    failpoints: Path
    chance: random.Random = field(init=False)
    proxy: Proxy = field(init=False)
    chaos: Chaos = field(init=False)
    ledger: list[Saved] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Seed everything that chance decides."""
        self.chance = random.Random(self.plan.seed)
        self.proxy = Proxy(self.server.port, random.Random(f"{self.plan.seed} network"))

    async def run(self, stations: list[dict[str, Any]]) -> dict[str, Any]:
        """Run to the end and return the report."""
        begun = time.monotonic()
        await self.proxy.open()
        self._people(stations)
        doors = [door for station in stations for door in station["doors"]]
        self.chaos = Chaos(self.server, self.failpoints, random.Random(f"{self.plan.seed} chaos"), doors)
        self.proxy.rate = self.plan.rate
        over = asyncio.Event()
        trouble = asyncio.create_task(self._trouble(over))
        talk = asyncio.create_task(self._talk())
        await asyncio.gather(*(self._work(person) for person in self.people))
        # Not cancelled: a restart of PostgreSQL would go on in its thread beside the one of heal().
        over.set()
        await trouble
        await self.chaos.heal()
        drain_s, drained = await self._drain()
        talk.cancel()
        await self.proxy.settle()
        found = await self._compare()
        await self.proxy.close()
        return self._report(found, drain_s, drained, time.monotonic() - begun)

    def _people(self, stations: list[dict[str, Any]]) -> None:
        for number, station in enumerate(stations):
            foreign = stations[number - 1]["doors"]
            for officer in station["officers"]:
                install = Install(officer["id"], officer["session"])
                if self.chance.random() < 0.1:
                    install.clock_off_s = self.chance.choice([-TEN_YEARS_S, TEN_YEARS_S, 3600.0])
                phone = Phone(install, self.proxy.port, self.chance)
                clerk = Clerk(phone, station["doors"], foreign, self.ledger, f"{self.plan.seed} {len(self.people)}")
                self.people.append(Person(phone, clerk, station))
        del self.people[self.plan.phones :]

    async def _work(self, person: Person) -> None:
        quota, phone = -(-self.plan.records // len(self.people)), person.phone
        deadline = time.monotonic() + self.plan.limit_s
        while person.saved < quota and time.monotonic() < deadline:
            person.saved += person.clerk.save(min(self.chance.randint(1, 7), quota - person.saved))
            await self._sync(phone)
            while self._faults() < FAULTS_A_RECORD * len(self.ledger) and time.monotonic() < deadline:
                await self._sync(phone)
            if self.chance.random() < 0.01:
                await self._session_ends(person)

    async def _sync(self, phone: Phone) -> None:
        """Sync as phones do: mostly one round; sometimes several senders at once, sometimes the phone dies in it."""
        luck = self.chance.random()
        if luck < 0.02:
            self.faults["parallel_senders"] += 1
            await phone.parallel(self.chance.randint(2, 4))
        elif luck < 0.05:
            self.faults["phone_crash"] += 1
            await _cut_short(phone, self.chance.uniform(0, 0.1))
        elif not await phone.round():
            await asyncio.sleep(self.chance.uniform(0, 0.2))

    async def _session_ends(self, person: Person) -> None:
        """The session ends; what is saved meanwhile goes out with the signature alone; then somebody signs in again."""
        self.faults["session_ended"] += 1
        session = person.phone.install.session
        person.phone.install.session = ""
        person.saved += person.clerk.save(3)
        await self._sync(person.phone)
        person.phone.sign_in(session)

    async def _trouble(self, over: asyncio.Event) -> None:
        low, high = self.plan.chaos_every_s
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), self.chance.uniform(low, high))
            if over.is_set():
                return
            await self.chaos.something()

    async def _talk(self) -> None:
        begun = time.monotonic()
        while True:
            await asyncio.sleep(20)
            waiting = sum(len(person.phone.durable.outbox) for person in self.people)
            print(
                f"[{time.monotonic() - begun:6.0f} s] saved {len(self.ledger):>7,}  faults {self._faults():>6,}  "
                f"requests {self.proxy.requests:>7,}  unsent {waiting:>6,}",
                flush=True,
            )

    def _faults(self) -> int:
        return self.proxy.faults.total() + self.chaos.faults.total() + self.faults.total()

    async def _drain(self) -> tuple[float, bool]:
        """Heal the network and wait until every phone has sent everything and holds everything."""
        self.proxy.heal()
        begun = time.monotonic()
        for person in self.people:
            person.phone.attention_again()
        deadline = begun + DRAIN_LIMIT_S
        done = await asyncio.gather(*(person.phone.until_current(deadline) for person in self.people))
        # What the slower phones sent last is pulled by those that were done before.
        done += await asyncio.gather(*(person.phone.until_current(deadline) for person in self.people))
        return time.monotonic() - begun, all(done)

    async def _compare(self) -> Findings:
        fresh: dict[str, Phone] = {}
        for person in self.people:
            if person.station["code"] not in fresh:
                install = Install(person.phone.install.officer, person.phone.install.session)
                fresh[person.station["code"]] = phone = Phone(install, self.server.port, self.chance, 30.0)
                await phone.until_current(time.monotonic() + DRAIN_LIMIT_S)
        with self.server.connect() as connection:
            checker = Checker(connection, self.ledger, [person.phone for person in self.people])
            checker.compare(fresh)
            return checker.snapshots(
                (person.phone, person.station["id"], fresh[person.station["code"]]) for person in self.people
            )

    def _report(self, found: Findings, drain_s: float, drained: bool, wall_s: float) -> dict[str, Any]:
        by_kind = self.proxy.faults + self.chaos.faults + self.faults
        if not drained:
            found.stuck.append(f"not every phone was done {DRAIN_LIMIT_S:.0f} s after healing")
        outcomes = Counter(saved.expected for saved in self.ledger)
        return {
            "records": len(self.ledger),
            "records_wanted": self.plan.records,
            "phones": len(self.people),
            "seed": self.plan.seed,
            "requests": self.proxy.requests,
            "faults": by_kind.total(),
            "faults_by_kind": dict(by_kind.most_common()),
            **found.counts(),
            "drain_s": round(drain_s, 1),
            "wall_s": round(wall_s, 1),
            "expected": dict(outcomes),
            "findings": [line for rows in vars(found).values() for line in rows[:20]],
            "measured_at": instant(time.time()),
        }


async def _cut_short(phone: Phone, after_s: float) -> None:
    """Let a phone die in the middle of a round; what it holds in memory is gone."""
    task = asyncio.create_task(phone.round())
    await asyncio.wait({task}, timeout=after_s)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def soaked(server: RealServer, plan: Plan, failpoints: Path) -> dict[str, Any]:
    """Make stations for the plan's phones, run it, return the report."""
    (town,) = server.town(
        sets=1, stations=max(2, -(-plan.phones // OFFICERS_A_STATION)), officers=OFFICERS_A_STATION, doors=DOORS
    )
    return asyncio.run(Soak(server, plan, failpoints).run(town["stations"]))


def shown(report: dict[str, Any]) -> str:
    """Return the report as a table for people."""
    kinds = report["faults_by_kind"].items()
    lines = [f"{name:<24}{report[name]!s:>12}" for name in ("records", "phones", "seed", "requests", "faults")]
    lines += [f"  {kind:<22}{count:>12}" for kind, count in kinds]
    lines += [f"{name:<24}{report[name]!s:>12}" for name in ("lost", "duplicated", "altered", "stuck", "drain_s")]
    return "\n".join([*lines, f"{'wall_s':<24}{report['wall_s']!s:>12}", *report["findings"]])


def failpoint_folder(home: Path) -> Path:
    """Return the folder of failpoints, empty."""
    folder = home / "failpoints"
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        left.unlink()
    return folder


def main() -> int:
    """Start the product on a home of its own, run, print, write the report."""
    environment = own_environment()
    home = home_from(environment)
    plan = Plan(
        int(environment.get("RECORDS") or 100_000), int(environment.get("PHONES") or 50), environment.get("SEED") or "1"
    )
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, most), most))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = failpoint_folder(home / "soak")
    under_test = {"XUNFANG_TEST_SERVER": "yes", "XUNFANG_FAILPOINTS": str(folder)}
    with real_server(home / "soak", port=port, environment=environment, **under_test) as server:
        server.start(worker=True)
        report = soaked(server, plan, folder)
    print(shown(report))
    write_report("soak", report)
    return 1 if any(report[name] for name in ("lost", "duplicated", "altered", "stuck")) else 0


if __name__ == "__main__":
    sys.exit(main())
