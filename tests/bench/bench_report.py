"""SHELL: writes what a bench measured to `$XUNFANG_HOME/reports`."""

import json
import os
from pathlib import Path
from typing import Any

from ops.servers import home_from


def folder() -> Path:
    """Return the folder of the reports, made if it was not there."""
    home = home_from(os.environ)
    # The test servers have a home of their own inside the real one.
    reports = (home.parent if home.name == "test" else home) / "reports"
    reports.mkdir(parents=True, exist_ok=True)
    return reports


def write_report(name: str, found: Any) -> None:
    """Write a report of its own, `name`.json, in place of the one of before."""
    path = folder() / f"{name}.json"
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {path}")


def put(part: str, found: Any) -> None:
    """Write one part of bench.json, leaving the others as they are."""
    report = folder() / "bench.json"
    parts = json.loads(report.read_text()) if report.exists() else {}
    report.write_text(json.dumps({**parts, part: found}, indent=2, sort_keys=True))
