"""SHELL: what the phone made against what the server holds: the comparison every test of this ring ends with."""

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from playwright.sync_api import Page

from tests.e2e.conftest import Server

_READ_STORE = """
async () => {
  const every = (await indexedDB.databases()).map((found) => found.name);
  const names = every.filter((name) => /^xunfang-[0-9a-f-]+$/.test(name));
  const ask = (request) => new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  const canonical = (value) => Array.isArray(value) ? `[${value.map(canonical).join(',')}]`
    : value !== null && typeof value === 'object'
      ? `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`
      : JSON.stringify(value);
  const digest = (text) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  const hash = async (text) => [...new Uint8Array(await digest(text))]
    .map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const stores = [];
  for (const name of names) {
    const database = await ask(indexedDB.open(name));
    try {
      const view = database.transaction(['facts', 'outbox', 'sent']);
      const [facts, outbox, sent] = await Promise.all(
        ['facts', 'outbox', 'sent'].map((table) => ask(view.objectStore(table).getAll())));
      const fact = (key) => facts.find((row) => row.key === key)?.value ?? null;
      const records = await Promise.all([...outbox, ...sent].map(async (row) => ({
        id: row.id, seq: row.mutation.seq, sha256: row.mutation.payload_sha256,
        computed: await hash(canonical(row.mutation.payload)), sent: 'receipt' in row,
        outcome: row.answer?.outcome ?? row.outcome ?? null, problem: row.answer?.problem?.code ?? null,
      })));
      stores.push({ name, device: fact('device'), made_total: fact('made_total'), records });
    } finally {
      database.close();
    }
  }
  return stores;
}
"""


@dataclass(frozen=True)
class Made:
    """One record as the phone holds it."""

    id: str
    seq: int
    sha256: str
    computed: str
    sent: bool
    outcome: str | None
    problem: str | None


@dataclass(frozen=True)
class Store:
    """One officer's database on a phone."""

    name: str
    device: str
    made_total: int
    records: list[Made]


def stores_on(page: Page) -> list[Store]:
    """Return every officer's database on the phone, read past the app."""
    found: list[dict[str, Any]] = page.evaluate(_READ_STORE)
    return [Store(**{**one, "records": [Made(**row) for row in one["records"]]}) for one in found]


def store_on(page: Page) -> Store:
    """Return the only database on the phone."""
    (found,) = stores_on(page)
    return found


def connect(server: Server) -> "psycopg.Connection[Any]":
    """Return a connection to the server's database."""
    parts = urlsplit(server.environment["DATABASE_URL"])
    return psycopg.connect(urlunsplit(parts._replace(scheme="postgresql")), autocommit=True)


def rows_of(server: Server, device: str) -> list[tuple[str, str, str]]:
    """Return (id, sha256, outcome) of every record of a device that the server holds."""
    with connect(server) as connection:
        found = connection.execute(
            "SELECT id::text, payload_sha256, outcome FROM sync_mutation WHERE device_id = %s", [device]
        )
        return [(id_, sha256, outcome) for id_, sha256, outcome in found]


def visits_of(server: Server, device: str) -> Counter[str]:
    """Return how many visits stand for each record of a device that was applied."""
    with connect(server) as connection:
        found = connection.execute(
            "SELECT m.id::text, count(v.id) FROM sync_mutation m LEFT JOIN visits_visit v ON v.id = m.record_id"
            " WHERE m.device_id = %s AND m.outcome = 'applied' AND m.kind = 'visit.record' GROUP BY m.id",
            [device],
        )
        return Counter(dict(found.fetchall()))


def assert_nothing_is_lost(store: Store, server: Server, *, outcome: str = "applied") -> None:
    """Every record the phone made is on the server once, unaltered, with the outcome; and nothing else is."""
    assert [row.sha256 for row in store.records] == [row.computed for row in store.records], "altered on the phone"
    assert store.made_total == len(store.records), "the phone miscounts what it made"
    on_server = rows_of(server, store.device)
    assert sorted((row.id, row.sha256) for row in store.records) == sorted((id_, sha) for id_, sha, _ in on_server)
    assert {found for _, _, found in on_server} <= {outcome}
    if outcome == "applied":
        assert all(row.sent for row in store.records), "a record on the server is still called unsent"
        assert set(visits_of(server, store.device).values()) <= {1}, "a visit is missing or stands twice"


def wait_until_on_server(page: Page, server: Server, device: str, count: int) -> None:
    """Wait until the server holds so many records of the device: a page that is just loading shows nothing unsent."""
    deadline = time.monotonic() + 60
    while len(rows_of(server, device)) < count:
        assert time.monotonic() < deadline, "not sent within a minute"
        page.wait_for_timeout(250)
