"""SHELL: one town with four phones, a network and a server: what a history of the server ring does and compares."""

import asyncio
import random
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.rings.faults.chaos import Chaos
from tests.rings.faults.checker import ANY, VARIANT, Checker, Findings
from tests.rings.faults.clerk import Clerk, Saved
from tests.rings.faults.phone import Phone
from tests.rings.faults.proxy import Proxy
from tests.rings.faults.real_server import RealServer
from tests.rings.faults.requests import Install

T = TypeVar("T")
HELD_TIMEOUT_S = 60.0
_CUT_SESSIONS = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{}'"


@dataclass
class Person:
    """An officer with a phone, at home in a station."""

    phone: Phone
    clerk: Clerk
    station: dict[str, Any]
    officer: dict[str, str]
    is_active: bool = True


class World:
    """Everything of one history. Its methods are what can happen; `heal_and_compare` is how every history ends."""

    def __init__(
        self, server: RealServer, failpoints: Path, town: dict[str, Any], seed: object, drain_limit_s: float = 60.0
    ) -> None:
        """Put the phones of a town that nobody has used behind a network of its own."""
        self.server, self.town, self.drain_limit_s = server, town, drain_limit_s
        self.chance = random.Random(str(seed))
        self.loop = asyncio.new_event_loop()
        self.proxy = Proxy(server.port, self.chance)
        self.proxy.patience_s = 1.0
        self.do(self.proxy.open())
        self.ledger: list[Saved] = []
        doors = [door for station in town["stations"] for door in station["doors"]]
        self.chaos = Chaos(server, failpoints, self.chance, doors)
        self.people = [self._person(number) for number in range(4)]
        self.backup, self.drain_s = "", 0.0
        for person in self.people:
            self.do(person.phone.round())

    def _person(self, number: int) -> Person:
        stations = self.town["stations"]
        station, foreign = stations[number % 2], stations[(number + 1) % 2]["doors"]
        officer = station["officers"][number // 2]
        phone = Phone(Install(officer["id"], officer["session"]), self.proxy.port, self.chance, timeout_s=4.0)
        return Person(phone, Clerk(phone, station["doors"], foreign, self.ledger, number), station, officer)

    def do(self, what: "Coroutine[Any, Any, T]") -> T:
        """Run something to its end."""
        return self.loop.run_until_complete(what)

    async def together(self, *phones: Phone) -> None:
        """Let phones make a round at the same time."""
        await asyncio.gather(*(phone.round() for phone in phones or [one.phone for one in self.people]))

    async def while_pushing(self, phone: Phone, name: str) -> None:
        """Let something happen to the server while a push is held just before its commit."""
        armed = self.chaos.arm("push.before_commit", "hold")
        taken = armed.with_name(f"{armed.name}.taken")
        push = asyncio.create_task(phone.round())
        deadline = time.monotonic() + HELD_TIMEOUT_S
        while not taken.exists() and not push.done():
            assert time.monotonic() < deadline, "no push came to its commit"
            await asyncio.sleep(0.01)
        armed.unlink(missing_ok=True)  # where nothing was pushed, nobody else's push shall wait for us
        await self.chaos.do(name)
        taken.unlink(missing_ok=True)
        await push

    # --- what happens to people ---------------------------------------------------------------------------------------
    def rights_change(self, person: Person) -> None:
        """Whatever of this person is not received yet may be applied or quarantined from now on; never lost."""
        person.clerk.has_rights = False
        unsent = person.phone.durable.outbox.keys() | person.phone.durable.attention.keys()
        for saved in self.ledger:
            if saved.mutation["id"] in unsent and saved.expected != VARIANT:
                saved.expected = ANY

    def deactivate(self, person: Person) -> None:
        """The administrator deactivates the officer."""
        self.rights_change(person)
        person.is_active = False
        self._sql("UPDATE accounts_officer SET is_active = false WHERE id = %s", person.officer["id"])

    def move(self, person: Person) -> None:
        """The officer is moved to the other station."""
        self.rights_change(person)
        person.station = next(one for one in self.town["stations"] if one is not person.station)
        self._sql("UPDATE accounts_officer SET unit_id = %s WHERE id = %s", person.station["id"], person.officer["id"])

    def end_session(self, person: Person) -> None:
        """The session ends; the phone keeps sending with its signature alone."""
        person.phone.install.session = ""

    def sign_in(self, person: Person) -> None:
        """The officer signs in again on the phone; who is deactivated cannot."""
        if person.is_active:
            person.phone.sign_in(person.officer["session"])

    def _sql(self, statement: str, *arguments: object) -> None:
        with self.server.connect() as connection:
            connection.execute(statement, arguments)  # type: ignore[arg-type]

    def border_moves(self) -> None:
        """A door turns out to stand in the other station's township: it leaves one scope and enters another."""
        old, new = self.chance.sample(self.town["stations"], 2)
        door = self.chance.choice(old["doors"])
        with self.server.connect() as connection:
            beside = "SELECT lon + 0.001, lat + 0.001 FROM geo_premises WHERE id = %s"
            lon, lat = connection.execute(beside, [new["doors"][0]]).fetchone() or (0, 0)
        self.server.run("tests.rings.faults.border", door, str(lon), str(lat))
        self.chaos.faults["scope_move"] += 1
        for person in self.people:
            self._forget_door(person, door)

    def _forget_door(self, person: Person, door: str) -> None:
        """Nobody works with this door any more; what is not received yet may be applied or quarantined."""
        clerk = person.clerk
        clerk.doors = [one for one in clerk.doors if one != door]
        clerk.foreign_doors = [one for one in clerk.foreign_doors if one != door]
        clerk.visits = [one for one in clerk.visits if one["payload"]["premises"] != door]
        for saved in self.ledger:
            if saved.mutation["payload"].get("premises") == door and saved.expected != VARIANT:
                saved.expected = ANY

    # --- backup and restore -------------------------------------------------------------------------------------------
    def back_up(self) -> None:
        """Copy the database file by file, as a snapshot does."""
        name = self.server.database
        self._forget_backup()
        self._cut_sessions()
        self.server.superuser(f"CREATE DATABASE {name}_backup TEMPLATE {name} OWNER xunfang")
        self.backup = f"{name}_backup"

    def restore(self) -> None:
        """Put the copy in the database's place: what came after it is gone from the server."""
        self.server.superuser(f"DROP DATABASE {self.server.database} WITH (FORCE)")
        self.server.superuser(f"ALTER DATABASE {self.backup} RENAME TO {self.server.database}")
        self.chaos.faults["restore"] += 1
        self.backup = ""
        for person in self.people:  # the administrator does again what the copy does not know
            where = "UPDATE accounts_officer SET is_active = %s, unit_id = %s WHERE id = %s"
            self._sql(where, person.is_active, person.station["id"], person.officer["id"])

    def _cut_sessions(self) -> None:
        self.server.superuser(_CUT_SESSIONS.format(self.server.database))

    def _forget_backup(self) -> None:
        self.server.superuser(f"DROP DATABASE IF EXISTS {self.server.database}_backup WITH (FORCE)")

    # --- the end ------------------------------------------------------------------------------------------------------
    def heal_and_compare(self) -> Findings:
        """Heal everything, wait for every outbox to be empty, compare. Not drained in 60 s is a finding."""
        self.do(self.chaos.heal())
        self.proxy.heal()
        self.do(self.proxy.settle())
        for person in self.people:
            if person.phone.is_signed_out or not person.phone.install.session or not person.clerk.has_rights:
                self.sign_in(person)
            person.phone.attention_again()
        begun = time.monotonic()
        drained = self.do(self._drain())
        self.drain_s = time.monotonic() - begun
        with self.server.connect() as connection:
            checker = Checker(connection, self.ledger, [person.phone for person in self.people])
            if not drained:
                checker.found.stuck.append(f"not drained in {self.drain_limit_s:.0f} s: {self._troubles()}")
            checker.compare(station["code"] for station in self.town["stations"])
            readers = [one for one in self.people if one.is_active and not one.phone.is_signed_out]
            found = checker.snapshots(self.do(self._beside_fresh(readers)))
        found.stuck += [f"{one.officer['id']} may not read and does" for one in self.people if self._reads_wrongly(one)]
        return found

    def _troubles(self) -> list[str]:
        return [person.phone.last_trouble for person in self.people if not person.phone.is_current]

    @staticmethod
    def _reads_wrongly(person: Person) -> bool:
        return not person.is_active and not person.phone.is_signed_out

    async def _drain(self) -> bool:
        deadline = time.monotonic() + self.drain_limit_s
        for _ in range(2):  # once to send, once more to take what the others sent meanwhile
            done = await asyncio.gather(*(person.phone.until_current(deadline) for person in self.people))
        return all(done)

    async def _beside_fresh(self, readers: list[Person]) -> list[tuple[Phone, str, Phone]]:
        beside = []
        for person in readers:
            install = Install(person.officer["id"], person.officer["session"])
            fresh = Phone(install, self.server.port, self.chance, timeout_s=20.0)
            await fresh.until_current(time.monotonic() + self.drain_limit_s)
            beside.append((person.phone, person.station["id"], fresh))
        return beside

    def close(self) -> None:
        """Leave the server as the next history wants it."""
        self.do(self.chaos.heal())
        self._forget_backup()
        self.do(self.proxy.close())
        self.loop.close()
