"""SHELL: processes that outlive the command that started them: are they ours, are they alive, end them."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

POLL_S = 0.05


def works_in(pid: int, folder: Path) -> bool:
    """Return whether process `pid` lives and has `folder` as its working directory.

    PostgreSQL and Redis both work inside their own data folder. A number alone proves nothing: after a crash
    or a reboot the process with the number of a stale pid file is somebody else's.
    """
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder.resolve() and not is_zombie(pid)
    except OSError:
        return False


def anyone_works_in(folder: Path) -> bool:
    """Return whether any living process has `folder` as its working directory."""
    return any(works_in(int(entry.name), folder) for entry in Path("/proc").iterdir() if entry.name.isdecimal())


def is_zombie(pid: int) -> bool:
    """Return whether the process has ended and only waits to be collected."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in {"Z", "X"}


def first_number(path: Path) -> int | None:
    """Return the number on the first line of a pid file; None when there is no such file or no number."""
    try:
        return int(path.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def wait_until(condition: Callable[[], bool], timeout_s: float) -> bool:
    """Return True as soon as `condition` holds, False when it does not within `timeout_s`."""
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(POLL_S)
    return True


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal; a process that is already gone is what we wanted."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def tail(path: Path, lines: int = 15) -> str:
    """Return the last lines of a log, empty when there is none."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
