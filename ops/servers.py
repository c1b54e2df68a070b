"""SHELL: the private PostGIS and Redis of one home: `python3 -m ops.servers start|stop|status|env|exec`.

Who uses the servers holds a shared lock on `users.lock`; the last one to leave stops them, so that a test run
and a second one beside it do not pull the database from under each other. `start` keeps them up until `stop`.
"""

import argparse
import fcntl
import os
import secrets
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ops import account, broker, database
from ops.failures import OpsFailure
from ops.places import Places, home_key, places_of
from ops.settings import with_env_file

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Servers:
    """What one home runs by itself: what the environment already names is somebody else's and left alone."""

    places: Places
    account: account.Account
    private_database: bool
    private_broker: bool
    given: Mapping[str, str] = field(default_factory=dict)


def own_environment(*, test: bool = False) -> dict[str, str]:
    """Return our environment completed by .env; the tests do not read .env, so that they mean the same everywhere."""
    env_file = REPOSITORY / ".env"
    return with_env_file(os.environ, env_file.read_text() if env_file.exists() and not test else "")


def home_from(environment: Mapping[str, str]) -> Path:
    """Return $XUNFANG_HOME as an absolute path, by default `var` in the repository."""
    return Path(environment.get("XUNFANG_HOME") or REPOSITORY / "var").expanduser().absolute()


def servers_of(environment: Mapping[str, str], *, test: bool = False) -> Servers:
    """Return the servers of the home that `environment` names, its folders made.

    The tests have a home inside the home and always private servers: they must never write into a real database.
    """
    home = home_from(environment) / "test" if test else home_from(environment)
    _make_home(home)
    short_dir = account.short_folder(home_key(home))
    # A shell that took over our own addresses (`servers env`) still means the private servers.
    ours = places_of(home, postgres=(home / "postgres").resolve(), short_dir=short_dir, durable=not test)
    private_database = test or environment.get("DATABASE_URL", "") in {"", ours.database_url}
    private_broker = test or environment.get("CELERY_BROKER_URL", "") in {"", ours.broker_url}
    server_account = account.server_account() if private_database else account.own_account()
    postgres = account.postgres_folder(home, server_account) if private_database else home / "postgres"
    places = places_of(home, postgres=postgres, short_dir=short_dir, durable=not test)
    return Servers(places, server_account, private_database, private_broker, environment)


def _make_home(home: Path) -> None:
    try:
        # Root's home stays passable (0711) because PostgreSQL, inside it, belongs to another account.
        home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        (home / "log").mkdir(mode=0o700, exist_ok=True)
        # Django's STATIC_ROOT: WhiteNoise warns in every log where it is missing.
        (home / "static").mkdir(mode=0o755, exist_ok=True)
    except OSError as error:
        raise OpsFailure(f"XUNFANG_HOME={home} cannot be used: {error.strerror}.") from None


def start(servers: Servers) -> list[str]:
    """Start what is private and not yet up; return the names of what this call started."""
    places, started = servers.places, []
    with _exclusive(places.home / "servers.lock"):
        _make_short_folder(servers)
        if servers.private_database and database.start(places, servers.account):
            started.append("PostgreSQL")
        if servers.private_broker and broker.start(places):
            started.append("Redis")
    return started


def stop(servers: Servers) -> None:
    """Stop what is private: Redis first, because its tasks need the database."""
    with _exclusive(servers.places.home / "servers.lock"):
        if servers.private_broker:
            broker.stop(servers.places)
        if servers.private_database:
            database.stop(servers.places, servers.account)
    for folder in _short_folders(servers):
        # Empty unless something still runs there, and then it must stay.
        with suppress(OSError):
            folder.rmdir()


def lost(servers: Servers) -> list[str]:
    """Return the names of the private servers that are not up."""
    down = []
    if servers.private_database and not database.is_running(servers.places):
        down.append("PostgreSQL")
    if servers.private_broker and not broker.is_running(servers.places):
        down.append("Redis")
    return down


