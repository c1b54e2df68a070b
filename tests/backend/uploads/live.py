"""A real web server on the tests' database, and a proxy that counts what clients send and cuts their connections."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

ROOT = Path(__file__).resolve().parents[3]
_HEAD_END = b"\r\n\r\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def web_server(home: Path, threads: int = 8, **settings: str) -> Iterator[int]:
    """Run gunicorn as `make run` does, on this test's database and with its files under `home`; gives the port."""
    port, parts = free_port(), urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    command = [sys.executable, "-m", "gunicorn", "backend.wsgi:application", "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", str(threads)]
    environment = os.environ | {"DATABASE_URL": database, "XUNFANG_HOME": str(home), **settings}
    with (home / "web.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait_until_ready(port, process, home / "web.log")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_ready(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        with suppress(OSError):
            asked = HTTPConnection("127.0.0.1", port, timeout=5)
            asked.request("GET", "/healthz")
            if asked.getresponse().status == 200:
                return
        threading.Event().wait(0.1)


@dataclass
class CuttingProxy:
    """Stands between a client and the server. `cuts` says after how many body bytes each PATCH in turn is cut off.

    A cut ends the server's side, and the client's once the server has counted what reached it: a real phone is not back
    within a millisecond either. When the list is empty nothing is cut. `sent_bytes` counts the bytes of bodies that
    clients sent, over all connections.
    """

    server_port: int
    cuts: list[int] = field(default_factory=list)
    sent_bytes: int = 0
    cut_count: int = 0

    @contextmanager
    def running(self) -> Iterator[int]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
            yield int(listener.getsockname()[1])
            # A thread in accept() would hold the port open after close().
            listener.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self.server_port)) as server, suppress(OSError):
            answers = _Answers(server, client)
            answers.start()
            while self._request_pass(client, server, answers):
                pass

    def _request_pass(self, client: socket.socket, server: socket.socket, answers: "_Answers") -> bool:
        """Pass one request on; False when the connection is at its end, or was cut."""
        head = b""
        while _HEAD_END not in head:
            received = client.recv(65_536)
            if not received:
                return False
            head += received
        head, _, body = head.partition(_HEAD_END)
        left = _content_length(head)
        cut = self.cuts.pop(0) if head.startswith(b"PATCH") and self.cuts else None
        server.sendall(head + _HEAD_END)
        while left:
            body = body or client.recv(65_536)
            if not body:
                return False
            passed = body if cut is None else body[:cut]
            server.sendall(passed)
            self.sent_bytes += len(passed)
            left -= len(passed)
            if cut is not None and (cut := cut - len(passed)) == 0:
                self.cut_count += 1
                answers.dropped = True
                server.shutdown(socket.SHUT_WR)
                answers.join(timeout=10)
                client.shutdown(socket.SHUT_RDWR)
                return False
            body = b""
        return True


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


class _Answers(threading.Thread):
    """Passes what the server says on to the client, until it is to be dropped."""

    def __init__(self, server: socket.socket, client: socket.socket) -> None:
        super().__init__(daemon=True)
        self.server, self.client, self.dropped = server, client, False

    def run(self) -> None:
        with suppress(OSError):
            while received := self.server.recv(65_536):
                if not self.dropped:
                    self.client.sendall(received)
