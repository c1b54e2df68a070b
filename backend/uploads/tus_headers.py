"""PURE: the headers of tus 1.0.0, read strictly: what a client announces, and the digests of what it sends."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.common.problems import Problem, problem

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
CHECKSUMS = "sha1,sha256"
CHUNK_MEDIA_TYPE = "application/offset+octet-stream"

_SHA256_HEX = re.compile(r"[0-9a-f]{64}")
# RFC 9530: a dictionary of algorithms; ours is sha-256, others may stand beside it.
_CONTENT_DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):")


@dataclass(frozen=True)
class Announcement:
    """What a creation says about the file to come."""

    attachment: UUID
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class Digest:
    """What the bytes of one request must hash to, and the failure if they do not."""

    algorithm: str
    expected: bytes
    failure: Problem

    def started(self) -> Any:
        """Return a hash object of the algorithm."""
        # SHA-1 is the one that tus demands: it finds damage here, it does not keep anybody out.
        return hashlib.new(self.algorithm, usedforsecurity=False)


def read_announcement(headers: Mapping[str, str], *, max_bytes: int) -> Announcement:
    """Return what Upload-Length and Upload-Metadata announce. Raises `request_invalid` or `upload_too_large`."""
    size_bytes = read_count(headers, "Upload-Length")
    if size_bytes > max_bytes:
        raise problem("upload_too_large", max_bytes=max_bytes)
    if size_bytes == 0:
        raise problem("request_invalid", why="Upload-Length must be above 0.")
    metadata = read_metadata(headers.get("Upload-Metadata", ""))
    sha256 = metadata.get("sha256", "")
    if not _SHA256_HEX.fullmatch(sha256):
        raise problem("request_invalid", why="Upload-Metadata must hold sha256: 64 lower-case hexadecimal digits.")
    try:
        attachment = UUID(metadata.get("attachment", ""))
    except ValueError:
        raise problem("request_invalid", why="Upload-Metadata must hold attachment: a UUID.") from None
    return Announcement(attachment, sha256, size_bytes)


def read_metadata(text: str) -> dict[str, str]:
    """Return the pairs of an Upload-Metadata header; the value of a key alone is empty. Raises `request_invalid`."""
    pairs = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = pair.partition(" ")
        try:
            pairs[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise problem("request_invalid", why=f"Upload-Metadata: the value of {key[:40]} is not base64.") from None
    return pairs


def read_count(headers: Mapping[str, str], name: str) -> int:
    """Return a header that counts bytes. Raises `request_invalid`."""
    text = headers.get(name, "")
    # isdecimal alone takes digits of every script, and a number of a thousand digits.
    if not (text.isascii() and text.isdecimal() and len(text) <= 15):
        raise problem("request_invalid", why=f"{name} must be a number of bytes.")
    return int(text)


def read_digests(headers: Mapping[str, str]) -> list[Digest]:
    """Return what the body must hash to, by Upload-Checksum (tus) and Content-Digest (RFC 9530).

    Raises `request_invalid` for a checksum that cannot be read.
    """
    digests = []
    if (text := headers.get("Upload-Checksum")) is not None:
        algorithm, _, value = text.partition(" ")
        if algorithm not in CHECKSUMS.split(","):
            raise problem("request_invalid", why=f"Upload-Checksum: known algorithms are {CHECKSUMS}.")
        digests.append(Digest(algorithm, _base64(value, "Upload-Checksum"), problem("upload_checksum_wrong")))
    if (text := headers.get("Content-Digest")) is not None:
        found = _CONTENT_DIGEST.search(text)
        if found is None:
            raise problem("digest_mismatch")
        digests.append(Digest("sha256", _base64(found[1], "Content-Digest"), problem("digest_mismatch")))
    return digests


def _base64(text: str, header: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        raise problem("request_invalid", why=f"{header} must hold base64.") from None
