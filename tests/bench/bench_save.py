"""Measures saving on a phone: tap to "saved", in Chromium, with 5,000 doors and 500 unsent records; table and JSON.

`make bench-save` (SAVES=200 DOORS=5000 UNSENT=500). Two marks for each save, both from the tap: the `complete` of
the strict transaction, and the moment the screen shows "saved". Once at full speed and once at 4x CPU slow-down.
"""

import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import Page, sync_playwright

from tests.bench.bench_report import write_report
from tests.e2e.conftest import PHONE, Phone, running_server

SAVES = int(os.environ.get("SAVES", "200"))
DOORS = int(os.environ.get("DOORS", "5000"))
UNSENT = int(os.environ.get("UNSENT", "500"))
SLOW_DOWNS = (1, 4)
AIM_P95_MS = 50

_ASK = """
const ask = (request) => new Promise((done, fail) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});
const open = async () => {
  const every = (await indexedDB.databases()).map((found) => found.name);
  return ask(indexedDB.open(every.find((name) => /^xunfang-[0-9a-f-]+$/.test(name))));
};
"""
# Waits until the first sync is done; then the id of a door.
_A_DOOR = f"""
async () => {{
  {_ASK}
  const look = async () => {{
    const every = (await indexedDB.databases()).map((found) => found.name);
    if (!every.some((name) => /^xunfang-[0-9a-f-]+$/.test(name))) return null;
    const database = await open();
    try {{
      const view = database.transaction(['facts', 'doors']);
      const done = await ask(view.objectStore('facts').get('first_sync_done'));
      const pages = await ask(view.objectStore('doors').getAll());
      return done?.value ? (pages.flatMap((page) => page.doors)[0]?.id ?? null) : null;
    }} finally {{ database.close(); }}
  }};
  for (;;) {{
    const door = await look();
    if (door) return door;
    await new Promise((done) => setTimeout(done, 100));
  }}
}}
"""
# The doors are copies of one that the server sent, the unsent records copies of one that the app saved.
_FILL = f"""
async ([doors, unsent]) => {{
  {_ASK}
  const database = await open();
  const change = database.transaction(['facts', 'doors', 'outbox'], 'readwrite', {{ durability: 'strict' }});
  const [facts, pages, outbox] = ['facts', 'doors', 'outbox'].map((name) => change.objectStore(name));
  const fact = async (key) => (await ask(facts.get(key)))?.value ?? 0;
  const page = (await ask(pages.getAll())).find((one) => one.doors.length > 0);
  const [model] = page.doors;
  const copies = Array.from({{ length: doors }}, (_, n) => ({{
    ...model, id: crypto.randomUUID(), address: `${{model.address}} ${{n}}`,
  }}));
  pages.put({{ ...page, area: 'bench', doors: copies }});
  const [row] = await ask(outbox.getAll());
  const seq = await fact('seq');
  const DAY_MS = 86400000;
  for (let n = 1; n <= unsent; n += 1) {{
    const id = crypto.randomUUID();
    // of the last weeks: nobody makes five hundred in a day
    const recorded_at = new Date(Date.now() - (1 + n % 20) * DAY_MS).toISOString();
    const mutation = {{ ...row.mutation, id, record_id: crypto.randomUUID(), seq: seq + n, recorded_at }};
    outbox.put({{ ...row, id, seq: seq + n, mutation }});
  }}
  facts.put({{ key: 'seq', value: seq + unsent }});
  facts.put({{ key: 'made_total', value: (await fact('made_total')) + unsent }});
  await new Promise((done, fail) => {{ change.oncomplete = done; change.onabort = () => fail(change.error); }});
  database.close();
  return copies.slice(0, 500).map((door) => door.id);
}}
"""
# Before the app starts: notes when each transaction that writes into the outbox is complete.
_WATCH = """
window.completed = [];
const open = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (names, mode, options) {
  const made = open.call(this, names, mode, options);
  if (mode === 'readwrite' && made.objectStoreNames.contains('outbox'))
    made.addEventListener('complete', () => window.completed.push(performance.now()));
  return made;
};
"""
# A person looks between the outcome and "save": the draft of the outcome is written by then.
_SAVE = """
async ([doors, times]) => {
  const LOOK_MS = 250;
  const shown = (id) => document.querySelector(`[data-testid="${id}"]`);
  const until = (look) => new Promise((done) => {
    const watch = () => { const found = look(); if (found) { observer.disconnect(); done(found); } };
    const observer = new MutationObserver(watch);
    observer.observe(document.body, { subtree: true, childList: true, attributes: true });
    watch();
  });
  const took = [];
  for (let n = 0; n < times; n += 1) {
    location.hash = `#/visit/${doors[n % doors.length]}`;
    (await until(() => shown('outcome-met'))).click();
    const save = await until(() => { const button = shown('save-visit'); return button?.disabled ? null : button; });
    await new Promise((done) => setTimeout(done, LOOK_MS));
    window.completed = [];
    const tapped = performance.now();
    save.click();
    await until(() => shown('saved-toast') && shown('today'));
    took.push([window.completed[0] - tapped, performance.now() - tapped]);
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
  return took;
}
"""


