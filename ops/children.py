"""SHELL: the programs that `make run` keeps alive: started in a session of their own, ended in order."""

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ops.processes import wait_until

LOG_BYTES_MAX = 10_000_000


@dataclass
class Child:
    """One program: its name for people, its command, its log, and how long it may take to end."""

    name: str
    command: list[str]
    log: Path
    patience_s: float
    process: "subprocess.Popen[bytes] | None" = field(default=None)

    def start(self, environment: Mapping[str, str], folder: Path) -> None:
        """Start it with its output going to its log."""
        rotate(self.log)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*dies_with_us(), *self.command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C in the terminal reaches only the supervisor, which ends the others in order.
                start_new_session=True,
                env=dict(environment),
                cwd=folder,
            )

    def has_ended(self) -> bool:
        """Return whether it is down (or was never started)."""
        return self.process is None or self.process.poll() is not None

    def ask_to_end(self) -> None:
        """Ask it to finish what it does and end."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def end(self) -> None:
        """Wait for its end and, when its patience is over, kill it with everything it started."""
        if self.process is None:
            return
        wait_until(self.has_ended, self.patience_s)
        # Also after a good end: a worker process that its master lost must not stay behind.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def dies_with_us() -> list[str]:
    """Return the wrapper by which the kernel ends a child when the supervisor is killed -9."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def rotate(log: Path) -> None:
    """Move a log that has grown too long aside; one old one is kept."""
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(".log.1"))


def end_all(children: list[Child]) -> None:
    """End these together: ask all, then wait for each."""
    for child in children:
        child.ask_to_end()
    for child in children:
        child.end()
