"""SHELL: what a phone asks for: the changes of its units' feeds after its cursor, in the order of their numbers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac

from backend.accounts.models import Officer
from backend.accounts.scope import units_in_scope
from backend.sync.cursor import Cursor, mark_of, read_cursor, write_cursor
from backend.sync.feed import entries_after, epoch_id, epoch_renew
from backend.sync.models import FeedCounter, FeedEntry
from backend.sync.registry import PRESENTERS

MAX_CHANGES = 500


def changes_after(*, officer: Officer, cursor_text: str | None, limit: int) -> dict[str, Any]:
    """Return one page of changes in the officer's scope (3-sync.md, "Pull").

    A cursor of another epoch (the database was restored), one naming a unit that left the officer's scope or a number
    that was never given answers `reset`: the phone drops its snapshot and starts from the cursor it is given. Unsent
    work is not touched by that.
    """
    epoch = epoch_id()
    held = held_cursor(cursor_text) if cursor_text else HeldCursor(Cursor(epoch), is_ours=True)
    units = dict(units_in_scope(officer).order_by("path").values_list("code", "id"))
    if held.cursor.epoch != epoch or not set(held.cursor.seen) <= set(units):
        return _page(epoch, [], Cursor(epoch), has_more=True, reset=True)
    last = last_numbers(units)
    if any(n > last[code] for code, n in held.cursor.seen.items()) or not marks_hold(units, held.cursor):
        # Numbers that we gave are gone, or given again to other records: this is a copy of the past that PostgreSQL
        # itself does not know to be one (pg_restore --clean, a data folder copied back).
        epoch = epoch_renew() if held.is_ours else epoch
        return _page(epoch, [], Cursor(epoch), has_more=True, reset=True)
    entries, has_more = _entries(units, last, held.cursor, limit)
    seen, marks = {**held.cursor.seen}, {**held.cursor.marks}
    for code, entry in entries:
        seen[code], marks[code] = entry.n, mark_of(entry.record_id, entry.version)
    return _page(epoch, _changes(entries), Cursor(epoch, seen, marks), has_more=has_more, reset=False)


@dataclass(frozen=True)
class HeldCursor:
    """The cursor that a phone holds. `is_ours`: our seal proves that these very numbers were given."""

    cursor: Cursor
    is_ours: bool


def held_cursor(text: str) -> HeldCursor:
    """Return the cursor in `text`. Raises `cursor_invalid` for what cannot be read.

    A missing or foreign seal (an older app, a new SECRET_KEY) is no error; it only proves nothing.
    """
    plain, _, seal = text.partition(".")
    return HeldCursor(read_cursor(plain), constant_time_compare(seal, _seal(plain)))


def _seal(plain: str) -> str:
    return salted_hmac("sync.cursor", plain, algorithm="sha256").hexdigest()[:32]


def last_numbers(units: Mapping[str, UUID]) -> dict[str, int]:
    """Return the last number of each unit's feed by the unit's code; 0 where none was given yet."""
    found = dict(FeedCounter.objects.filter(unit__in=units.values()).values_list("unit_id", "n"))
    return {code: found.get(unit_id, 0) for code, unit_id in units.items()}


def marks_hold(units: Mapping[str, UUID], cursor: Cursor) -> bool:
    """Return whether the feeds still hold what the cursor says of its numbers."""
    codes = {units[code]: code for code in cursor.marks if cursor.seen.get(code)}
    if not codes:
        return True
    places = Q()
    for unit_id, code in codes.items():
        places |= Q(unit=unit_id, n=cursor.seen[code])
    found = FeedEntry.objects.filter(places).values_list("unit_id", "record_id", "version")
    marks = {codes[unit_id]: mark_of(record_id, version) for unit_id, record_id, version in found}
    return all(marks.get(code) == cursor.marks[code] for code in codes.values())


def _entries(
    units: Mapping[str, UUID], last: Mapping[str, int], cursor: Cursor, limit: int
) -> tuple[list[tuple[str, FeedEntry]], bool]:
    """Return at most `limit` entries, whole feeds in the order of the units' paths, and whether there are more."""
    found: list[tuple[str, FeedEntry]] = []
    for code, unit_id in units.items():
        after = cursor.seen.get(code, 0)
        if last[code] <= after:
            continue
        room = limit + 1 - len(found)
        found += [(code, entry) for entry in entries_after(unit_id=unit_id, n=after, limit=room)]
        if len(found) > limit:
            return found[:limit], True
    return found, False


def _changes(entries: Sequence[tuple[str, FeedEntry]]) -> list[dict[str, Any]]:
    ids: defaultdict[str, set[UUID]] = defaultdict(set)
    for _, entry in entries:
        if entry.op == "put":
            ids[entry.type].add(entry.record_id)
    records = {type_: PRESENTERS[type_](wanted) for type_, wanted in ids.items()}
    return [_change(code, entry, records.get(entry.type, {}).get(entry.record_id)) for code, entry in entries]


def _change(code: str, entry: FeedEntry, record: dict[str, Any] | None) -> dict[str, Any]:
    # The record as it is now: a later change of it carries its own number, so that older versions need not be kept.
    # One that has moved to another unit since is no longer this feed's to show.
    is_put = entry.op == "put" and record is not None and record["unit_id"] == entry.unit_id
    return {
        "unit": code,
        "n": entry.n,
        "type": entry.type,
        "id": entry.record_id,
        "version": record["version"] if is_put and record else entry.version,
        "op": "put" if is_put else "retract",
        "record": {key: value for key, value in record.items() if key != "unit_id"} if is_put and record else None,
    }


def _page(epoch: UUID, changes: list[dict[str, Any]], cursor: Cursor, *, has_more: bool, reset: bool) -> dict[str, Any]:
    plain = write_cursor(cursor)
    sealed = f"{plain}.{_seal(plain)}"
    return {"epoch": epoch, "changes": changes, "cursor": sealed, "has_more": has_more, "reset": reset}
