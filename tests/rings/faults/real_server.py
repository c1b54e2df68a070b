"""SHELL: the product as `make run` starts it, on a durable private cluster of its own, so that it may be killed."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from ops import account, broker, database, servers
from ops.children import Child, end_all
from ops.places import ROLE_NAME
from ops.processes import anyone_works_in, wait_until, works_in
from ops.run import children_of
from ops.settings import RunSettings

ROOT = servers.REPOSITORY
READY_TIMEOUT_S = 60


@dataclass
class RealServer:
    """gunicorn with two workers, PostGIS with fsync on, Redis, and a Celery worker where it is wanted."""

    ours: servers.Servers
    environment: dict[str, str]
    database: str
    port: int
    children: list[Child] = field(default_factory=list)

    @property
    def dsn(self) -> str:
        """The server's database as psycopg wants it."""
        return f"host={self.ours.places.postgres_socket_dir} user={ROLE_NAME} dbname={self.database}"

    @property
    def web(self) -> Child:
        """gunicorn's master process."""
        return self.children[0]

    def connect(self, **how: Any) -> "psycopg.Connection[Any]":
        """Return a connection of the tests' own, as soon as PostgreSQL has recovered from what was done to it."""
        self.until_database_answers()
        return psycopg.connect(self.dsn, autocommit=True, **how)

    def until_database_answers(self) -> None:
        """Wait until PostgreSQL takes connections; raise when it does not."""
        places, deadline = self.ours.places, time.monotonic() + READY_TIMEOUT_S
        while True:
            try:
                psycopg.connect(f"host={places.postgres_socket_dir} user={ROLE_NAME} dbname=postgres").close()
                return
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, f"PostgreSQL did not come back; see {places.log}"
                time.sleep(0.05)

    def start(self, *, worker: bool = False) -> None:
        """Start the web server (and a Celery worker) and wait until it says that it is ready."""
        settings = RunSettings("127.0.0.1", self.port, 2, seeds_demo=False)
        web, celery, _ = children_of(settings, self.ours.places.home)
        self.children = [web, celery] if worker else [web]
        for child in self.children:
            child.start(self.environment, ROOT)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Wait until the web server answers; raise with the place of its log when it does not."""
        deadline = time.monotonic() + READY_TIMEOUT_S
        while not self.is_ready():
            assert self.web.process is not None and self.web.process.poll() is None, f"gunicorn ended: {self.web.log}"
            assert time.monotonic() < deadline, f"the server did not come up; see {self.web.log}"
            time.sleep(0.05)

    def is_ready(self) -> bool:
        """Return whether the web server, its database and its broker answer; phones of ours need no built web app."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz", headers={"Host": "localhost"})
            checks = json.loads(connection.getresponse().read())["checks"]
            return all(passes for name, passes in checks.items() if name != "pwa")
        except (OSError, HTTPException, ValueError, KeyError):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """End web and worker."""
        end_all(self.children)
        self.children = []

    def web_workers(self) -> list[int]:
        """Return the process ids of gunicorn's workers."""
        return children_pids(self.web.process.pid) if self.web.process else []

    def kill_web_worker(self, chance: random.Random) -> bool:
        """Kill -9 one web worker; gunicorn's master starts another."""
        workers = self.web_workers()
        if not workers:
            return False
        _kill(chance.choice(workers))
        return True

    def backends(self) -> list[int]:
        """Return the process ids of PostgreSQL's processes that serve our database."""
        with self.connect() as connection:
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid() AND backend_type = %s",
                [self.database, "client backend"],
            ).fetchall()
        return [pid for (pid,) in rows]

    def kill_postgres_backend(self, chance: random.Random) -> bool:
        """Kill -9 one of PostgreSQL's processes: the postmaster then ends all of them and recovers from its log."""
        try:
            backends = self.backends()
        except psycopg.OperationalError:
            return False
        if not backends:
            return False
        _kill(chance.choice(backends))
        return True

    def kill_postgres(self) -> None:
        """Kill -9 the postmaster and everything it started, as a power cut does to programs, and start it again."""
        cluster = self.ours.places.cluster
        pids = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdecimal()]
        for pid in (pid for pid in pids if works_in(pid, cluster)):
            _kill(pid)
        wait_until(lambda: not anyone_works_in(cluster), READY_TIMEOUT_S)
        self.start_postgres()

    def restart_postgres(self) -> None:
        """Stop PostgreSQL in order (sessions are cut) and start it again."""
        self.stop_postgres()
        self.start_postgres()

    def stop_postgres(self) -> None:
        """Stop PostgreSQL in order; sessions are cut.

        Not while it recovers from a kill: PostgreSQL 15 then waits for its own checkpointer for ever.
        """
        self.until_database_answers()
        database.stop(self.ours.places, self.ours.account)

    def start_postgres(self) -> None:
        """Start PostgreSQL where it is down, and wait until it has recovered."""
        if not database.is_running(self.ours.places):
            database.start(self.ours.places, self.ours.account)
        self.until_database_answers()

    def run(self, module: str, *arguments: str) -> str:
        """Run a module with the server's environment and return what it printed."""
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def town(self, **sizes: int) -> list[dict[str, Any]]:
        """Make units, officers, doors and sessions (tests.rings.faults.town) and return what was made."""
        made: list[dict[str, Any]] = json.loads(self.run("tests.rings.faults.town", json.dumps(sizes)))
        return made

    def superuser(self, statement: str, name: str = "postgres") -> str:
        """Run a statement as PostgreSQL's superuser, outside a transaction, and return what it printed."""
        return self.client("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", name, "-c", statement)

    def client(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's own programs as its superuser."""
        self.until_database_answers()
        command = [str(database.binary_folder() / program), "-h", str(self.ours.places.postgres_socket_dir)]
        done = account.run_as(self.ours.account, [*command, "-U", "postgres", *arguments])
        assert done.returncode == 0, done.stdout + done.stderr
        return str(done.stdout)


def children_pids(pid: int) -> list[int]:
    """Return the direct children of a process."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@contextmanager
def real_server(
    home: Path, *, port: int, environment: Mapping[str, str] = os.environ, **more: str
) -> Iterator[RealServer]:
    """Have a fresh migrated database on the durable servers of `home`; the web server is not started yet."""
    plain = {n: v for n, v in environment.items() if n not in {"DATABASE_URL", "CELERY_BROKER_URL"}}
    ours = servers.servers_of({**plain, "XUNFANG_HOME": str(home)})
    with servers.in_use(ours):
        name = f"faults_{os.getpid()}"
        given = servers.environment_of(ours)
        url = urlunsplit(urlsplit(given["DATABASE_URL"])._replace(path=f"/{name}"))
        given |= {"DATABASE_URL": url, "ALLOWED_HOSTS": "localhost,127.0.0.1", **more}
        server = RealServer(ours, given, name, port)
        _drop_databases(server)
        server.superuser(f"CREATE DATABASE {name} OWNER {ROLE_NAME}")
        try:
            server.run("django", "migrate", "--noinput", "--verbosity", "0")
            yield server
        finally:
            server.stop()
            server.start_postgres()
            _drop_databases(server)
            broker.stop(ours.places)


def _drop_databases(server: RealServer) -> None:
    """Drop what this and earlier runs left: a run that was killed cannot clear up after itself."""
    left = server.superuser("SELECT datname FROM pg_database WHERE datname LIKE 'faults%'").split()
    for name in left:
        server.superuser(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
