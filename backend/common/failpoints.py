"""SHELL: named places where a test server can be made to fail; everywhere else a call that returns at once.

A server is under test when it was started with XUNFANG_TEST_SERVER=yes and XUNFANG_FAILPOINTS=<folder>; the folder
without the first is refused at start. A file `<point>@<anything>` in the folder, holding the name of an action, arms
its point once: whoever renames the file away does it, so that of several processes exactly one fails.
"""

import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from django.db import OperationalError
from psycopg import errors

from backend import env

HOLD_POLL_S = 0.01


def _crash(_armed: Path) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _refused(error: type[errors.OperationalError]) -> Callable[[Path], None]:
    def act(_armed: Path) -> NoReturn:
        # As Django wraps what psycopg raises, so that callers cannot tell it from the real one.
        raise OperationalError(f"failpoint: {error.__name__}") from error()

    return act


def _hold(armed: Path) -> None:
    while armed.exists():
        time.sleep(HOLD_POLL_S)


def _break(_armed: Path) -> NoReturn:
    raise RuntimeError("failpoint: a defect of ours")


ACTIONS: Mapping[str, Callable[[Path], None]] = {
    "crash": _crash,  # SIGKILL of this very process
    "deadlock": _refused(errors.DeadlockDetected),
    "disk_full": _refused(errors.DiskFull),
    "connection_lost": _refused(errors.AdminShutdown),
    "hold": _hold,  # until somebody deletes `<point>@<anything>.taken`
    "break": _break,  # an exception that nobody expects
}


def _folder() -> Path | None:
    folder = env.read_str("XUNFANG_FAILPOINTS", "")
    if not folder:
        return None
    if not env.read_bool("XUNFANG_TEST_SERVER", default=False):
        raise env.SettingError("xunfang: XUNFANG_FAILPOINTS is for test servers only (XUNFANG_TEST_SERVER=yes).")
    return Path(folder)


_FOLDER = _folder()


def failpoint(point: str) -> None:
    """Fail here when a test armed this point; otherwise return at once."""
    if _FOLDER is not None:
        _act_if_armed(_FOLDER, point)


def _act_if_armed(folder: Path, point: str) -> None:
    for armed in sorted(folder.glob(f"{point}@*")):
        if armed.suffix == ".taken":
            continue
        taken = armed.with_name(f"{armed.name}.taken")
        try:
            armed.rename(taken)
        except FileNotFoundError:
            continue  # another process was first
        ACTIONS[taken.read_text().strip()](taken)
        return
