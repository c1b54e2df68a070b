"""SHELL: compares what phones called saved with what the server holds, row by row, in the server's own tables."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from tests.rings.faults.clerk import ANY, APPLIED, QUARANTINED, VARIANT, Saved
from tests.rings.faults.phone import Phone

# Kind of mutation → the table that holds what it made.
TABLES = {
    "visit.record": "visits_visit",
    "visit.correct": "visits_visit",
    "dispute.open": "visits_dispute",
    "dispute.event": "visits_disputeevent",
    "patrol.start": "patrol_patrol",
    "patrol.leg": "patrol_leg",
    "patrol.fixes": "patrol_fixblock",
    "patrol.observe": "patrol_observation",
}
_MUTATIONS = """
    SELECT m.id::text, m.outcome, m.kind, m.record_id::text, m.payload_sha256, m.feed_number, u.code AS unit,
           m.problem ->> 'code' AS code,
           m.payload IS NULL OR encode(sha256(convert_to(m.payload, 'UTF8')), 'hex') = m.payload_sha256 AS is_whole
    FROM sync_mutation m JOIN accounts_unit u ON u.id = m.unit_id WHERE m.device_id = ANY(%s::uuid[])
"""
_VARIANTS = "SELECT mutation_id::text, payload_sha256 FROM sync_mutationvariant WHERE device_id = ANY(%s::uuid[])"
_FEEDS = """
    SELECT u.code, coalesce(c.n, 0) AS counter, count(e.n) AS rows, coalesce(min(e.n), 1) AS first,
           coalesce(max(e.n), 0) AS last
    FROM accounts_unit u LEFT JOIN sync_feedcounter c ON c.unit_id = u.id LEFT JOIN sync_feedentry e ON e.unit_id = u.id
    WHERE u.code = ANY(%s) GROUP BY u.code, c.n
"""
_FEED_OF = """
    SELECT m.id::text FROM sync_mutation m
    WHERE m.device_id = ANY(%s::uuid[]) AND m.outcome = 'applied' AND m.kind = ANY(%s) AND NOT EXISTS (
        SELECT FROM sync_feedentry e WHERE e.unit_id = m.unit_id AND e.n = m.feed_number AND e.record_id = m.record_id)
"""
_OWN = "SELECT id::text, payload_sha256 FROM"
_VISIBLE = {
    "visit": "SELECT t.id::text, t.version FROM visits_visit t",
    "dispute": "SELECT t.id::text, t.version FROM visits_dispute t",
    "dispute_event": "SELECT t.id::text, t.version FROM visits_disputeevent t",
    "premises": "SELECT t.id::text, t.version FROM geo_premises t",
}


@dataclass
class Findings:
    """What went wrong, a line each, by what it means for the person who saved the record."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Return whether anything was found."""
        return bool(self.lost or self.duplicated or self.altered or self.stuck)

    def __str__(self) -> str:
        """Name the first few of each."""
        return "; ".join(f"{name} {len(rows)}: {rows[:4]}" for name, rows in vars(self).items() if rows) or "nothing"

    def counts(self) -> dict[str, int]:
        """Return how many of each."""
        return {name: len(rows) for name, rows in vars(self).items()}


