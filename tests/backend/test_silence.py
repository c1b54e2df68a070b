"""A phone that vanishes in the middle of a request gives its place back."""

import socket
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.backend.uploads.live import web_server

# An address that reads its body before it asks who sends it.
CUT_OFF = (
    b"POST /_allauth/app/v1/auth/login HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
)


@pytest.mark.django_db(transaction=True)
def test_phones_that_vanished_in_the_middle_of_a_request_held_the_server_for_ever(tmp_path: Path) -> None:
    with web_server(tmp_path, threads=2, XUNFANG_SILENCE_S="1") as port:
        vanished = [socket.create_connection(("127.0.0.1", port)) for _ in range(2)]
        for one in vanished:
            one.sendall(CUT_OFF)
        asked = HTTPConnection("127.0.0.1", port, timeout=30)
        asked.request("GET", "/healthz")
        assert asked.getresponse().status == 200
        for one in vanished:
            one.close()