def environment_of(servers: Servers) -> dict[str, str]:
    """Return the given environment with the variables by which Django and Celery find this home and its servers."""
    places, given = servers.places, servers.given
    return {
        **given,
        "XUNFANG_HOME": str(places.home),
        "DATABASE_URL": places.database_url if servers.private_database else given["DATABASE_URL"],
        "CELERY_BROKER_URL": places.broker_url if servers.private_broker else given["CELERY_BROKER_URL"],
        "DJANGO_SETTINGS_MODULE": "backend.settings",
        "DJANGO_SECRET_KEY": given.get("DJANGO_SECRET_KEY") or secret_key(places.home / "secret_key"),
        "PYTHONPATH": str(REPOSITORY),
    }


def secret_key(path: Path) -> str:
    """Return the home's secret key, made once; readable by the owner only."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_urlsafe(48)
        file.write(key + "\n")
    return key


@contextmanager
def in_use(servers: Servers) -> Iterator[list[str]]:
    """Have the servers up inside the block; the last user stops them unless `start` asked to keep them."""
    home = servers.places.home
    with (home / "users.lock").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield start(servers)
        finally:
            if _is_last(users.fileno()) and not (home / "keep_servers").exists():
                stop(servers)


def _is_last(users: int) -> bool:
    """Return whether nobody else holds the users' lock; the kernel drops the lock of a process that died."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _short_folders(servers: Servers) -> list[Path]:
    """Return the folders of sockets outside the home, innermost first; none when the home's own path is short."""
    places = servers.places
    inner = [places.postgres_socket_dir, places.broker_socket.parent]
    outside = [folder for folder in inner if folder.parent == account.short_folder(home_key(places.home))]
    return [*outside, *{folder.parent for folder in outside}]


def _make_short_folder(servers: Servers) -> None:
    for short in _short_folders(servers)[-1:]:
        account.own_folder(short, account.own_account())
        if servers.account.switch:
            short.chmod(0o711)


def _status(servers: Servers) -> int:
    down = lost(servers)
    private = [("PostgreSQL", servers.private_database), ("Redis", servers.private_broker)]
    for name, ours in private:
        print(f"{name:<11}", "from the environment" if not ours else "down" if name in down else "up")
    print(f"{'home':<11}", servers.places.home)
    return 1 if down else 0


def _exec(servers: Servers, command: list[str]) -> int:
    with in_use(servers):
        # In our own process group: Ctrl-C reaches the command and us, and we wait for it to end in its own way.
        process = subprocess.Popen(command, env=environment_of(servers))
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue


def _act(action: str, servers: Servers, command: list[str]) -> int:
    keep = servers.places.home / "keep_servers"
    if action == "start":
        start(servers)
        keep.touch()
    elif action == "stop":
        keep.unlink(missing_ok=True)
        stop(servers)
    elif action == "env":
        for name, value in environment_of(servers).items():
            if os.environ.get(name) != value:
                print(f"export {name}={shlex.quote(value)}")
    elif action == "exec":
        return _exec(servers, command)
    return _status(servers) if action in {"start", "stop", "status"} else 0


def main(arguments: list[str]) -> int:
    """Read the command line, act, and turn a failure into one line and exit status 1."""
    parser = argparse.ArgumentParser(prog="python3 -m ops.servers", description=__doc__)
    parser.add_argument("--test", action="store_true", help="the servers of the tests: own data, not durable")
    parser.add_argument("action", choices=["start", "stop", "status", "env", "exec"])
    parser.add_argument("command", nargs=argparse.REMAINDER, help="for exec: -- program arguments…")
    given = parser.parse_args(arguments)
    try:
        command = given.command[1:] if given.command[:1] == ["--"] else given.command
        return _act(given.action, servers_of(own_environment(test=given.test), test=given.test), command)
    except OpsFailure as failure:
        print(f"xunfang: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
