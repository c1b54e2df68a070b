"""Failpoints: armed by a file on a test server, refused anywhere else."""

import subprocess
import sys
from pathlib import Path

PROGRAM = "from backend.common.failpoints import failpoint; failpoint('push.after_store'); print('went on')"


def run(program: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    path = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    return subprocess.run(
        [sys.executable, "-c", program], env=path | environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_server_that_is_not_under_test_does_not_start_with_failpoints(tmp_path: Path) -> None:
    done = run(PROGRAM, XUNFANG_FAILPOINTS=str(tmp_path))
    assert done.returncode != 0
    assert "for test servers only" in done.stderr


def test_without_the_variable_an_armed_point_does_nothing(tmp_path: Path) -> None:
    (tmp_path / "push.after_store@1").write_text("crash")
    assert run(PROGRAM, XUNFANG_TEST_SERVER="yes").stdout == "went on\n"


def test_an_armed_point_kills_the_process_once_and_no_other_point_fires_it(tmp_path: Path) -> None:
    armed = {"XUNFANG_FAILPOINTS": str(tmp_path), "XUNFANG_TEST_SERVER": "yes"}
    (tmp_path / "push.before_store@1").write_text("crash")
    assert run(PROGRAM, **armed).stdout == "went on\n"
    (tmp_path / "push.after_store@1").write_text("crash")
    assert run(PROGRAM, **armed).returncode == -9
    assert run(PROGRAM, **armed).stdout == "went on\n"


def test_a_refusal_of_the_database_is_djangos_own_error(tmp_path: Path) -> None:
    (tmp_path / "push.after_store@1").write_text("disk_full")
    program = (
        "from django.db import OperationalError\nfrom backend.common.failpoints import failpoint\n"
        "try:\n    failpoint('push.after_store')\nexcept OperationalError as error:\n    print(type(error.__cause__))"
    )
    done = run(program, XUNFANG_FAILPOINTS=str(tmp_path), XUNFANG_TEST_SERVER="yes")
    assert "DiskFull" in done.stdout
