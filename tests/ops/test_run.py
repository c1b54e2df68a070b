"""The supervisor's parts: one home, one run; a free port; children that end in order and never stay behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ops.children import LOG_BYTES_MAX, Child, end_all, rotate
from ops.failures import OpsFailure
from ops.processes import is_zombie, wait_until
from ops.run import check_port, only_one
from ops.servers import REPOSITORY
from ops.settings import run_settings


def child_of(folder: Path, script: str, patience_s: float = 5) -> Child:
    child = Child("worker", ["/bin/sh", "-c", script], folder / "worker.log", patience_s)
    child.start(os.environ, folder)
    return child


def is_gone(pid: int) -> bool:
    return is_zombie(pid)


def number_in(path: Path) -> int:
    assert wait_until(lambda: path.exists() and path.read_text().strip().isdecimal(), 5)
    return int(path.read_text())


def test_a_second_run_on_the_same_home_is_refused_and_told_who_has_it(tmp_path: Path) -> None:
    with only_one(tmp_path):
        with (
            pytest.raises(OpsFailure, match=rf"already runs from .* \(process {os.getpid()}\)") as failure,
            only_one(tmp_path),
        ):
            pass
        assert "\n" not in str(failure.value)


def test_a_home_is_free_again_after_its_run_has_ended(tmp_path: Path) -> None:
    with only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass


def test_a_busy_port_is_one_line_that_names_another_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OpsFailure, match=f"127.0.0.1:{port} cannot be used") as failure:
            check_port(run_settings({"PORT": str(port)}))
    assert "\n" not in str(failure.value)
    assert "PORT=" in str(failure.value)


def test_an_address_that_is_not_ours_is_one_line() -> None:
    with pytest.raises(OpsFailure, match=r"192\.0\.2\.1:8000 cannot be used"):
        check_port(run_settings({"HOST": "192.0.2.1"}))


def test_a_child_that_finishes_in_time_is_not_killed(tmp_path: Path) -> None:
    child = child_of(tmp_path, "trap 'echo finished; exit 0' TERM; touch up; while :; do sleep 0.05; done")
    assert wait_until((tmp_path / "up").exists, 5)
    end_all([child])
    assert child.log.read_text() == "finished\n"


def test_a_child_that_does_not_listen_is_killed_with_everything_it_started(tmp_path: Path) -> None:
    child = child_of(tmp_path, "trap '' TERM; sleep 600 & echo $! > grandchild; while :; do sleep 0.05; done", 0.2)
    grandchild = number_in(tmp_path / "grandchild")
    end_all([child])
    assert wait_until(lambda: is_gone(grandchild), 5)


def test_children_do_not_outlive_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, signal; from ops.children import Child\n"
        f"folder = pathlib.Path({str(tmp_path)!r})\n"
        "child = Child('web', ['sleep', '600'], folder / 'web.log', 1); child.start(os.environ, folder)\n"
        "(folder / 'pid').write_text(str(child.process.pid)); signal.pause()"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", script], cwd=REPOSITORY)
    pid = number_in(tmp_path / "pid")
    supervisor.send_signal(signal.SIGKILL)
    supervisor.wait()
    assert wait_until(lambda: is_gone(pid), 5)


def test_a_log_that_has_grown_too_long_starts_anew_and_the_old_one_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_bytes(b"x" * (LOG_BYTES_MAX + 1))
    rotate(log)
    assert not log.exists()
    assert (tmp_path / "web.log.1").stat().st_size > LOG_BYTES_MAX


def test_waiting_ends_as_soon_as_the_condition_holds() -> None:
    begun_s = time.monotonic()
    assert wait_until(lambda: True, 60)
    assert not wait_until(lambda: False, 0)
    assert time.monotonic() - begun_s < 30
