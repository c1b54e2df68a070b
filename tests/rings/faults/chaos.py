"""SHELL: what happens to servers: kill -9 of a web worker and of PostgreSQL, restarts, a full disk, real deadlocks."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from uuid import uuid4

import psycopg

from ops import broker
from ops.processes import first_number, send
from tests.rings.faults.real_server import RealServer

POINTS = (
    "push.before_store", "push.after_store", "push.before_numbers", "push.before_commit", "push.after_commit",
    "push.before_judge", "push.after_numbers", "pull.page", "offer",
)  # fmt: skip
ACTIONS = ("crash", "deadlock", "disk_full", "connection_lost", "break")
# Raised inside PostgreSQL, so that the product meets the real error and the really aborted transaction.
_DISK_FULL = """
    CREATE OR REPLACE FUNCTION no_space_left() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
    CREATE OR REPLACE TRIGGER no_space_left BEFORE INSERT ON sync_mutation EXECUTE FUNCTION no_space_left();
"""
_DISK_FREE = "DROP TRIGGER IF EXISTS no_space_left ON sync_mutation"


class Chaos:
    """Does things to a server, one at a time, and counts them."""

    def __init__(self, server: RealServer, failpoints: Path, chance: random.Random, doors: Sequence[str]) -> None:
        """Take the server, its folder of failpoints, where chance comes from, and doors to fight over."""
        self.server, self.failpoints, self.chance, self.doors = server, failpoints, chance, sorted(doors)
        self.faults: Counter[str] = Counter()

    async def something(self) -> None:
        """Do one thing that chance names."""
        await self.do(self.chance.choices(list(EVENTS), [weight for _, weight in EVENTS.values()])[0])

    async def do(self, name: str) -> None:
        """Do this thing and count it."""
        self.faults[name] += 1
        with suppress(psycopg.OperationalError):  # the database may be down for another reason: nothing to break
            await EVENTS[name][0](self)

    async def heal(self) -> None:
        """Bring everything back that is down and disarm what waits to go off."""
        for armed in self.failpoints.iterdir():
            armed.unlink(missing_ok=True)
        await asyncio.to_thread(self.server.start_postgres)
        await asyncio.to_thread(broker.start, self.server.ours.places)
        with self.server.connect() as connection:
            connection.execute(_DISK_FREE)

    def arm(self, point: str, action: str) -> Path:
        """Arm a failpoint once and return its file, moved into place so that no server reads it half written."""
        armed = self.failpoints / f"{point}@{uuid4().hex[:8]}"
        half = self.failpoints / f".{armed.name}"
        half.write_text(action)
        return half.rename(armed)

    async def failpoint(self) -> None:
        """Arm one failpoint with any action."""
        self.arm(self.chance.choice(POINTS), self.chance.choice(ACTIONS))

    async def kill_web_worker(self) -> None:
        """Kill -9 one of the two web workers."""
        self.server.kill_web_worker(self.chance)

    async def kill_postgres_backend(self) -> None:
        """Kill -9 one of PostgreSQL's processes: all sessions end, the log is replayed."""
        await asyncio.to_thread(self.server.kill_postgres_backend, self.chance)

    async def kill_postgres(self) -> None:
        """Kill -9 all of PostgreSQL, the postmaster first, and start it again."""
        await asyncio.to_thread(self.server.kill_postgres)

    async def restart_postgres(self) -> None:
        """Stop PostgreSQL in order and start it again."""
        await asyncio.to_thread(self.server.restart_postgres)

    async def kill_broker(self) -> None:
        """Kill -9 Redis and start it again."""
        places = self.server.ours.places
        pid = first_number(places.broker / "redis.pid")
        if pid is not None and broker.is_running(places):
            send(pid, SIGKILL)
        await asyncio.to_thread(_until_broker_is_back, self.server)

    async def disk_full(self) -> None:
        """Let PostgreSQL refuse every insert of a mutation for a while, as it does when the disk is full."""
        with self.server.connect() as connection:
            connection.execute(_DISK_FULL)
        try:
            await asyncio.sleep(self.chance.uniform(0.2, 0.8))
        finally:
            with suppress(psycopg.OperationalError), self.server.connect() as connection:
                connection.execute(_DISK_FREE)

    async def deadlock(self) -> None:
        """Lock two doors in the order opposite to the product's, in a transaction of our own."""
        await asyncio.to_thread(self._fight)

    def _fight(self) -> None:
        low, high = sorted(self.chance.sample(self.doors, 2))
        gate = threading.Event()
        with suppress(psycopg.Error), self.server.connect() as connection, connection.transaction():
            connection.execute("SET LOCAL lock_timeout = '3s'")
            lock = "SELECT id FROM geo_premises WHERE id = %s FOR UPDATE"
            connection.execute(lock, [high])
            gate.wait(0.2)  # long enough for a batch to hold the lower door and wait for the higher one
            connection.execute(lock, [low])


def _until_broker_is_back(server: RealServer) -> None:
    places = server.ours.places
    while not broker.answers(places):
        broker.start(places)


Event = Callable[[Chaos], Awaitable[None]]
EVENTS: Mapping[str, tuple[Event, int]] = {
    "failpoint": (Chaos.failpoint, 10),
    "kill_web_worker": (Chaos.kill_web_worker, 5),
    "deadlock": (Chaos.deadlock, 4),
    "disk_full": (Chaos.disk_full, 3),
    "kill_postgres_backend": (Chaos.kill_postgres_backend, 2),
    "kill_postgres": (Chaos.kill_postgres, 1),
    "restart_postgres": (Chaos.restart_postgres, 1),
    "kill_broker": (Chaos.kill_broker, 1),
}
