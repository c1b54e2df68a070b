"""SHELL: a Celery worker of our own with two processes, which can be killed -9 one by one or altogether."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connection
from kombu import Connection

from backend.reports.tasks import refresh_townships, run_step
from ops import servers
from tests.rings.faults.real_server import children_pids

# A database of Redis that nothing else of the tests uses.
BROKER_NUMBER = 7


class Workers:
    """The worker, and the way to give it work. Its broker is a number of its own of the tests' Redis."""

    def __init__(self, log: Path) -> None:
        """Point it at the database that Django has open now."""
        self.broker = f"{os.environ['CELERY_BROKER_URL'].partition('?')[0]}?virtual_host={BROKER_NUMBER}"
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
        self.environment = {**os.environ, "CELERY_BROKER_URL": self.broker, "DATABASE_URL": urlunsplit(database)}
        self.log = log
        self.kills = {"child": 0, "worker": 0}
        self.main: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the worker unless it runs; it takes what waits for it as soon as it is up."""
        if self.main is not None and self.main.poll() is None:
            return
        celery = [str(servers.REPOSITORY / ".venv" / "bin" / "celery"), "-A", "backend.celery", "worker"]
        how = ["--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
        with self.log.open("ab") as file:
            self.main = subprocess.Popen(
                [*celery, *how], env=self.environment, cwd=servers.REPOSITORY, stdout=file, stderr=file,
                start_new_session=True,
            )  # fmt: skip

    def send(self, steps: Sequence[int]) -> None:
        """Give it steps of a run."""
        with Connection(self.broker) as broker:
            for step_id in steps:
                run_step.apply_async((step_id,), connection=broker)

    def refresh(self) -> None:
        """Have it count what is noted, as beat does every ten seconds."""
        with Connection(self.broker) as broker:
            refresh_townships.apply_async((), connection=broker)

    def is_working(self) -> bool:
        """Return whether any process other than ours has a transaction open in the database."""
        return self._sessions(working=True) > 0

    def kill(self, chance: random.Random, whole: float) -> None:
        """Kill -9 one of its processes or, with the probability `whole`, all of it; then have it up again."""
        if self.main is None:
            return
        if chance.random() < whole:
            self.kills["worker"] += 1
            self.stop()
            self.start()
        elif children := children_pids(self.main.pid):
            self.kills["child"] += 1
            with suppress(ProcessLookupError):
                os.kill(chance.choice(children), signal.SIGKILL)

    def stop(self) -> None:
        """Kill -9 all of it."""
        if self.main is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.main.pid, signal.SIGKILL)
            self.main.wait()
            self.main = None

    def leave(self) -> None:
        """Kill -9 all of it and return when PostgreSQL has heard: until then its locks and its work are still there."""
        self.stop()
        for _ in self.wait("the database still hears a worker that is gone"):
            if not self._sessions():
                return

    def _sessions(self, *, working: bool = False) -> int:
        """Return how many sessions other than ours the database has, or only those with a transaction open."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend' AND (NOT %s OR xact_start IS NOT NULL)",
                [working],
            )
            return int(cursor.fetchone()[0])

    def wait(self, what: str, deadline_s: float = 120) -> Iterator[float]:
        """Give the seconds waited so far, again and again; fail in the end."""
        begun = time.monotonic()
        while (waited_s := time.monotonic() - begun) < deadline_s:
            yield waited_s
            time.sleep(0.08)
        raise AssertionError(f"{what}; see {self.log}")


@contextmanager
def workers_up(log: Path) -> Iterator[Workers]:
    """Have a worker for a while, with nothing of an earlier one waiting for it."""
    workers = Workers(log)
    with Connection(workers.broker) as broker:
        broker.default_channel.client.flushdb()
    workers.start()
    try:
        yield workers
    finally:
        workers.stop()
