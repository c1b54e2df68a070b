"""Measures finding a door: from the letter typed to the list drawn, in Chromium, over 50,000 doors; table and JSON.

`make bench-search` (DOORS=50000). At full speed and at 4x CPU slow-down: the first search, typed the moment the screen
stands after a start of the app ("cold"), the first after the index had its idle moments ("first"), and all later ones.
"""

import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import Page, sync_playwright

from tests.bench.bench_report import write_report
from tests.bench.bench_save import _A_DOOR, _ASK
from tests.e2e.conftest import PHONE, Phone, running_server

DOORS = int(os.environ.get("DOORS", "50000"))
SLOW_DOWNS = (1, 4)
AIM_MS = 100
IDLE_MS = 6_000
# By street, by initials, by initials and number, by name, by plate, by three words, what every door has, what none has.
QUERIES = ["东风", "dfl", "yydd 18", "超市", "p-012345", "灵泉 明月 12", "l", "没有这条路"]

# Addresses of six towns and forty streets; every tenth is an enterprise.
_FILL = f"""
async (count) => {{
  {_ASK}
  const TOWNS = ['灵泉街道', '秀江街道', '湛郎街道', '珠泉街道', '化成街道', '官园街道'];
  const FIRST = ['宜阳', '东风', '中山', '秀江', '明月', '袁山', '朝阳', '卢洲', '鼓楼', '平安'];
  const LAST = ['大道', '路', '西路', '巷'];
  const database = await open();
  const change = database.transaction(['doors'], 'readwrite');
  const pages = change.objectStore('doors');
  const page = (await ask(pages.getAll())).find((one) => one.doors.length > 0);
  const [model] = page.doors;
  for (let town = 0; town < TOWNS.length; town += 1) {{
    const doors = [];
    for (let n = town; n < count; n += TOWNS.length) {{
      const street = FIRST[Math.floor(n / 7) % 10] + LAST[Math.floor(n / 71) % 4];
      const flat = n % 3 ? '' : `${{1 + n % 9}}单元${{100 + n % 900}}室`;
      doors.push({{ ...model, id: crypto.randomUUID(), area: `bench-${{town}}`,
        address: `${{TOWNS[town]}}${{street}}${{1 + n % 480}}号${{flat}}`,
        kind: n % 10 ? 'household' : 'enterprise', name: n % 10 ? '' : `示例超市${{n}}`,
        door_plate: `P-${{String(n).padStart(6, '0')}}`,
        lon: model.lon + (n % 211) * 1e-4, lat: model.lat + (n % 223) * 1e-4 }});
    }}
    pages.put({{ ...page, area: `bench-${{town}}`, doors }});
  }}
  await new Promise((done, fail) => {{ change.oncomplete = done; change.onabort = () => fail(change.error); }});
  database.close();
}}
"""
# From the letter to the frame after the list has changed; "found" is written in the same moment as the list.
_TYPE = """
async (queries) => {
  const field = document.querySelector('[data-testid="door-search"]');
  const words = () => document.querySelector('[data-testid="found-count"]').textContent;
  const list = () => document.querySelector('[data-testid="door-list"]')?.textContent ?? '';
  const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const took = [];
  for (const query of queries) {
    field.value = ''; field.dispatchEvent(new Event('input', { bubbles: true })); await drawn(); await drawn();
    const before = words() + list();
    const typed = performance.now();
    field.value = query; field.dispatchEvent(new Event('input', { bubbles: true }));
    while (words() + list() === before && performance.now() - typed < 5000) await drawn();
    await drawn();
    took.push(performance.now() - typed);
  }
  return took;
}
"""


def started(page: Page, slow_down: int) -> None:
    """Start the app anew at this slow-down and wait until Today stands."""
    assert page.context is not None
    page.goto(page.url.partition("#")[0] + "#/today")
    page.reload()
    protocol = page.context.new_cdp_session(page)
    protocol.send("Emulation.setCPUThrottlingRate", {"rate": slow_down})
    page.locator(f'[data-testid="today"][data-doors="{page.evaluate(_COUNT)}"]').wait_for(timeout=60_000)


_COUNT = f"""
async () => {{
  {_ASK}
  const database = await open();
  const pages = await ask(database.transaction(['doors']).objectStore('doors').getAll());
  database.close();
  return pages.reduce((sum, page) => sum + page.doors.length, 0);
}}
"""


def typed(page: Page, queries: list[str]) -> list[float]:
    """Go to the search for doors and type; milliseconds for each query."""
    page.evaluate("location.hash = '#/doors?tab=search'")
    page.get_by_test_id("door-search").wait_for()
    took: list[float] = page.evaluate(_TYPE, queries)
    return took


def measured(page: Page, slow_down: int) -> dict[str, Any]:
    """Return what searches took at this slow-down."""
    started(page, slow_down)
    (cold,) = typed(page, QUERIES[1:2])
    started(page, slow_down)
    page.wait_for_timeout(IDLE_MS)
    first, *later = typed(page, QUERIES * 3)
    by_query = {query: round(median(later[at + len(QUERIES) - 1 :: len(QUERIES)])) for at, query in enumerate(QUERIES)}
    words = {"cold_ms": cold, "first_ms": first, "median_ms": median(later), "max_ms": max(later)}
    return {"cpu_slow_down": slow_down, **{name: round(ms) for name, ms in words.items()}, "queries_ms": by_query}


def report(folder: Path) -> dict[str, Any]:
    """Run the product and a phone with so many doors; return what was measured."""
    with running_server(f"xunfang_bench_search_{os.getpid()}", folder) as server, sync_playwright() as playwright:
        phone = Phone(playwright, folder / "phone", server, PHONE)
        try:
            page = phone.open()
            phone.sign_in(page, "officer")
            page.evaluate(_A_DOOR)
            page.evaluate("navigator.serviceWorker.ready.then(() => true)")
            page.reload()
            page.wait_for_function("navigator.serviceWorker.controller !== null")
            page.evaluate(_FILL, DOORS)
            phone.network(on=False)
            runs = [measured(page, slow_down) for slow_down in SLOW_DOWNS]
        finally:
            phone.close()
    return {"doors": DOORS, "aim_ms": AIM_MS, "cores": os.cpu_count(), "runs": runs}


def main() -> None:
    """Measure, print a table, write $XUNFANG_HOME/reports/bench-search.json."""
    with tempfile.TemporaryDirectory(prefix="xunfang-bench-search-") as folder:
        found = report(Path(folder))
    print(f"finding a door among {DOORS}: ms from the letter to the list drawn (aim {AIM_MS})")
    print(f"{'CPU':>5} {'cold':>6} {'first':>6} {'later p50':>10} {'max':>6}  by query")
    for run in found["runs"]:
        each = ", ".join(f"{query} {ms}" for query, ms in run["queries_ms"].items())
        name = f"1/{run['cpu_slow_down']}"
        print(f"{name:>5} {run['cold_ms']:>6} {run['first_ms']:>6} {run['median_ms']:>10} {run['max_ms']:>6}  {each}")
    write_report("bench-search", found)


if __name__ == "__main__":
    main()