class Checker:
    """One comparison. `connection` sees everything; nothing of it goes through the product."""

    def __init__(self, connection: "psycopg.Connection[Any]", ledger: Sequence[Saved], phones: Sequence[Phone]) -> None:
        """Take a connection, what was saved and the phones that saved it."""
        self.cursor = connection.cursor(row_factory=namedtuple_row)
        self.ledger, self.phones = ledger, phones
        self.devices = [phone.install.device for phone in phones]
        self.found = Findings()

    def _rows(self, statement: str, *arguments: Any) -> list[Any]:
        return self.cursor.execute(statement, arguments).fetchall()  # type: ignore[arg-type]

    def compare(self, units: Iterable[str]) -> Findings:
        """Compare everything; the phones should be drained."""
        stored = {row.id: row for row in self._rows(_MUTATIONS, self.devices)}
        variants = {(row.mutation_id, row.payload_sha256) for row in self._rows(_VARIANTS, self.devices)}
        for saved in self.ledger:
            self._saved(saved, stored.get(saved.mutation["id"]), variants)
        self._nobody_sent(stored)
        self._own_tables(stored)
        self._feeds(list(units))
        for phone in self.phones:
            self._phone(phone, stored)
        return self.found

    def _saved(self, saved: Saved, row: Any, variants: set[tuple[str, str]]) -> None:
        id_, sha256 = saved.mutation["id"], saved.mutation["payload_sha256"]
        if row is None:
            self.found.lost.append(f"{saved.mutation['kind']} {id_}")
        elif saved.expected == VARIANT:
            if sha256 != row.payload_sha256 and (id_, sha256) not in variants:
                self.found.lost.append(f"other content of {id_}")
        elif row.payload_sha256 != sha256 and (id_, sha256) not in variants:
            self.found.altered.append(f"{id_} is {row.payload_sha256[:8]}, was saved as {sha256[:8]}")
        elif not row.is_whole and row.code != "payload_hash_mismatch":
            self.found.altered.append(f"the text of {id_} has another hash")
        elif saved.expected != ANY and row.outcome != saved.expected:
            self.found.stuck.append(f"{row.kind} {id_} is {row.outcome} ({row.code}), should be {saved.expected}")

    def _nobody_sent(self, stored: dict[str, Any]) -> None:
        known = {saved.mutation["id"] for saved in self.ledger}
        self.found.duplicated += [f"nobody saved mutation {id_}" for id_ in stored if id_ not in known]

    def _own_tables(self, stored: dict[str, Any]) -> None:
        """Every applied mutation made its one record, and nothing else made any."""
        wanted: dict[str, dict[str, str]] = {table: {} for table in TABLES.values()}
        for row in stored.values():
            if row.outcome == APPLIED and row.kind in TABLES:
                wanted[TABLES[row.kind]][row.record_id] = row.payload_sha256
        for table, records in wanted.items():
            rows = self._rows(f"{_OWN} {table} WHERE device_id = ANY(%s::uuid[])", self.devices)
            held = {row.id: row.payload_sha256 for row in rows}
            self.found.lost += [f"{table} {id_} is applied and not there" for id_ in records.keys() - held.keys()]
            self.found.duplicated += [f"{table} {id_} comes from nothing" for id_ in held.keys() - records.keys()]
            both = records.keys() & held.keys()
            self.found.altered += [f"{table} {id_}" for id_ in both if records[id_] != held[id_]]

    def _feeds(self, units: list[str]) -> None:
        for feed in self._rows(_FEEDS, units):
            if not (feed.first == 1 and feed.counter == feed.last == feed.rows):
                self.found.stuck.append(f"feed with a gap: {feed}")
        kinds = ["visit.record", "visit.correct", "dispute.open", "dispute.event"]
        self.found.lost += [f"{row.id} has no number in the feed" for row in self._rows(_FEED_OF, self.devices, kinds)]

    def _phone(self, phone: Phone, stored: dict[str, Any]) -> None:
        name, durable = phone.install.device, phone.durable
        self.found.stuck += [f"{name}: {why}" for why in phone.violations]
        self.found.stuck += [f"{name} still holds {one['kind']} {id_}" for id_, one in durable.outbox.items()]
        for id_, receipt in durable.receipts.items():
            row = stored.get(id_)
            if row is not None and row.outcome == APPLIED and (row.unit, row.feed_number) != (
                receipt["unit"], receipt["n"],
            ):  # fmt: skip
                self.found.altered.append(f"{id_} has the number {row.feed_number}, its receipt says {receipt['n']}")
        mine = {s.mutation["id"] for s in self.ledger if s.device == name}
        silent = mine - durable.sent.keys() - durable.attention.keys() - durable.outbox.keys()
        self.found.stuck += [f"{name} was told nothing about {id_}" for id_ in silent]

    def snapshots(self, phones: Iterable[tuple[Phone, str, Phone]]) -> Findings:
        """Compare what phones hold with their unit's tables and with a phone that has just pulled everything."""
        for phone, unit_id, fresh in phones:
            held, whole = phone.durable.snapshot, fresh.durable.snapshot
            self.found.stuck += [f"{phone.install.device}: {why}" for why in fresh.violations]
            differing = Counter(key[0] for key in held.keys() | whole.keys() if held.get(key) != whole.get(key))
            if differing:
                self.found.stuck.append(f"{phone.install.device} holds other records than a new phone: {differing}")
            for type_, statement in _VISIBLE.items():
                truth = {row.id: row.version for row in self._rows(f"{statement} WHERE t.unit_id = %s", unit_id)}
                mine = {key[1]: version for key, (version, _) in held.items() if key[0] == type_}
                if truth != mine:
                    wrong = [id_ for id_ in truth.keys() | mine.keys() if truth.get(id_) != mine.get(id_)]
                    self.found.stuck.append(f"{phone.install.device} {type_}: {len(wrong)} differ, as {wrong[:2]}")
        return self.found


__all__ = ["ANY", "APPLIED", "QUARANTINED", "VARIANT", "Checker", "Findings"]
