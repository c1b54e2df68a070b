"""SHELL: a TCP proxy on loopback between phones and the server that does what networks do: chosen by a seed, counted.

Phones send one request a connection (`Connection: close`), so a fault is decided once a connection. What is called
"late" is what a network does to a phone that gave up: its old request arrives after newer ones.
"""

import asyncio
import random
import re
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
PORTAL = "<html><body>欢迎使用免费无线网络，请点击登录 Welcome, please sign in</body></html>".encode()
GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"
STALL_MAX_S = 30.0
# How often each kind comes up, relative to the others. A stall costs a phone its whole timeout, so it is rare.
WEIGHTS: Mapping[str, int] = {
    "dropped_before": 10, "cut_request": 12, "lost_answer": 20, "cut_answer": 10, "duplicated": 12, "late": 8,
    "delayed": 8, "bad_gateway": 6, "captive_portal": 5, "too_many_requests": 4, "altered": 4, "stalled": 1,
}  # fmt: skip


class Proxy:
    """Listens on a port of its own; `rate` is the share of requests that something happens to."""

    def __init__(self, upstream_port: int, chance: random.Random, weights: Mapping[str, int] = WEIGHTS) -> None:
        """Take the server's port and where chance comes from."""
        self.upstream_port, self.chance = upstream_port, chance
        self.kinds, self.weights = list(weights), list(weights.values())
        self.rate, self.patience_s = 0.0, 3.0
        self.script: deque[str] = deque()
        self.faults: Counter[str] = Counter()
        self.requests = 0
        self.is_cut = False
        self._under_way: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and end what is under way."""
        if self._server is not None:
            self._server.close()
        for task in list(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def heal(self) -> None:
        """Be an ordinary network from now on; what is under way still goes wrong."""
        self.rate, self.is_cut = 0.0, False
        self.script.clear()

    async def settle(self) -> None:
        """Wait until what was delayed or held has arrived."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _decide(self) -> str | None:
        self.requests += 1
        if self.is_cut:
            return "partition"
        if self.script:
            return self.script.popleft()
        if self.chance.random() < self.rate:
            return self.chance.choices(self.kinds, self.weights)[0]
        return None

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the phone gave up, the server is down, or we close: to the other side all look like a dead line
        finally:
            self._under_way.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fault = self._decide()
        if fault is not None:
            self.faults[fault] += 1
        if fault in {"partition", "dropped_before"}:
            return
        request = await read_request(reader)
        if fault is None:
            writer.write(await self._forward(request))
            await writer.drain()
        else:
            await _FAULTS[fault](self, request, writer)

    async def _forward(self, request: bytes, *, cut_at: int | None = None) -> bytes:
        """Send a request to the server and return its whole answer; with `cut_at` only so many bytes arrive."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream_port)
        try:
            writer.write(request if cut_at is None else request[:cut_at])
            await writer.drain()
            if cut_at is not None:
                return b""
            return await asyncio.wait_for(reader.read(-1), STALL_MAX_S)
        except TimeoutError:
            return b""
        finally:
            writer.close()

    async def _later(self, request: bytes, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        with suppress(OSError):
            await self._forward(request)

    # --- the faults -------------------------------------------------------------------------------------------------
    async def cut_request(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """The line breaks somewhere in the body."""
        head = request.index(b"\r\n\r\n") + 4
        cut_at = self.chance.randrange(head, len(request)) if len(request) > head else head - 2
        await self._forward(request, cut_at=cut_at)

    async def lost_answer(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """The server has committed and the answer is lost."""
        await self._forward(request)

    async def cut_answer(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """The line breaks within the answer."""
        answer = await self._forward(request)
        writer.write(answer[: self.chance.randrange(len(answer))] if answer else b"")
        await writer.drain()

    async def duplicated(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """The request arrives several times at once; the phone hears any one of the answers."""
        copies = self.chance.randint(2, 4)
        answers = await asyncio.gather(*(self._forward(request) for _ in range(copies)), return_exceptions=True)
        heard = self.chance.choice(answers)
        writer.write(heard if isinstance(heard, bytes) else b"")
        await writer.drain()

    async def late(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """The phone sees a dead line; its request arrives later, after newer ones."""
        task = asyncio.ensure_future(self._later(request, self.chance.uniform(0.05, self.patience_s)))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def delayed(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """A slow mast."""
        await asyncio.sleep(self.chance.uniform(0, 0.3))
        writer.write(await self._forward(request))
        await writer.drain()

    async def stalled(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """Half open: everything is taken, nothing is ever answered."""
        await asyncio.sleep(2 * self.patience_s)

    async def altered(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """One byte of the body arrives changed."""
        head = request.index(b"\r\n\r\n") + 4
        if len(request) > head:
            at = self.chance.randrange(head, len(request))
            request = request[:at] + bytes([request[at] ^ 1]) + request[at + 1 :]
        writer.write(await self._forward(request))
        await writer.drain()

    async def bad_gateway(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """A gateway's own page; the server never saw the request."""
        await _say(writer, "502 Bad Gateway", GATEWAY)

    async def captive_portal(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """A page in HTML that says it is all right."""
        await _say(writer, "200 OK", PORTAL)

    async def too_many_requests(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """Somebody in between asks for patience."""
        await _say(writer, "429 Too Many Requests", b"slow down", "Retry-After: 1\r\n")


_FAULTS: Mapping[str, Callable[[Proxy, bytes, asyncio.StreamWriter], Awaitable[None]]] = {
    name: getattr(Proxy, name) for name in WEIGHTS if name != "dropped_before"
}


async def _say(writer: asyncio.StreamWriter, status: str, page: bytes, more: str = "") -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(page)}\r\n{more}\r\n"
    writer.write(head.encode() + page)
    await writer.drain()


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """Return one whole HTTP request with its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    found = _LENGTH.search(head)
    return head + (await reader.readexactly(int(found[1])) if found else b"")
