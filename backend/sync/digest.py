"""SHELL: one number for all that a phone should hold, so that phone and server can see that they hold the same."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.core.cache import cache
from rest_framework.utils.encoders import JSONEncoder

from backend.accounts.models import Officer
from backend.accounts.scope import units_in_scope
from backend.common.canonical_json import canonical_text
from backend.sync.feed import epoch_id
from backend.sync.pull import held_cursor, last_numbers
from backend.sync.registry import PRESENTERS
from geo.models import Premises
from visits.models import Dispute, DisputeEvent, Visit

# Every row of these tables has been in its unit's feed; the digest is of the rows, so that it would show one that
# has not.
DIGESTED: Mapping[str, Any] = {
    "premises": Premises,
    "visit": Visit,
    "dispute": Dispute,
    "dispute_event": DisputeEvent,
}
RECORDS_AT_ONCE = 2000
KEPT_S = 3600
NOT_CURRENT: dict[str, Any] = {"cursor_is_current": False, "types": {}}


def digest_of_held(*, officer: Officer, cursor_text: str | None) -> dict[str, Any]:
    """Return what a phone at this cursor should hold: by type the count and a SHA-256.

    `types` is empty where the cursor is not the newest one: a phone that lacks changes pulls before it compares.
    """
    epoch = epoch_id()
    units = dict(units_in_scope(officer).values_list("code", "id"))
    last = last_numbers(units)
    if cursor_text is None or not _is_current(cursor_text, epoch, last):
        return NOT_CURRENT
    key = "digest:" + hashlib.sha256(repr((str(epoch), sorted(last.items()))).encode()).hexdigest()
    types = cache.get(key)
    if types is None:
        types = {name: _digest(name, units) for name in DIGESTED}
        # Numbers become visible with their records: where they still stand, every statement saw the same records.
        if last_numbers(units) != last:
            return NOT_CURRENT
        cache.set(key, types, KEPT_S)  # a station's phones ask for the same
    return {"cursor_is_current": True, "types": types}


def record_line(record: Mapping[str, Any]) -> str:
    """Return a record's line in the digest: id, version, SHA-256 of its RFC 8785 form as pulled."""
    shown = {name: value for name, value in record.items() if name != "unit_id"}
    as_pulled = json.loads(json.dumps(shown, cls=JSONEncoder))
    sha256 = hashlib.sha256(canonical_text(as_pulled).encode()).hexdigest()
    return f"{record['id']} {record['version']} {sha256}\n"


def _is_current(cursor_text: str, epoch: UUID, last: Mapping[str, int]) -> bool:
    cursor = held_cursor(cursor_text).cursor
    return cursor.epoch == epoch and {code: n for code, n in last.items() if n} == dict(cursor.seen)


def _digest(name: str, units: Mapping[str, UUID]) -> dict[str, Any]:
    lines = sorted(_lines(name, units))
    return {"count": len(lines), "sha256": hashlib.sha256("".join(lines).encode()).hexdigest()}


def _lines(name: str, units: Mapping[str, UUID]) -> Iterator[str]:
    ids = DIGESTED[name].objects.filter(unit__in=units.values()).values_list("id", flat=True)
    listed = list(ids)
    for start in range(0, len(listed), RECORDS_AT_ONCE):
        for record in PRESENTERS[name](listed[start : start + RECORDS_AT_ONCE]).values():
            yield record_line(record)
