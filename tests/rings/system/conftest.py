"""Phones whose browsers can be killed, behind a gate that can hold an answer; the server is that of the e2e tests."""

import dataclasses
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Error, Page, Playwright, expect

from tests.e2e.conftest import Phone, PhoneShop, Server, playwright, running_server
from tests.rings.system.gate import Gate

__all__ = ["playwright"]

# The page saves visits by itself, as fast as the app lets it, and notes when it taps and when "saved" is shown.
_SAVE_ON = """
async ([doors, times]) => {
  const shown = (id) => document.querySelector(`[data-testid="${id}"]`);
  const until = (look) => new Promise((done) => {
    const watch = () => { const found = look(); if (found) { observer.disconnect(); done(found); } };
    const observer = new MutationObserver(watch);
    observer.observe(document.body, { subtree: true, childList: true, attributes: true });
    watch();
  });
  window.said = [];
  for (let n = 0; n < times; n += 1) {
    location.hash = `#/visit/${doors[n % doors.length]}`;
    (await until(() => shown('outcome-met'))).click();
    const save = await until(() => { const button = shown('save-visit'); return button?.disabled ? null : button; });
    window.said.push('tap');
    save.click();
    await until(() => shown('today'));
    window.said.push('saved');
  }
}
"""


# Waits until the first sync is done; then some doors of the phone's database.
_DOORS = """
async () => {
  const ask = (request) => new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  const look = async () => {
    const every = (await indexedDB.databases()).map((found) => found.name);
    const name = every.find((one) => /^xunfang-[0-9a-f-]+$/.test(one));
    if (!name) return null;
    const database = await ask(indexedDB.open(name));
    try {
      const view = database.transaction(['facts', 'doors']);
      const done = await ask(view.objectStore('facts').get('first_sync_done'));
      const pages = await ask(view.objectStore('doors').getAll());
      return done?.value ? pages.flatMap((page) => page.doors.map((door) => door.id)).slice(0, 12) : null;
    } finally {
      database.close();
    }
  };
  for (;;) {
    const doors = await look();
    if (doors) return doors;
    await new Promise((done) => setTimeout(done, 100));
  }
}
"""
_SENT_OR_SIGNED_OUT = """
() => document.querySelector('[data-testid="nav"]')
  && (!document.querySelector('[data-testid="unsent-badge"]')
    || document.querySelector('[data-testid="sign-in-again"]'))
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder, so that `make test-fast` can leave it out."""
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.e2e)


class Hand:
    """A phone in a hand that does not treat it well."""

    def __init__(self, phone: Phone, gate: Gate) -> None:
        self.phone, self.gate = phone, gate

    @property
    def page(self) -> Page:
        """The page that was opened first."""
        assert self.phone.context is not None
        return self.phone.context.pages[0]

    def install(self, username: str = "officer") -> list[str]:
        """Sign in, wait for the first sync and for the service worker; return the ids of some doors."""
        page = self.phone.open()
        self.phone.sign_in(page, username)
        doors: list[str] = page.evaluate(_DOORS)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.reload()  # the first page is not yet controlled by the worker it installed
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        expect(page.get_by_test_id("today")).to_be_visible()
        return doors

    def save(self, doors: list[str], times: int, *, page: Page | None = None) -> None:
        """Save so many visits, one after another, each until the screen says "saved"."""
        (page or self.page).evaluate(_SAVE_ON, [doors, times])

    def save_until(self, doors: list[str], words: int) -> int:
        """Let the page save without end; return how often it had said "saved" when so many words were said."""
        self.page.evaluate(f"arguments => {{ void ({_SAVE_ON})(arguments); }}", [doors, 10_000])
        said = self.page.wait_for_function(
            "words => window.said.length >= words && window.said", arg=words, polling=1
        ).json_value()
        return int(said.count("saved"))

    def send_all(self, page: Page) -> None:
        """Wait until nothing is unsent; sign in again where the browser died before its session reached the disk."""
        badge, again = page.get_by_test_id("unsent-badge"), page.get_by_test_id("sign-in-again")
        page.wait_for_function(_SENT_OR_SIGNED_OUT, timeout=60_000)
        if again.is_visible():
            again.click()
            self.phone.sign_in(page, "officer")
        expect(badge).to_have_count(0, timeout=60_000)

    def kill(self) -> None:
        """Kill the browser with everything that belongs to it, as a battery that dies does."""
        for pid in processes_of(self.phone.profile):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._forget()

    def _forget(self) -> None:
        context, self.phone.context = self.phone.context, None
        with suppress(Error):
            if context is not None:
                context.close()

    def protocol(self) -> CDPSession:
        """The browser's own back door."""
        assert self.phone.context is not None
        return self.phone.context.new_cdp_session(self.page)


def processes_of(profile: Path) -> list[int]:
    """Return the pids of the browser that uses this profile and of all its children."""
    parents: dict[int, int] = {}
    roots: set[int] = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError, ValueError, IndexError):
            pid = int(entry.name)
            parents[pid] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if f"--user-data-dir={profile}".encode() in (entry / "cmdline").read_bytes().split(b"\0"):
                roots.add(pid)
    found = set(roots)
    while grown := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= grown
    return sorted(found)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The running product, apart from that of the e2e tests: sessions are ended here under everybody's feet."""
    with running_server(f"xunfang_ring_{os.getpid()}", tmp_path_factory.mktemp("ring")) as made:
        yield made


@pytest.fixture
def gate(server: Server) -> Iterator[Gate]:
    """A gate before the server, open."""
    made = Gate(server.url)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def phones(playwright: Playwright, server: Server, gate: Gate, tmp_path: Path) -> Iterator[PhoneShop]:
    """Phones that reach the server through the gate."""
    shop = PhoneShop(playwright, dataclasses.replace(server, url=gate.url), tmp_path)
    yield shop
    shop.close()


@pytest.fixture
def hand(phones: PhoneShop, gate: Gate) -> Hand:
    """One officer's phone."""
    return Hand(phones.phone("officer"), gate)


def unsent(page: Page, count: int, *, timeout_ms: int = 60_000) -> None:
    """Wait until the badge says that so many records are unsent: 0 within a minute is what is promised."""
    badge = page.get_by_test_id("unsent-badge")
    if count == 0:
        expect(badge).to_have_count(0, timeout=timeout_ms)
    else:
        expect(badge).to_have_text(str(count), timeout=timeout_ms)
