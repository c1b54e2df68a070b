"""SHELL: the private PostGIS cluster of one home: made, started, asked, stopped. Reached by Unix socket only."""

import re
import shutil
from pathlib import Path

from ops.account import Account, own_folder, own_name, run_as
from ops.failures import OpsFailure
from ops.places import DATABASE_NAME, POSTGRES_SOCKET_NAME, ROLE_NAME, Places
from ops.processes import anyone_works_in, first_number, tail, wait_until, works_in

BINARIES = "usr/lib/postgresql/*/bin/postgres"
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 60
ORPHANS_TIMEOUT_S = 20
DATABASE_EXISTS = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE_NAME}'"  # noqa: S608 - a constant
ROLE_EXISTS = f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE_NAME}'"  # noqa: S608 - a constant

# Sized for a station's machine (2 cores, 4 GB): the working set of a city's month fits in 256 MB.
SETTINGS = """\
# Written by ops/database.py at every start; changes belong into zz-local.conf beside this file.
listen_addresses = ''
port = 5432
unix_socket_directories = '{socket_dir}'
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C.UTF-8'
logging_collector = off
log_min_duration_statement = 2s
fsync = {durable}
synchronous_commit = {durable}
full_page_writes = {durable}
include_if_exists = 'zz-local.conf'
"""


def binary_folder() -> Path:
    """Return the folder of the newest PostgreSQL server on this machine."""
    found = sorted(Path("/").glob(BINARIES), key=_version)
    if not found:
        raise OpsFailure(
            "PostgreSQL is not installed: apt-get install postgresql postgresql-postgis (or set DATABASE_URL)."
        )
    return found[-1].parent


def _version(binary: Path) -> float:
    return float(re.sub(r"[^0-9.]", "", binary.parent.parent.name) or 0)


def is_running(places: Places) -> bool:
    """Return whether the cluster's own postmaster lives (a stale pid file does not count)."""
    pid = first_number(places.cluster / "postmaster.pid")
    return pid is not None and works_in(pid, places.cluster)


def start(places: Places, account: Account) -> bool:
    """Bring the cluster up with role, database and PostGIS; return whether this call started it."""
    started = not is_running(places)
    if started:
        own_folder(places.postgres_socket_dir, account)
        _make_cluster(places, account)
        _write_settings(places, account)
        _launch(places, account)
    _make_database(places, account)
    return started


def _launch(places: Places, account: Account) -> None:
    _clear_after_a_crash(places)
    # The log lies with the cluster because that account cannot write into ours; the link keeps all logs in one folder.
    log = places.postgres / "postgres.log"
    link = places.log / "postgres.log"
    link.unlink(missing_ok=True)
    link.symlink_to(log)
    command = ["pg_ctl", "start", "-w", "-t", str(START_TIMEOUT_S), "-s", "-D", str(places.cluster), "-l", str(log)]
    done = run_as(account, [str(binary_folder() / command[0]), *command[1:]])
    if done.returncode != 0:
        raise OpsFailure(f"PostgreSQL did not start; the end of {log}:\n{tail(log) or done.stderr}")


def _clear_after_a_crash(places: Places) -> None:
    """Remove the lock files of a postmaster that is gone; their number may by now be another program's.

    They are also what keeps a second postmaster from data that the first one's orphans still write, so nothing is
    removed while any process works in the cluster; orphans notice the death of their postmaster and end.
    """
    if not wait_until(lambda: not anyone_works_in(places.cluster), ORPHANS_TIMEOUT_S):
        raise OpsFailure(
            f"Processes of a PostgreSQL that was killed still work in {places.cluster}: end them, then start."
        )
    (places.cluster / "postmaster.pid").unlink(missing_ok=True)
    (places.postgres_socket_dir / f"{POSTGRES_SOCKET_NAME}.lock").unlink(missing_ok=True)


