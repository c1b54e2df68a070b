"""PURE: the opaque cursor of the pull: its epoch, the last number seen of each unit's feed, and what stood there."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from backend.common.problems import problem


@dataclass(frozen=True)
class Cursor:
    """Where a phone stands: `seen[unit code]` is the last feed number that it holds.

    `marks[unit code]` says what stood at that number: it tells a feed from the feed of a restored copy
    that has since given the same numbers to other records.
    """

    epoch: UUID
    seen: Mapping[str, int] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)


def mark_of(record_id: UUID, version: int) -> str:
    """Return the mark of a feed entry: short, and different for another record or another version of it."""
    return f"{record_id.hex[:16]}.{version}"


def write_cursor(cursor: Cursor) -> str:
    """Return the cursor as URL-safe text."""
    fields = [str(cursor.epoch), dict(cursor.seen), dict(cursor.marks)]
    text = json.dumps(fields, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """Return the cursor in `text`. Raises the problem `cursor_invalid` for anything that we did not write."""
    try:
        # A cursor of an earlier version has no marks.
        epoch, seen, *rest = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        marks = rest[0] if rest else {}
        numbers = {str(unit): _number(n) for unit, n in seen.items()}
        return Cursor(UUID(epoch), numbers, {str(unit): str(mark) for unit, mark in marks.items()})
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise problem("cursor_invalid") from error


def _number(n: object) -> int:
    if not isinstance(n, int) or isinstance(n, bool) or n < 0:
        raise ValueError("not a feed number")
    return n
