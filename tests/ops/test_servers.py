"""The private PostGIS and Redis of a home, with real servers."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from ops import account, broker, database, servers
from ops.failures import OpsFailure
from ops.processes import first_number, is_zombie, wait_until, works_in
from tests.ops.conftest import Make


def ask(ours: servers.Servers, statement: str) -> object:
    """Run one statement as the application would, and return its first value."""
    address = ours.places.database_url.replace("postgis://", "postgresql://")
    with psycopg.connect(address, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return (cursor.fetchone() or [None])[0] if cursor.description else None


def postmaster_of(ours: servers.Servers) -> int:
    pid = first_number(ours.places.cluster / "postmaster.pid")
    assert pid is not None
    return pid


def test_a_new_home_gets_a_database_with_postgis_and_a_broker_that_answers(open_folder: Path, servers_in: Make) -> None:
    ours = servers_in(open_folder)
    assert servers.start(ours) == ["PostgreSQL", "Redis"]
    assert str(ask(ours, "SELECT postgis_lib_version()")).startswith("3.")
    assert broker.answers(ours.places)
    assert servers.start(ours) == []


def test_the_application_is_no_superuser_and_its_new_databases_have_postgis(
    open_folder: Path, servers_in: Make
) -> None:
    ours = servers_in(open_folder)
    servers.start(ours)
    assert ask(ours, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    ask(ours, "CREATE DATABASE another")
    address = ours.places.database_url.replace("postgis://", "postgresql://").replace("/xunfang?", "/another?")
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'").fetchone() == (1,)


def test_nothing_listens_on_the_network(open_folder: Path, servers_in: Make) -> None:
    ours = servers_in(open_folder)
    servers.start(ours)
    assert ask(ours, "SHOW listen_addresses") == ""
    assert "port 0" in (ours.places.broker / "redis.conf").read_text()


def test_stop_leaves_no_process_and_the_sockets_are_closed_to_others(open_folder: Path, servers_in: Make) -> None:
    ours = servers_in(open_folder)
    servers.start(ours)
    pids = [postmaster_of(ours), first_number(ours.places.broker / "redis.pid")]
    for folder in (ours.places.postgres_socket_dir, ours.places.broker_socket.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    servers.stop(ours)
    assert not [pid for pid in pids if pid and not is_zombie(pid)]
    assert servers.lost(ours) == ["PostgreSQL", "Redis"]


def test_after_a_crash_the_next_start_brings_the_data_back(open_folder: Path, servers_in: Make) -> None:
    ours = servers_in(open_folder, durable=True)
    servers.start(ours)
    ask(ours, "CREATE TABLE kept AS SELECT 1 AS one")
    pid = postmaster_of(ours)
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not works_in(pid, ours.places.cluster), 10)
    assert servers.start(ours) == ["PostgreSQL"]
    assert ask(ours, "SELECT count(*) FROM kept") == 1


def test_a_pid_file_whose_number_now_belongs_to_another_program_does_not_count(
    open_folder: Path, servers_in: Make
) -> None:
    ours = servers_in(open_folder)
    servers.start(ours)
    servers.stop(ours)
    for path in (ours.places.cluster / "postmaster.pid", ours.places.broker / "redis.pid"):
        path.write_text(f"{os.getpid()}\n")
    assert servers.lost(ours) == ["PostgreSQL", "Redis"]
    assert servers.start(ours) == ["PostgreSQL", "Redis"]


def test_two_homes_run_side_by_side(open_folder: Path, servers_in: Make) -> None:
    one, other = servers_in(open_folder / "one"), servers_in(open_folder / "other")
    servers.start(one)
    servers.start(other)
    servers.stop(one)
    assert ask(other, "SELECT 1") == 1


def test_a_home_too_deep_for_a_socket_path_still_works(open_folder: Path, servers_in: Make) -> None:
    ours = servers_in(open_folder / ("d" * 60) / ("e" * 60))
    servers.start(ours)
    assert ask(ours, "SELECT 1") == 1
    assert not ours.places.postgres_socket_dir.is_relative_to(open_folder)


def test_the_last_user_stops_the_servers_and_not_an_earlier_one(open_folder: Path, servers_in: Make) -> None:
    ours = servers_in(open_folder)
    with servers.in_use(ours):
        with servers.in_use(ours):
            pass
        assert servers.lost(ours) == []
    assert servers.lost(ours) == ["PostgreSQL", "Redis"]


def test_a_database_named_from_outside_is_used_and_no_private_one_is_made(open_folder: Path) -> None:
    given = {"XUNFANG_HOME": str(open_folder), "DATABASE_URL": "postgis://u@db.example/x", "CELERY_BROKER_URL": ""}
    ours = servers.servers_of(given)
    assert (ours.private_database, ours.private_broker) == (False, True)
    assert servers.environment_of(ours)["DATABASE_URL"] == "postgis://u@db.example/x"
    assert not (open_folder / "postgres").exists()


def test_the_tests_never_use_a_database_named_from_outside(open_folder: Path) -> None:
    given = {"XUNFANG_HOME": str(open_folder), "DATABASE_URL": "postgis://u@db.example/x"}
    assert "db.example" not in servers.environment_of(servers.servers_of(given, test=True))["DATABASE_URL"]


def test_a_shell_that_took_over_our_own_addresses_still_means_the_private_servers(open_folder: Path) -> None:
    first = servers.environment_of(servers.servers_of({"XUNFANG_HOME": str(open_folder)}))
    again = servers.servers_of(first)
    assert (again.private_database, again.private_broker) == (True, True)


def test_the_secret_key_is_made_once_and_only_its_owner_can_read_it(open_folder: Path) -> None:
    path = open_folder / "secret_key"
    key = servers.secret_key(path)
    assert len(key) >= 50
    assert servers.secret_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root keeps PostgreSQL under another account")
def test_a_home_closed_to_the_database_account_has_its_cluster_elsewhere(open_folder: Path) -> None:
    closed = open_folder / "closed" / "home"
    closed.mkdir(parents=True)
    closed.parent.chmod(0o700)
    postgres = account.server_account()
    folder = account.postgres_folder(closed, postgres, fallback_root=open_folder / "lib")
    assert folder.parent == open_folder / "lib"
    assert folder.stat().st_uid == postgres.uid
    assert account.postgres_folder(closed, postgres, fallback_root=open_folder / "lib") == folder


def test_a_folder_of_somebody_else_in_the_place_of_ours_is_refused(open_folder: Path) -> None:
    (open_folder / "elsewhere").mkdir()
    (open_folder / "socket").symlink_to(open_folder / "elsewhere")
    with pytest.raises(OpsFailure, match="belongs to somebody else"):
        account.own_folder(open_folder / "socket", account.own_account())


def test_exec_gives_its_command_the_servers_and_its_exit_status_back(open_folder: Path) -> None:
    code = "import os, sys; sys.exit(7 if 'socket' in os.environ['DATABASE_URL'] else 1)"
    command = [sys.executable, "-m", "ops.servers", "--test", "exec", "--", sys.executable, "-c", code]
    done = subprocess.run(
        command,
        env={**os.environ, "XUNFANG_HOME": str(open_folder), "DATABASE_URL": "", "CELERY_BROKER_URL": ""},
        cwd=servers.REPOSITORY,
        check=False,
    )
    assert done.returncode == 7


def test_a_cluster_of_another_postgresql_version_is_one_line_that_says_what_to_do(
    open_folder: Path, servers_in: Make
) -> None:
    ours = servers_in(open_folder)
    ours.places.cluster.mkdir()
    (ours.places.cluster / "PG_VERSION").write_text("9\n")
    with pytest.raises(OpsFailure, match="made by PostgreSQL 9"):
        servers.start(ours)
    assert not database.is_running(ours.places)
