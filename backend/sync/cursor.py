"""PURE: the opaque cursor of the pull: the epoch it belongs to and the last number seen of each unit's feed."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from backend.common.problems import problem


@dataclass(frozen=True)
class Cursor:
    """Where a phone stands: `seen[unit code]` is the last feed number that it holds."""

    epoch: UUID
    seen: Mapping[str, int] = field(default_factory=dict)


def write_cursor(cursor: Cursor) -> str:
    """Return the cursor as URL-safe text."""
    text = json.dumps([str(cursor.epoch), dict(cursor.seen)], separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """Return the cursor in `text`. Raises the problem `cursor_invalid` for anything that we did not write."""
    try:
        epoch, seen = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return Cursor(UUID(epoch), {str(unit): _number(n) for unit, n in seen.items()})
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise problem("cursor_invalid") from error


def _number(n: object) -> int:
    if not isinstance(n, int) or isinstance(n, bool) or n < 0:
        raise ValueError("not a feed number")
    return n