def stop(places: Places, account: Account) -> None:
    """Stop the cluster: sessions are ended, committed work is on disk; nothing happens when it is down."""
    pid = first_number(places.cluster / "postmaster.pid")
    if pid is None or not works_in(pid, places.cluster):
        return
    command = ["stop", "-w", "-t", str(STOP_TIMEOUT_S), "-s", "-m", "fast", "-D", str(places.cluster)]
    done = run_as(account, [str(binary_folder() / "pg_ctl"), *command])
    if done.returncode != 0:
        raise OpsFailure(f"PostgreSQL did not stop: {done.stderr.strip()}")
    # pg_ctl looks for the pid file only; the process itself takes a moment longer to be gone.
    wait_until(lambda: not works_in(pid, places.cluster), STOP_TIMEOUT_S)


def _make_cluster(places: Places, account: Account) -> None:
    if places.cluster.exists():
        _check_version(places)
        return
    # Made beside its place and renamed, so that an initdb that was cut off is never taken for a cluster.
    unfinished = places.postgres / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    options = ["-U", "postgres", "--auth=peer", "--encoding=UTF8", "--locale=C.UTF-8"]
    sync = [] if places.durable else ["--no-sync"]
    done = run_as(account, [str(binary_folder() / "initdb"), "-D", str(unfinished), *options, *sync])
    if done.returncode != 0:
        raise OpsFailure(f"initdb failed in {unfinished}: {' '.join(done.stderr.split())}")
    unfinished.rename(places.cluster)


def _check_version(places: Places) -> None:
    made_by = (places.cluster / "PG_VERSION").read_text().strip()
    present = binary_folder().parent.name
    if made_by != present:
        raise OpsFailure(
            f"{places.cluster} was made by PostgreSQL {made_by}, this machine's newest is {present}: "
            f"install postgresql-{made_by}, or move the data with pg_dump (docs/operations.md, Upgrading)."
        )


def _write_settings(places: Places, account: Account) -> None:
    """Write our settings and who may come in: only this account and root, told apart by the kernel (peer)."""
    names = sorted({account.name, own_name(), "root"})
    ident = "".join(f'xunfang "{name}" {role}\n' for name in names for role in ("postgres", ROLE_NAME))
    settings = SETTINGS.format(
        socket_dir=str(places.postgres_socket_dir).replace("'", "''"), durable="on" if places.durable else "off"
    )
    texts = {"pg_hba.conf": "local all all peer map=xunfang\n", "pg_ident.conf": ident, "xunfang.conf": settings}
    main = places.cluster / "postgresql.conf"
    if "xunfang.conf" not in main.read_text():
        with main.open("a") as file:
            file.write("include 'xunfang.conf'\n")
    for name, text in texts.items():
        path = places.cluster / name
        path.write_text(text)
        path.chmod(0o600)
        if account.switch:
            shutil.chown(path, account.uid, account.gid)


def _make_database(places: Places, account: Account) -> None:
    """Make role, database and extension where they are missing.

    PostGIS goes into template1 as well: only a superuser may create it, and Django's test runner, which makes
    its own databases, connects as the plain role.
    """
    if _ask(places, account, "postgres", DATABASE_EXISTS) == "1":
        return
    _ask(places, account, "template1", "CREATE EXTENSION IF NOT EXISTS postgis")
    if _ask(places, account, "postgres", ROLE_EXISTS) != "1":
        _ask(places, account, "postgres", f"CREATE ROLE {ROLE_NAME} LOGIN CREATEDB")
    _ask(places, account, "postgres", f"CREATE DATABASE {DATABASE_NAME} OWNER {ROLE_NAME}")


def _ask(places: Places, account: Account, database: str, statement: str) -> str:
    command = [str(binary_folder() / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-U", "postgres"]
    done = run_as(account, [*command, "-h", str(places.postgres_socket_dir), "-d", database, "-c", statement])
    if done.returncode != 0:
        error = " ".join(done.stderr.split())
        if "postgis" in error:
            raise OpsFailure(
                f"PostGIS is not installed for this PostgreSQL: apt-get install postgresql-postgis ({error})"
            )
        raise OpsFailure(f"PostgreSQL refused a set-up statement: {error}")
    return done.stdout.strip()
