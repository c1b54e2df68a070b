"""SHELL: `make run`: private servers, migrations, demo data, then web, worker and beat until Ctrl-C or SIGTERM."""

import fcntl
import os
import queue
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from ops import external, servers
from ops.children import Child, dies_with_us, end_all
from ops.failures import OpsFailure
from ops.places import home_key
from ops.processes import tail
from ops.settings import READY_WITH_DEMO, RunSettings, run_settings, welcome

REPOSITORY = servers.REPOSITORY
BIN = REPOSITORY / ".venv" / "bin"
READY_TIMEOUT_S = 90
# How often the watch looks after the children when no signal wakes it.
WATCH_S = 1.0


class Stopped(Exception):
    """Somebody asked us to stop (Ctrl-C or SIGTERM)."""


class Supervisor:
    """Keeps the children of one `make run`; signals arrive through a queue, the only thing safe in a handler."""

    def __init__(self, ours: servers.Servers, environment: dict[str, str]) -> None:
        """Take the servers to watch and the environment of the children; from here on signals are ours."""
        self.servers = ours
        self.environment = environment
        self.events: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.children: list[Child] = []
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, self._note)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.events.put(number)

    def pause(self, timeout_s: float) -> None:
        """Sleep until something happens; raise Stopped when it is a wish to stop."""
        try:
            number = self.events.get(timeout=timeout_s)
        except queue.Empty:
            return
        if number != signal.SIGCHLD:
            raise Stopped

    def step(self, what: str, command: list[str], good: set[int]) -> int:
        """Run one preparation to its end, shown on the terminal; return its status when it is one of the good ones."""
        # A session of its own here too, so that Ctrl-C ends it through us and not with a traceback.
        process = subprocess.Popen(
            [*dies_with_us(), *command],
            env=self.environment,
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            while process.poll() is None:
                self.pause(WATCH_S)
        except Stopped:
            process.terminate()
            process.wait()
            raise
        if process.returncode not in good:
            raise OpsFailure(f"{what} failed (the lines above say why).")
        return process.returncode

    def start(self, child: Child) -> None:
        """Start a child and keep it."""
        self.children.append(child)
        child.start(self.environment, REPOSITORY)

    def check(self) -> None:
        """Raise when a child or a private server is gone."""
        for child in self.children:
            if child.process is not None and (status := child.process.poll()) is not None:
                raise OpsFailure(
                    f"{child.name} ended by itself (status {status}); the end of {child.log}:\n{tail(child.log)}"
                )
        for name in servers.lost(self.servers):
            raise OpsFailure(f"{name} is gone; see {self.servers.places.log}.")

    def stop(self) -> None:
        """End the children, those that make work first; a second Ctrl-C stops waiting for them."""
        signal.signal(signal.SIGINT, self._hasten)
        end_all([child for child in self.children if child.name != "worker"])
        end_all([child for child in self.children if child.name == "worker"])

    def _hasten(self, _number: int, _frame: FrameType | None) -> None:
        for child in self.children:
            child.patience_s = 0
            if child.process is not None and child.process.poll() is None:
                child.process.kill()


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the home's lock; a second `make run` on the same home is told who has it."""
    with (home / "run.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise OpsFailure(
                f"Xunfang already runs from {home} (process {file.read().strip() or 'unknown'}). "
                "Stop it, or give this one a home of its own: XUNFANG_HOME=… PORT=… make run"
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def check_port(settings: RunSettings) -> None:
    """Fail with one line when nobody can listen where we are told to."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        # As the web server does: an address that only waits out its last connections is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise OpsFailure(
                f"{settings.host}:{settings.port} cannot be used ({(error.strerror or str(error)).lower()}). "
                f"Choose another port: PORT={settings.port % 65535 + 1} make run"
            ) from None


def children_of(settings: RunSettings, home: Path) -> list[Child]:
    """Return web, worker and beat, not yet started."""
    log = home / "log"
    celery = [str(BIN / "celery"), "-A", "backend.celery"]
    web = [str(BIN / "gunicorn"), "backend.wsgi:application", "--no-control-socket", "--preload"]
    web += ["--bind", f"{settings.host}:{settings.port}", "--workers", str(settings.web_workers), "--threads", "8"]
    web += ["--timeout", "60", "--graceful-timeout", "10", "--worker-tmp-dir", "/dev/shm"]  # noqa: S108 - RAM, as advised
    # Behind the web in line for the processor: at 18:00 taking records comes before counting them.
    worker = ["nice", "-n", "5", *celery, "worker", "--concurrency", "2", "--loglevel", "INFO"]
    worker += ["--hostname", f"{home_key(home)}@%h"]
    # One worker knows no others to greet; without this each start waits a second for answers.
    worker += ["--without-gossip", "--without-mingle"]
    beat = [*celery, "beat", "--loglevel", "INFO", "--pidfile", "", "--schedule", str(home / "celerybeat-schedule")]
    return [
        Child("web", web, log / "web.log", patience_s=15),
        Child("worker", worker, log / "worker.log", patience_s=30),
        Child("beat", beat, log / "beat.log", patience_s=10),
    ]


def wait_until_ready(supervisor: Supervisor, settings: RunSettings) -> None:
    """Return once /readyz says 200; fail when a child ends before, or when it takes too long."""
    host = supervisor.environment.get("ALLOWED_HOSTS", "").split(",")[0].strip(" .*")
    # Behind a proxy that ends TLS the server sends plain HTTP away to https://, so we say what the proxy would say.
    headers = {"X-Forwarded-Proto": "https"} | ({"Host": host} if host else {})
    request = urllib.request.Request(f"{settings.address}readyz", headers=headers)  # noqa: S310 - our own address
    deadline_s, said = time.monotonic() + READY_TIMEOUT_S, "no answer"
    while time.monotonic() < deadline_s:
        supervisor.check()
        try:
            with urllib.request.urlopen(request, timeout=5):  # noqa: S310 - our own address
                return
        except urllib.error.HTTPError as error:
            said = f"{error.code} {error.read(500).decode(errors='replace')}"
        except OSError:
            pass
        supervisor.pause(0.2)
    raise OpsFailure(f"{settings.address}readyz did not become ready within {READY_TIMEOUT_S} s: {said}")


def prepare(supervisor: Supervisor, settings: RunSettings) -> bool:
    """Migrate the database, give an empty one the demo story; return whether it has the demo's accounts."""
    say("Preparing the database… 准备数据库")
    log = supervisor.servers.places.log / "migrate.log"
    command = [str(BIN / "python"), "-m", "ops.prepare", str(log), *(["--demo"] if settings.seeds_demo else [])]
    return supervisor.step("Preparing the database", command, {0, READY_WITH_DEMO}) == READY_WITH_DEMO


def check_given(ours: servers.Servers) -> None:
    """Check the database and the broker that the environment names."""
    if not ours.private_database:
        external.check_database(ours.given["DATABASE_URL"])
    if not ours.private_broker:
        external.check_broker(ours.given["CELERY_BROKER_URL"])


def serve(supervisor: Supervisor, settings: RunSettings) -> None:
    """Prepare, start everything, say where it is, and watch until asked to stop."""
    ours = supervisor.servers
    try:
        demo = prepare(supervisor, settings)
        say("Starting… 启动")
        web, worker, beat = children_of(settings, ours.places.home)
        supervisor.start(web)
        supervisor.start(worker)
        wait_until_ready(supervisor, settings)
        # Last, because each of the three needs seconds of one core to import everything, and there may be two cores.
        supervisor.start(beat)
        password = supervisor.environment.get("XUNFANG_DEMO_PASSWORD")
        say(welcome(settings, str(ours.places.log), password, demo=demo))
        while True:
            supervisor.pause(WATCH_S)
            supervisor.check()
    except Stopped:
        say("\nStopping… 正在停止")
    finally:
        supervisor.stop()


def say(text: str) -> None:
    """Print at once, also into a pipe; a terminal that was closed meanwhile is no reason to stop serving."""
    with suppress(OSError):
        print(text, flush=True)


def main() -> int:
    """Return 0 after a stop that was asked for, 1 after a failure, which is said in one line."""
    environment = servers.own_environment()
    try:
        settings = run_settings(environment)
        ours = servers.servers_of(environment)
        with only_one(ours.places.home):
            check_port(settings)
            check_given(ours)
            supervisor = Supervisor(ours, servers.environment_of(ours) | {"PORT": str(settings.port)})
            with servers.in_use(ours):
                serve(supervisor, settings)
    except OpsFailure as failure:
        print(f"xunfang: {failure}", file=sys.stderr)
        return 1
    say("Stopped. 已停止")
    return 0


if __name__ == "__main__":
    sys.exit(main())
