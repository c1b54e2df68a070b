"""SHELL: puts each part of the bench into one file, `$XUNFANG_HOME/reports/bench.json`, beside the parts of before."""

import json
import os
from pathlib import Path
from typing import Any


def put(part: str, found: Any) -> None:
    """Write one part of bench.json, leaving the others as they are."""
    home = Path(os.environ.get("XUNFANG_HOME", "var"))
    # The test servers have a home of their own inside the real one.
    report = (home.parent if home.name == "test" else home) / "reports" / "bench.json"
    report.parent.mkdir(parents=True, exist_ok=True)
    parts = json.loads(report.read_text()) if report.exists() else {}
    report.write_text(json.dumps({**parts, part: found}, indent=2, sort_keys=True))
