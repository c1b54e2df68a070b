"""PURE: the one byte range that a request asks for (RFC 9110, section 14)."""

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes=(\d{1,15})?-(\d{1,15})?")


@dataclass(frozen=True)
class ByteRange:
    """From `first` to `last`, both included."""

    first: int
    last: int


class RangeNotSatisfiable(ValueError):
    """The range begins after the end."""


def byte_range(header: str | None, *, if_range: str | None, etag: str, size_bytes: int) -> ByteRange | None:
    """Return the range to send; None for all of it: no range, several, one that cannot be read, or another version.

    Raises RangeNotSatisfiable for a range that begins after the end.
    """
    read = _ONE_RANGE.fullmatch((header or "").strip())
    if read is None or read.groups() == (None, None) or (if_range is not None and if_range.strip() != etag):
        return None
    first, last = read.groups()
    if first is None:  # the last n bytes
        asked = ByteRange(max(0, size_bytes - int(last)), size_bytes - 1)
    else:
        asked = ByteRange(int(first), min(size_bytes - 1, int(last) if last else size_bytes - 1))
    if asked.first >= size_bytes:
        raise RangeNotSatisfiable
    return asked if asked.first <= asked.last else None
