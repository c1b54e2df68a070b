"""SHELL: a gate between a phone and the server: an answer can be held back after the server has given it."""

import threading
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

PUSH = "/api/v1/sync/push"
GATE_WAIT_S = 60.0
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "server"}
# Whole answers, and plain ones: a worker that is changed on its way cannot be a compressed one.
_NOT_PASSED_ON = _HOP_BY_HOP | {"if-modified-since", "if-none-match", "accept-encoding"}
_NOT_PASSED_BACK = _HOP_BY_HOP | {"content-length"}


@dataclass
class Gate:
    """Passes every request on. While `closed`, an answer to a push stays at the gate until it is opened."""

    server_url: str
    new_worker: bool = False
    pushes_at_once: int = 0
    most_pushes_at_once: int = 0
    pushes: int = 0
    _opened: threading.Event = field(default_factory=threading.Event)
    _answered: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _http: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Where the phone finds the server: the phone's origin."""
        assert self._http is not None
        return f"http://localhost:{self._http.server_address[1]}"

    def start(self) -> None:
        """Begin to listen on a port of its own."""
        self._opened.set()
        self._http = _Listener(("127.0.0.1", 0), type("Handler", (_Handler,), {"gate": self}))
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Let everything go and stop listening."""
        self.open()
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()

    def close(self) -> None:
        """From now on the answers to pushes are held back."""
        self._answered.clear()
        self._opened.clear()

    def open(self) -> None:
        """Let held answers go, and all that follow."""
        self._opened.set()

    def wait_until_answered(self) -> None:
        """Wait until the server has answered a push, which means: has committed it, and the phone does not know."""
        assert self._answered.wait(GATE_WAIT_S), "no push reached the server"

    def begun(self) -> None:
        with self._lock:
            self.pushes += 1
            self.pushes_at_once += 1
            self.most_pushes_at_once = max(self.most_pushes_at_once, self.pushes_at_once)

    def ended(self) -> None:
        with self._lock:
            self.pushes_at_once -= 1

    def hold(self) -> None:
        """Hold an answer for as long as the gate is closed."""
        self._answered.set()
        self._opened.wait(GATE_WAIT_S)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    gate: Gate

    def _pass_on(self) -> None:
        is_push = self.path == PUSH
        if is_push:
            self.gate.begun()
        try:
            status, headers, body = self._ask_server()
            if is_push:
                self.gate.hold()
        finally:
            if is_push:
                self.gate.ended()
        self._answer(status, headers, body)

    def _ask_server(self) -> tuple[int, list[tuple[str, str]], bytes]:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else None
        connection = HTTPConnection(urlsplit(self.gate.server_url).netloc, timeout=GATE_WAIT_S)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _NOT_PASSED_ON}
        try:
            connection.request(self.command, self.path, body=body, headers=headers | {"Connection": "close"})
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        except OSError:
            return 502, [("Content-Type", "text/html")], b"<html>bad gateway</html>"
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        if self.gate.new_worker and self.path.startswith("/sw.js"):
            body += b"\n// another version"
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in _NOT_PASSED_BACK:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_DELETE = do_PATCH = do_HEAD = do_PUT = do_OPTIONS = _pass_on  # noqa: N815

    def log_message(self, *arguments: Any) -> None:
        """Say nothing: what the server thinks is in its own log."""


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: the phone is gone, which is what the tests do to it."""
