"""Lock files name versions and hashes, never addresses: the registry is the installing machine's own business."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NPM_LOCK = ROOT / "frontend_pwa" / "package-lock.json"
LIGHTHOUSE_LOCK = ROOT / "tests" / "bench" / "lighthouse" / "package-lock.json"


def strip_funding() -> None:
    """Write package-lock.json without the packages' appeals for money, the one thing npm puts addresses into."""
    lock = json.loads(NPM_LOCK.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
    NPM_LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


PIP_LOCKS = [ROOT / "requirements.lock", ROOT / "requirements-bench.lock"]


@pytest.mark.parametrize(
    "lock", [NPM_LOCK, LIGHTHOUSE_LOCK, *PIP_LOCKS], ids=lambda lock: f"{lock.parent.name}/{lock.name}"
)
def test_no_lock_file_holds_an_address(lock: Path) -> None:
    found = re.findall(r"https?://\S+", lock.read_text(encoding="utf-8"))
    assert found == [], "python -m tests.architecture.test_lock_files"


if __name__ == "__main__":
    strip_funding()