def filled(phone: Phone) -> list[str]:
    """Sign in, sync, make one visit with no network, copy it and one door many times; return ids of doors."""
    page = phone.open()
    phone.sign_in(page, "officer")
    door = page.evaluate(_A_DOOR)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # the first page is not yet controlled by the worker it installed
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.get_by_test_id("today").wait_for()
    phone.network(on=False)
    page.evaluate("door => { location.hash = `#/visit/${door}` }", door)
    page.get_by_test_id("outcome-met").click()
    page.get_by_test_id("save-visit").click()
    page.get_by_test_id("saved-toast").wait_for()
    doors: list[str] = page.evaluate(_FILL, [DOORS, UNSENT])
    return doors


def summary(took_ms: list[float]) -> dict[str, float]:
    """Return p50, p95 and the longest of some durations, in milliseconds."""
    cuts = quantiles(took_ms, n=100, method="inclusive")
    return {"p50_ms": round(cuts[49], 1), "p95_ms": round(cuts[94], 1), "max_ms": round(max(took_ms), 1)}


def measured(page: Page, doors: list[str], slow_down: int) -> dict[str, Any]:
    """Return what so many saves took at this slow-down."""
    assert page.context is not None
    protocol = page.context.new_cdp_session(page)
    protocol.send("Emulation.setCPUThrottlingRate", {"rate": slow_down})
    took: list[list[float]] = page.evaluate(_SAVE, [doors, SAVES])
    protocol.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    complete, shown = ([one[which] for one in took] for which in (0, 1))
    return {"cpu_slow_down": slow_down, "saves": len(took), "complete": summary(complete), "shown": summary(shown)}


def report(folder: Path) -> dict[str, Any]:
    """Run the product and a phone; return what was measured."""
    with running_server(f"xunfang_bench_save_{os.getpid()}", folder) as server, sync_playwright() as playwright:
        phone = Phone(playwright, folder / "phone", server, PHONE)
        try:
            doors = filled(phone)
            assert phone.context is not None
            page = phone.context.pages[0]
            page.add_init_script(_WATCH)
            page.reload()  # the app reads the doors when it starts
            page.get_by_test_id("today").wait_for()
            runs = [measured(page, doors, slow_down) for slow_down in SLOW_DOWNS]
        finally:
            phone.close()
    facts = {"doors": DOORS, "unsent": UNSENT, "aim_p95_ms": AIM_P95_MS, "cores": os.cpu_count()}
    return {**facts, "machine": platform.machine(), "at": datetime.now(UTC).isoformat(), "runs": runs}


def main() -> None:
    """Measure, print a table, write $XUNFANG_HOME/reports/bench-save.json."""
    with tempfile.TemporaryDirectory(prefix="xunfang-bench-save-") as folder:
        found = report(Path(folder))
    print(f"saving with {DOORS} doors and {UNSENT} unsent records on the phone, ms from the tap")
    print(f"{'CPU':>5} {'saves':>6} {'complete p50':>13} {'p95':>7} {'max':>7} {'shown p50':>10} {'p95':>7} {'max':>7}")
    for run in found["runs"]:
        cells = [run[part][name] for part in ("complete", "shown") for name in ("p50_ms", "p95_ms", "max_ms")]
        widths = (13, 7, 7, 10, 7, 7)
        row = " ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
        print(f"{'1/' + str(run['cpu_slow_down']):>5} {run['saves']:>6} {row}")
    write_report("bench-save", found)


if __name__ == "__main__":
    main()
