"""What bench_phone.py does inside the page, and where its doors stand."""

import os

import psycopg

from tests.e2e.conftest import Server

# Before the app starts: notes when the buttons of Today and its first due door stand on the screen, when all
# doors are in memory, and when each
# strict transaction that writes into the outbox is complete.
WATCH_START = """
window.marks = {};
const shown = (id) => document.querySelector(`[data-testid="${id}"]`);
const look = () => {
  if (!window.marks.buttons && shown('outing-button') && shown('log-visit')) window.marks.buttons = performance.now();
  if (!window.marks.doors && shown('due-door')) window.marks.doors = performance.now();
  if (!window.marks.whole && Number(shown('today')?.dataset.doors) > 0) window.marks.whole = performance.now();
};
const everything = { subtree: true, childList: true, attributes: true, attributeFilter: ['data-doors'] };
new MutationObserver(look).observe(document, everything);
window.completed = [];
const open = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (names, mode, options) {
  const made = open.call(this, names, mode, options);
  if (mode === 'readwrite' && made.objectStoreNames.contains('outbox'))
    made.addEventListener('complete', () => window.completed.push(performance.now()));
  return made;
};
"""
# How slow the page is: the same work takes as much longer as the CPU is slowed down.
SPIN = """
() => {
  const from = performance.now();
  let sum = 0;
  for (let n = 0; n < 2e7; n += 1) sum += n % 7;
  return sum && performance.now() - from;
}
"""
SYNC_RESTS = "() => !/正在同步/.test(document.querySelector('[data-testid=sync-line]')?.textContent ?? '正在同步')"
_UNTIL = """
const shown = (id) => document.querySelector(`[data-testid="${id}"]`);
const until = (look) => new Promise((done) => {
  const watch = () => { const found = look(); if (found) { observer.disconnect(); done(found); } };
  const observer = new MutationObserver(watch);
  observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  watch();
});
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
"""
# A person looks between the outcome and "save": the draft of the outcome is written by then.
SAVE = f"""
async (times) => {{
  {_UNTIL}
  const took = [];
  for (let n = 0; n < times; n += 1) {{
    location.hash = '#/today';
    const door = await until(() => shown('due-door'));
    door.click();
    (await until(() => shown('outcome-met'))).click();
    const save = await until(() => {{ const button = shown('save-visit'); return button?.disabled ? null : button; }});
    await pause(times > 100 ? 30 : 250);
    window.completed = [];
    const before = shown('saved-toast')?.textContent;
    const tapped = performance.now();
    save.click();
    await until(() => shown('saved-toast') && shown('saved-toast').textContent !== before);
    const words = performance.now() - tapped;
    await until(() => shown('today'));
    await new Promise(requestAnimationFrame);
    took.push([window.completed[0] - tapped, words, performance.now() - tapped]);
    await pause(times > 100 ? 0 : 250);
  }}
  return took;
}}
"""
# Each query is written as by a paste; the list has answered when it counts what it found.
SEARCH = f"""
async (queries) => {{
  {_UNTIL}
  const box = shown('door-search');
  const type = (text) => {{ box.value = text; box.dispatchEvent(new InputEvent('input', {{ bubbles: true }})); }};
  const took = [];
  await pause(2000);
  for (const query of [...queries, ...queries]) {{
    type('');
    await pause(300);
    const before = shown('found-count').textContent;
    const typed = performance.now();
    type(query);
    await until(() => shown('found-count').textContent !== before && shown('found-count').textContent.trim());
    took.push(performance.now() - typed);
  }}
  return took;
}}
"""


def place_of_doors(server: Server) -> tuple[float, float]:
    """Return the middle of the doors of the demo station's own township."""
    address = server.environment["DATABASE_URL"].replace("postgis://", "postgresql://", 1)
    with psycopg.connect(address) as connection:
        row = connection.execute(
            """
            SELECT ST_X(point), ST_Y(point) FROM geo_premises
            JOIN accounts_unit ON accounts_unit.id = geo_premises.unit_id
            JOIN accounts_officer ON accounts_officer.unit_id = accounts_unit.id
            WHERE accounts_officer.username = 'officer' LIMIT 1
            """
        ).fetchone()
    assert row is not None, os.environ.get("DATABASE_URL")
    return float(row[0]), float(row[1])
