"""SHELL: reads the body of an upload piece by piece, so that what arrived before a broken connection is kept."""

import threading
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.request import Request

from backend.common.problems import Problem, problem
from backend.uploads.models import Upload
from backend.uploads.services import piece_store, turn_take, upload_rewind
from backend.uploads.tus_headers import Digest, read_digests

# Gives at most so many bytes; none at the end, or where the connection broke off.
Reader = Callable[[int], bytes]

# A connection that dies without a word costs the piece under way: a small part of the file, however small the file is.
PIECES_A_FILE = 32
PIECE_LEAST_BYTES = 4 * 1024
PIECE_MOST_BYTES = 64 * 1024
# A phone behind a dead mast says nothing any more; without an end its thread would wait for it for ever.
SILENCE_S = 30.0
RETRY_AFTER_S = 5

# Photos may take only so many threads of a web process: records go first.
_places = threading.BoundedSemaphore(settings.UPLOADS_AT_ONCE)


@contextmanager
def place_taken() -> Any:
    """Hold one of this process's places for uploads. Raises `uploads_busy` when all are taken."""
    if not _places.acquire(blocking=False):
        raise problem("uploads_busy", retry_after_s=RETRY_AFTER_S)
    try:
        yield
    finally:
        _places.release()


def body_receive(request: Request, upload: Upload, *, offset: int) -> Upload:
    """Append a request's body to an upload at `offset`; return the upload as it is afterwards.

    A body that ends early is kept as far as it came. One that is altered (Upload-Checksum, Content-Digest) is thrown
    away whole. Raises `upload_offset_wrong`, `upload_too_large`, `upload_checksum_wrong`, `digest_mismatch`,
    `upload_altered`, `upload_taken_over`, `uploads_busy`.
    """
    digests = read_digests(request.headers)
    length = _announced_length(request)
    with place_taken():
        taken = turn_take(upload_id=upload.id, offset=offset)
        if length is not None and length > taken.size_bytes - offset:
            raise problem("upload_too_large", max_bytes=taken.size_bytes - offset)
        try:
            return _pieces_store(_reader(request), taken, length, digests)
        except Problem as found:
            if found.code in ("upload_checksum_wrong", "digest_mismatch"):
                upload_rewind(upload=taken, offset=offset)
            raise


def _pieces_store(read: Reader, upload: Upload, length: int | None, digests: Sequence[Digest]) -> Upload:
    piece_bytes = min(max(upload.size_bytes // PIECES_A_FILE, PIECE_LEAST_BYTES), PIECE_MOST_BYTES)
    start, sums = upload.received_bytes, [digest.started() for digest in digests]
    while missing := upload.size_bytes - upload.received_bytes:
        piece = read(min(piece_bytes, missing))
        for running in sums:
            running.update(piece)
        is_end = len(piece) == missing or upload.received_bytes + len(piece) - start == length
        if is_end or (length is None and not piece):
            # Before the last piece is stored: with it the file may be whole, and that is not taken back.
            _must_match(digests, sums)
        if not piece:
            return upload
        upload = piece_store(upload=upload, piece=piece, at=timezone.now())
        if upload.received_bytes == 0:
            raise problem("upload_altered", announced=upload.sha256, computed="another")
        if is_end:
            return upload
    return upload


def _must_match(digests: Sequence[Digest], sums: Sequence[Any]) -> None:
    for digest, running in zip(digests, sums, strict=True):
        if running.digest() != digest.expected:
            raise digest.failure


def _announced_length(request: Request) -> int | None:
    """Return how many bytes the body has; None where it comes in chunks and nobody knows."""
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        return None
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0


def _reader(request: Request) -> Reader:
    """Return a function that reads at most so many bytes of the body; nothing at its end, or where it breaks off."""
    plain = request._request
    connection = plain.META.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(SILENCE_S)
    # Django reads nothing of a body without a Content-Length.
    stream = plain.META["wsgi.input"] if _announced_length(request) is None else plain

    def read(most: int) -> bytes:
        try:
            piece: bytes = stream.read(most)
            return piece
        except Exception:  # every server has its own words for a connection that broke off
            return b""

    return read
