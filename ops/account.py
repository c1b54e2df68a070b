"""SHELL: which account PostgreSQL runs under, and folders that this account can reach.

PostgreSQL refuses to run as root, so root hands it to Debian's `postgres` account; anyone else runs it as himself.
"""

import os
import pwd
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ops.failures import OpsFailure

UNPRIVILEGED_ACCOUNT = "postgres"
# Where root keeps a cluster whose home the unprivileged account cannot enter (/root is closed to others).
FALLBACK_ROOT = Path("/var/lib/xunfang")


@dataclass(frozen=True)
class Account:
    """A Unix account; `switch` is True when we must change to it to start programs."""

    name: str
    uid: int
    gid: int
    switch: bool


def server_account() -> Account:
    """Return the account PostgreSQL runs under: our own, or the unprivileged one when we are root."""
    if os.geteuid() != 0:
        return own_account()
    try:
        entry = pwd.getpwnam(UNPRIVILEGED_ACCOUNT)
    except KeyError:
        raise OpsFailure(
            f"PostgreSQL does not run as root and there is no account {UNPRIVILEGED_ACCOUNT!r}: "
            "install the package postgresql, or run make as an ordinary user."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)


def own_account() -> Account:
    """Return the account we run under."""
    return Account(own_name(), os.geteuid(), os.getegid(), switch=False)


def own_name() -> str:
    """Return our account's name; the number where the machine has no name for it (some containers)."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def run_as(account: Account, command: list[str], *, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    """Run `command` under `account` from / (its own folder may be closed to it) and return what it said."""
    # Somebody's PGHOST or PGOPTIONS is about another server than ours.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={**environment, "LC_ALL": "C.UTF-8", "HOME": "/"},
        user=account.uid if account.switch else None,
        group=account.gid if account.switch else None,
        extra_groups=[] if account.switch else None,
    )


def can_enter(account: Account, folder: Path) -> bool:
    """Return whether the account can pass through `folder`; asked of the kernel, so that ACLs count too."""
    return run_as(account, ["test", "-x", str(folder)]).returncode == 0


def own_folder(path: Path, account: Account) -> None:
    """Make `path` a folder of `account` closed to everybody else; refuse one that somebody else put there."""
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {account.uid, os.geteuid()}:
        raise OpsFailure(f"{path} belongs to somebody else: remove it or choose another XUNFANG_HOME.")
    if account.switch and found.st_uid != account.uid:
        os.chown(path, account.uid, account.gid)
    path.chmod(0o700)


def postgres_folder(home: Path, account: Account, *, fallback_root: Path = FALLBACK_ROOT) -> Path:
    """Return the folder of PostgreSQL for `home`, made if need be; elsewhere when the account cannot enter it.

    The link `<home>/postgres` then leads to the real place, which has a name of its own, so that a home that
    is deleted and made again does not come back with the old data.
    """
    path = home / "postgres"
    if path.is_symlink():
        return path.resolve()
    if path.exists() or can_enter(account, home):
        own_folder(path, account)
        return path.resolve()
    fallback_root.mkdir(mode=0o755, parents=True, exist_ok=True)
    elsewhere = Path(tempfile.mkdtemp(prefix="postgres-", dir=fallback_root))
    own_folder(elsewhere, account)
    path.symlink_to(elsewhere)
    return elsewhere


def short_folder(key: str) -> Path:
    """Return a short folder for the sockets of the home with this key: under /run for root, else under /tmp."""
    if os.geteuid() == 0:
        return Path("/run") / f"xunfang-{key}"
    return Path(tempfile.gettempdir()) / f"xunfang-{os.geteuid()}-{key}"
