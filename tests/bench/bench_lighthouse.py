"""Lets Lighthouse judge the main screens of a phone that has signed in: accessibility and best practices.

`make lighthouse`. Prints a table; $XUNFANG_HOME/reports/lighthouse.json names the audits that were not passed.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright, sync_playwright

from tests.bench.bench_report import write_report
from tests.e2e.conftest import CHROMIUM, FLAGS, PASSWORD, PHONE, ROOT, Server, running_server

CATEGORIES = ("accessibility", "best-practices")
SCREENS = {
    "officer": (
        "#/today",
        "#/doors?tab=due",
        "#/outing",
        "#/map",
        "#/disputes",
        "#/unsent",
        "#/settings",
        "#/help/today",
    ),
    "lead": ("#/coverage?metric=household_coverage&window=30d",),
}
LIGHTHOUSE = ROOT / "tests/bench/lighthouse/node_modules/lighthouse/cli/index.js"


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def signed_in(playwright: Playwright, server: Server, profile: Path, username: str, port: int) -> Page:
    """Open the app in a browser that Lighthouse can join at `port`; return its page after the first sync."""
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=CHROMIUM,
        args=[*FLAGS, f"--remote-debugging-port={port}"],
        headless=True,
        viewport=PHONE,  # type: ignore[arg-type]
        locale="zh-CN",
    )
    page = context.pages[0]
    page.goto(server.url)
    page.get_by_test_id("username").fill(username)
    page.get_by_test_id("password").fill(PASSWORD)
    page.get_by_test_id("sign-in-submit").click()
    page.get_by_test_id("nav").wait_for()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page


def judged(address: str, port: int, folder: Path) -> dict[str, Any]:
    """Return the scores (0 to 100) of one screen and the audits that were not passed."""
    report = folder / "report.json"
    flags = [f"--port={port}", "--disable-storage-reset", "--quiet", "--output=json", f"--output-path={report}"]
    command = ["node", str(LIGHTHOUSE), address, f"--only-categories={','.join(CATEGORIES)}", *flags]
    subprocess.run(command, check=True, timeout=180)
    found = json.loads(report.read_text(encoding="utf-8"))
    scores = {name: round(100 * (found["categories"][name]["score"] or 0)) for name in CATEGORIES}
    failed = [audit["id"] for audit in found["audits"].values() if audit["score"] is not None and audit["score"] < 1]
    return {"address": address.partition("#")[2], "scores": scores, "not_passed": failed}


def main() -> int:
    """Judge every screen, print the table, write the report."""
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        with running_server(f"xunfang_lighthouse_{os.getpid()}", folder) as server:
            for username, routes in SCREENS.items():
                port = free_port()
                page = signed_in(playwright, server, folder / username, username, port)
                for route in routes:
                    found.append({"who": username, **judged(f"{server.url}/{route}", port, folder)})
                    scores = " ".join(f"{found[-1]['scores'][one]:>4}" for one in CATEGORIES)
                    print(f"{username:<8} {route:<50} {scores}  {' '.join(found[-1]['not_passed'])}", flush=True)
                page.context.close()
    write_report("lighthouse", found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
