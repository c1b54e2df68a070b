"""PURE: where the private servers of one home live, and the addresses by which programs reach them."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

# sun_path holds 108 bytes with its closing zero; PostgreSQL refuses from 108 on. 103 is safe on every Unix.
SOCKET_PATH_BYTES_MAX = 103
# PostgreSQL adds this file name to the directory it is given.
POSTGRES_SOCKET_NAME = ".s.PGSQL.5432"
DATABASE_NAME = "xunfang"
ROLE_NAME = "xunfang"


@dataclass(frozen=True)
class Places:
    """The paths of one home; `durable` is False for the cluster of the tests, which may lose its data."""

    home: Path
    postgres: Path
    postgres_socket_dir: Path
    broker: Path
    broker_socket: Path
    log: Path
    durable: bool

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data directory."""
        return self.postgres / "data"

    @property
    def database_url(self) -> str:
        """The private database's address as Django's settings and libpq read it."""
        query = urlencode({"host": str(self.postgres_socket_dir)}, quote_via=quote, safe="/")
        return f"postgis://{ROLE_NAME}@/{DATABASE_NAME}?{query}"

    @property
    def broker_url(self) -> str:
        """The private Redis' address as Celery reads it."""
        return f"redis+socket://{quote(str(self.broker_socket))}"


def home_key(home: Path) -> str:
    """Return twelve hexadecimal digits that stand for the home; the same home always has the same ones."""
    return hashlib.sha256(os.fsencode(home)).hexdigest()[:12]


def fits_a_socket(path: Path) -> bool:
    """Return whether a Unix socket can be bound at `path` (its length in bytes, not in characters)."""
    return len(os.fsencode(path)) <= SOCKET_PATH_BYTES_MAX


def places_of(home: Path, *, postgres: Path, short_dir: Path, durable: bool) -> Places:
    """Return the places of `home`; sockets move to `short_dir` when their own path is too long.

    `home` and `postgres` are absolute. PostgreSQL's folder comes from outside because as root it belongs
    to another account, which may not be able to reach the home.
    """
    socket_dir = postgres / "socket"
    if not fits_a_socket(socket_dir / POSTGRES_SOCKET_NAME):
        socket_dir = short_dir / "postgres"
    broker_socket = home / "redis" / "redis.sock"
    if not fits_a_socket(broker_socket):
        broker_socket = short_dir / "redis" / "redis.sock"
    return Places(
        home=home,
        postgres=postgres,
        postgres_socket_dir=socket_dir,
        broker=home / "redis",
        broker_socket=broker_socket,
        log=home / "log",
        durable=durable,
    )
