"""One real server for all tests of the server ring, on a durable cluster of its own; every history has its own town."""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.rings.faults.real_server import RealServer, real_server
from tests.rings.server.soak import failpoint_folder

TOWNS = 40


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder, so that it can be left out or run alone."""
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.ring)


@dataclass
class Place:
    """The server, its folder of failpoints, and towns that no history has used yet."""

    server: RealServer
    failpoints: Path
    towns: list[dict[str, Any]] = field(default_factory=list)

    def town(self) -> dict[str, Any]:
        """Return a town of its own for one history."""
        if not self.towns:
            self.towns = self.server.town(sets=TOWNS, stations=2, officers=2, doors=12)
        return self.towns.pop()


@pytest.fixture(scope="session")
def place() -> Iterator[Place]:
    """The product, started once; SEEDED_BUG is read by the tests' own URL configuration at each request."""
    home = Path(os.environ["XUNFANG_HOME"]) / "ring"
    home.mkdir(parents=True, exist_ok=True)
    folder = failpoint_folder(home)
    (home / "seeded_bug").unlink(missing_ok=True)  # a run that was killed leaves its mistake in force
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    under_test = {"XUNFANG_TEST_SERVER": "yes", "XUNFANG_FAILPOINTS": str(folder)}
    settings = {"DJANGO_SETTINGS_MODULE": "tests.rings.server.seeded.settings"}
    with real_server(home, port=port, **under_test, **settings) as server:
        server.start()
        yield Place(server, folder)
