"""tuspy and tus-js-client against the real web server: cut anywhere, they go on there and send little twice."""

import json
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tusclient.client import TusClient

from backend.accounts.models import Officer
from backend.uploads.models import StoredFile, Upload
from tests.backend.uploads.conftest import CHUNK, metadata, noise, sha256
from tests.backend.uploads.live import ROOT, CuttingProxy, web_server
from tests.factories import OfficerFactory, UnitFactory, new_id

pytestmark = pytest.mark.django_db(transaction=True)
NODE_LIBRARY = ROOT / "frontend_pwa" / "package.json"
TWICE_AT_MOST = 1.10


@dataclass
class Live:
    """A running server, and an officer's session on it."""

    port: int
    token: str
    home: Path

    @property
    def headers(self) -> dict[str, str]:
        return {"X-Session-Token": self.token, "Tus-Resumable": "1.0.0"}

    def create(self, content: bytes) -> str:
        response = self.request(
            "POST",
            "/api/v1/uploads/",
            {"Upload-Length": str(len(content)), "Upload-Metadata": metadata(new_id(), content)},
        )
        assert response["status"] == 201, response
        return str(response["location"])

    def offset(self, address: str) -> int:
        return int(self.request("HEAD", address)["upload-offset"])

    def offset_becomes(self, address: str, wanted: int) -> int:
        """Wait until the server has counted what it was sent; it reads a cut connection to its end first."""
        deadline = time.monotonic() + 10
        while (found := self.offset(address)) < wanted and time.monotonic() < deadline:
            pass
        return found

    def request(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Any:
        with self.begin(method, path, headers or {}, len(body)) as connection:
            connection.sendall(body)
            head = b""
            while b"\r\n\r\n" not in head and (received := connection.recv(65_536)):
                head += received
        first, *lines = head.partition(b"\r\n\r\n")[0].decode().split("\r\n")
        pairs = (line.partition(": ") for line in lines)
        return {"status": int(first.split()[1])} | {name.lower(): value for name, _, value in pairs}

    def begin(self, method: str, path: str, headers: dict[str, str], length: int) -> socket.socket:
        """Send the head of a request and leave its body to the caller."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        sent = {"Host": "localhost", "Connection": "close", "Content-Length": str(length)} | self.headers | headers
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", ""]
        connection.sendall("\r\n".join(lines).encode())
        return connection

    def patch_begin(self, address: str, offset: int, length: int) -> socket.socket:
        return self.begin("PATCH", address, {"Content-Type": CHUNK, "Upload-Offset": str(offset)}, length)


@pytest.fixture
def sender() -> Officer:
    return OfficerFactory(unit=UnitFactory(code="S1"))


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    home = tmp_path_factory.mktemp("uploads")
    with web_server(home) as port:
        yield port, home


@pytest.fixture
def live(server: tuple[int, Path], sender: Officer) -> Live:
    client = Client()
    client.force_login(sender)
    return Live(server[0], str(client.session.session_key), server[1])


def kept(content: bytes) -> bool:
    return StoredFile.objects.filter(sha256=sha256(content)).exists()


def test_cut_at_random_bytes_an_upload_goes_on_there_and_almost_nothing_is_sent_twice(live: Live) -> None:
    content, chance, sent = noise(), random.Random(20261122), 0
    address = live.create(content)
    silent: list[socket.socket] = []
    for turn in range(12):
        offset = live.offset(address)
        some = chance.randint(1, (len(content) - offset) // 8)
        connection = live.patch_begin(address, offset, len(content) - offset)
        connection.sendall(content[offset : offset + some])
        sent += some
        if turn % 4 == 3:
            # Dead without a word: the server still waits on this one while the phone is back on the next.
            silent.append(connection)
            piece = len(content) // 32
            assert live.offset_becomes(address, offset + some - some % piece) >= offset + some - some % piece
        else:
            connection.close()
            assert live.offset_becomes(address, offset + some) == offset + some
    offset = live.offset(address)
    sent += len(content) - offset
    patch = {"Content-Type": CHUNK, "Upload-Offset": str(offset)}
    assert live.request("PATCH", address, patch, content[offset:])["status"] == 204
    assert kept(content)
    assert sent <= len(content) * TWICE_AT_MOST, f"{sent} bytes for {len(content)}"
    for connection in silent:
        connection.close()


def test_a_connection_that_comes_back_from_the_dead_writes_nothing_any_more(live: Live) -> None:
    content = noise()
    address = live.create(content)
    old = live.patch_begin(address, 0, len(content))
    old.sendall(content[:50_000])
    reached = live.offset_becomes(address, 40_000)
    with live.patch_begin(address, reached, len(content) - reached) as new:
        new.sendall(content[reached : reached + 20_000])
        live.offset_becomes(address, reached + 20_000 - len(content) // 32)
        old.sendall(b"x" * (len(content) - 50_000))
        assert b"423" in old.recv(100)
        new.sendall(content[reached + 20_000 :])
        assert b"204" in new.recv(100)
    old.close()
    assert kept(content)


def test_a_body_in_chunks_of_unknown_length_is_taken_too(live: Live) -> None:
    content = noise(120)
    address = live.create(content)
    head = {"Content-Type": CHUNK, "Upload-Offset": "0", "Transfer-Encoding": "chunked"}
    connection = socket.create_connection(("127.0.0.1", live.port), timeout=30)
    lines = [f"PATCH {address} HTTP/1.1", "Host: localhost", *(f"{k}: {v}" for k, v in (live.headers | head).items())]
    body = b"".join(
        b"%x\r\n%s\r\n" % (len(part), part) for part in (content[i : i + 999] for i in range(0, len(content), 999))
    )
    connection.sendall("\r\n".join([*lines, "", ""]).encode() + body + b"0\r\n\r\n")
    assert b"204" in connection.recv(100)
    connection.close()
    assert kept(content)


def tuspy_uploader(live: Live, port: int, content: bytes, *, url: str | None = None, **options: Any) -> Any:
    file = live.home / "photo.png"
    file.write_bytes(content)
    client = TusClient(f"http://localhost:{port}/api/v1/uploads/", headers={"X-Session-Token": live.token})
    announced = {"attachment": str(new_id()), "sha256": sha256(content)}
    return client.uploader(str(file), url=url, metadata=announced, **options)


def test_tuspy_stops_half_way_and_a_new_tuspy_goes_on_with_checksums(live: Live) -> None:
    content = noise()
    first = tuspy_uploader(live, live.port, content, chunk_size=60_000, upload_checksum=True)
    first.upload(stop_at=120_000)
    assert live.offset(first.url.partition(str(live.port))[2]) == 120_000
    second = tuspy_uploader(live, live.port, content, chunk_size=60_000, url=first.url, upload_checksum=True)
    assert second.offset == 120_000
    second.upload()
    assert kept(content)


def test_tuspy_cut_in_the_middle_of_chunks_sends_little_twice(live: Live) -> None:
    content, chance = noise(), random.Random(7)
    proxy = CuttingProxy(live.port, cuts=[chance.randint(1, 90_000) for _ in range(4)])
    with proxy.running() as port:
        uploader = tuspy_uploader(live, port, content, chunk_size=len(content), retries=9, retry_delay=0)
        uploader.upload()
    assert kept(content)
    assert proxy.cut_count == 4
    assert proxy.sent_bytes <= len(content) * TWICE_AT_MOST, f"{proxy.sent_bytes} bytes for {len(content)}"


def tus_js(live: Live, port: int, content: bytes, **options: Any) -> Any:
    node = shutil.which("node")
    assert node, "Node is needed, as for the web app"
    file = live.home / "photo.png"
    file.write_bytes(content)
    asked = {
        "library": str(NODE_LIBRARY),
        "endpoint": f"http://localhost:{port}/api/v1/uploads/",
        "file": str(file),
        "metadata": {"attachment": str(new_id()), "sha256": sha256(content)},
        "headers": {"X-Session-Token": live.token},
        **options,
    }
    program = Path(__file__).with_name("tus_client.mjs")
    ended = subprocess.run([node, program, json.dumps(asked)], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_tus_js_client_cut_in_the_middle_goes_on_and_sends_little_twice(live: Live) -> None:
    content, chance = noise(), random.Random(3)
    proxy = CuttingProxy(live.port, cuts=[chance.randint(1, 90_000) for _ in range(4)])
    with proxy.running() as port:
        answer = tus_js(live, port, content)
    assert kept(content)
    assert (proxy.cut_count, answer["retries"] >= 4) == (4, True)
    assert proxy.sent_bytes <= len(content) * TWICE_AT_MOST, f"{proxy.sent_bytes} bytes for {len(content)}"


def test_tus_js_client_closed_half_way_goes_on_from_its_address_in_another_process(live: Live) -> None:
    content = noise()
    proxy = CuttingProxy(live.port, cuts=[200_000])
    with proxy.running() as port:
        stopped = tus_js(live, port, content, stopAfter=150_000)
        assert stopped["aborted"]
        tus_js(live, port, content, uploadUrl=stopped["url"])
    assert kept(content)
    assert Upload.objects.count() == 1


def test_the_server_holds_only_so_many_places_for_photos_and_tells_the_next_to_wait(live: Live) -> None:
    content = noise(120)
    held = []
    for _ in range(4):
        address = live.create(content)
        held.append(live.patch_begin(address, 0, len(content)))
        held[-1].sendall(content[: len(content) // 2])
        assert live.offset_becomes(address, 1) >= 1
    response = live.request("PATCH", address, {"Content-Type": CHUNK, "Upload-Offset": "0"}, b"x")
    assert (response["status"], response["retry-after"]) == (503, "5")
    assert live.request("GET", "/healthz")["status"] == 200
    for connection in held:
        connection.close()
