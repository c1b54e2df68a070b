"""Measures the officer's phone in Chromium with the CPU slowed down 4x: start without network, saving, searching.

`make bench-phone` (DOORS=3000,50000 UNSENT=500 SAVES=30 STARTS=5). Doors are imported into a server and come to the
phone by its own first sync; the unsent records are made by tapping. Slowed down is the page (CDP); the browser's disk
and its service worker are not. Writes $XUNFANG_HOME/reports/bench-phone.json.
"""

import gzip
import json
import os
import platform
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import CDPSession, Page, sync_playwright

from tests.bench import phone_steps
from tests.bench.bench_report import write_report
from tests.e2e.conftest import PHONE, ROOT, Phone, Server, running_server

DOORS = [int(one) for one in os.environ.get("DOORS", "3000,50000").split(",")]
UNSENT = int(os.environ.get("UNSENT", "500"))
SAVES = int(os.environ.get("SAVES", "30"))
STARTS = int(os.environ.get("STARTS", "5"))
SLOW_DOWN = 4
AIMS = {"start_ms": 2000, "save_ms": 100, "search_ms": 100, "script_kb": 120}
FIRST_SYNC_MS = 600_000
QUERIES = ["示范路18", "lqjd", "超市", "12号3单元", "没有这条路"]


def street_of_doors(folder: Path, count: int, lon: float, lat: float) -> Path:
    """Write a GeoJSON of so many doors around a place; every fiftieth is an enterprise."""
    features = []
    for n in range(count):
        road, house, unit = n % 97, n // 97 % 240 + 1, n % 4 + 1
        properties = {
            "ref": f"bench-{n}",
            "address": f"灵泉街道示范路{road}段{house}号{unit}单元{n % 7 + 1}0{n % 3 + 1}",
            "kind": "enterprise" if n % 50 == 0 else "household",
            "name": f"示例超市{n}" if n % 50 == 0 else "",
            "door_plate": f"B-{n:05d}",
        }
        point = [lon + (n % 200 - 100) * 1e-5, lat + (n // 200 % 200 - 100) * 1e-5]
        features.append(
            {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": point}}
        )
    path = folder / f"doors-{count}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def slowed(page: Page, rate: int) -> CDPSession:
    """Slow the page's CPU down; the session must live as long as that shall last."""
    assert page.context is not None
    protocol = page.context.new_cdp_session(page)
    protocol.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    return protocol


def cold_start(phone: Phone) -> dict[str, float]:
    """Start the browser and the app without network; return what a look at the clock of the page says."""
    phone.close()
    page = phone.open(offline=True, route="/manifest.webmanifest")  # the browser runs, the app does not
    protocol = slowed(page, SLOW_DOWN)
    page.add_init_script(phone_steps.WATCH_START)
    page.goto(phone.server.url + "/")
    page.wait_for_function("() => window.marks?.whole")
    found: dict[str, float] = page.evaluate("window.marks")
    found["spin_ms"] = page.evaluate(phone_steps.SPIN)
    protocol.detach()
    return found


def first_synced(phone: Phone, doors: int) -> None:
    """Sign in and wait for so many doors."""
    page = phone.open()
    phone.sign_in(page, "officer")
    page.wait_for_function(
        "wanted => Number(document.querySelector('[data-testid=today]')?.dataset.doors ?? 0) >= wanted",
        arg=doors,
        timeout=FIRST_SYNC_MS,
    )
    page.wait_for_function(phone_steps.SYNC_RESTS, timeout=FIRST_SYNC_MS)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def saves(phone: Phone, times: int, rate: int) -> list[list[float]]:
    """Make visits without network by tapping; milliseconds from the tap to `complete`, to the words, to Today drawn."""
    assert phone.context is not None
    page = phone.context.pages[0]
    protocol = slowed(page, rate)
    took: list[list[float]] = page.evaluate(phone_steps.SAVE, times)
    protocol.detach()
    return took


def searches(phone: Phone, rate: int) -> list[float]:
    """Type queries into the search for doors; milliseconds from the key to the list on the screen."""
    assert phone.context is not None
    page = phone.context.pages[0]
    page.evaluate("location.hash = '#/doors?tab=search'")
    page.get_by_test_id("door-search").wait_for()
    protocol = slowed(page, rate)
    took: list[float] = page.evaluate(phone_steps.SEARCH, QUERIES)
    protocol.detach()
    return took


def script_kb() -> dict[str, Any]:
    """Return the gzip -9 size of every script that index.html loads, with all they import, and of one language."""
    dist = Path(os.environ.get("XUNFANG_PWA_DIST") or ROOT / "frontend_pwa/dist")
    wanted = re.findall(r'(?:src|href)="/(assets/[^"]+\.js)"', (dist / "index.html").read_text(encoding="utf-8"))
    wanted.append(next(f"assets/{path.name}" for path in (dist / "assets").glob("zh-*.js")))
    sizes: dict[str, int] = {}
    while wanted:
        name = wanted.pop()
        if name not in sizes:
            content = (dist / name).read_bytes()
            sizes[name] = len(gzip.compress(content, 9))
            wanted += [f"assets/{one}" for one in re.findall(r'(?:import|from)\s*"\./([^"]+\.js)"', content.decode())]
    return {"kb": round(sum(sizes.values()) / 1000, 1), "files": sizes}


def milliseconds(values: list[float]) -> dict[str, float]:
    """Return median and longest."""
    return {"median_ms": round(median(values)), "max_ms": round(max(values)), "times": len(values)}


def measured(phone: Phone, doors: int) -> dict[str, Any]:
    """Return what one phone with so many doors takes."""
    first_synced(phone, doors)
    found: dict[str, Any] = {"doors": doors}
    starts = [cold_start(phone) for _ in range(STARTS)]
    for part in ("buttons", "doors", "whole"):
        found[f"start_{part}"] = milliseconds([one[part] for one in starts])
    found["spin_ms"] = [round(one["spin_ms"]) for one in starts]
    saves(phone, UNSENT, 1)
    found["unsent"] = UNSENT
    for rate in (1, SLOW_DOWN):
        took = saves(phone, SAVES, rate)
        found[f"save_complete_{rate}x"] = milliseconds([one[0] for one in took])
        found[f"save_words_{rate}x"] = milliseconds([one[1] for one in took])
        found[f"save_today_{rate}x"] = milliseconds([one[2] for one in took])
        found[f"search_{rate}x"] = milliseconds(searches(phone, rate))
    starts = [cold_start(phone) for _ in range(STARTS)]
    found["start_doors_unsent"] = milliseconds([one["doors"] for one in starts])
    return found


def on_phone(server: Server, folder: Path, doors: int) -> dict[str, Any]:
    """Fill a server with doors and measure a phone of its station."""
    lon, lat = phone_steps.place_of_doors(server)
    server.manage("import_premises", str(street_of_doors(folder, doors, lon, lat)), "--apply")
    with sync_playwright() as playwright:
        phone = Phone(playwright, folder / "phone", server, PHONE)
        try:
            return measured(phone, doors)
        finally:
            phone.close()


def report() -> dict[str, Any]:
    """Run the product for each number of doors; return what was measured."""
    runs = []
    for doors in DOORS:
        with tempfile.TemporaryDirectory(prefix="xunfang-bench-phone-") as name:
            folder = Path(name)
            with running_server(f"xunfang_bench_phone_{os.getpid()}_{doors}", folder) as server:
                runs.append(on_phone(server, folder, doors))
    load = [round(one, 1) for one in os.getloadavg()]
    machine = {"load_average": load, "cores": os.cpu_count(), "machine": platform.machine()}
    facts = {**machine, "aims": AIMS, "cpu_slow_down": SLOW_DOWN}
    return {**facts, "at": datetime.now(UTC).isoformat(), "script": script_kb(), "runs": runs}


def main() -> None:
    """Measure, print a table, write the report."""
    found = report()
    print(f"load average at the end {found['load_average']} on {found['cores']} cores")
    print(f"JavaScript needed for Today, gzip -9, with one language: {found['script']['kb']} kB")
    for run in found["runs"]:
        print(f"\n{run['doors']} doors; CPU 1/{SLOW_DOWN} where not said otherwise")
        for name, value in run.items():
            if isinstance(value, dict):
                median_ms, max_ms = value["median_ms"], value["max_ms"]
                print(f"  {name:24} median {median_ms:>6} ms   max {max_ms:>6} ms   n {value['times']}")
    write_report("bench-phone", found)


if __name__ == "__main__":
    main()
