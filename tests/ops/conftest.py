"""Homes of their own for the tests of the private servers."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from ops import servers


class Make(Protocol):
    """Makes the servers of a home; not durable, and so quicker, unless asked."""

    def __call__(self, home: Path, *, durable: bool = False) -> servers.Servers: ...


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's account can enter; pytest's own tmp_path is closed to it when we are root."""
    folder = Path(tempfile.mkdtemp(prefix="xunfang-ops-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def servers_in() -> Iterator[Make]:
    """Make the servers of a home; whatever still runs at the end of the test is stopped."""
    made = []

    def make(home: Path, *, durable: bool = False) -> servers.Servers:
        environment = {"XUNFANG_HOME": str(home), "PATH": os.environ["PATH"]}
        made.append(servers.servers_of(environment, test=not durable))
        return made[-1]

    yield make
    for each in made:
        servers.stop(each)
