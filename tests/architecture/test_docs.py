"""docs/ is true where a machine can tell: the list of errors is the catalogue, and links lead somewhere."""

import re
from pathlib import Path

import pytest

from backend.common.problems import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def errors_page() -> str:
    """Return docs/errors.md as the catalogue says it must be."""
    lines = [
        "# Errors",
        "",
        "Every failure that leaves the server, by its stable code. Written from `backend/common/problems.py`.",
        "",
        "| code | status | title | detail | try again helps |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| `{entry.code}` | {entry.status} | {entry.title} | {entry.detail} | {'yes' if entry.retryable else 'no'} |"
        for entry in CATALOGUE.values()
    ]
    return "\n".join(lines) + "\n"


def test_the_page_of_errors_is_the_catalogue() -> None:
    page = ROOT / "docs" / "errors.md"
    assert page.read_text(encoding="utf-8") == errors_page(), "write it anew: python -m tests.architecture.test_docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_of_a_page_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


if __name__ == "__main__":
    (ROOT / "docs" / "errors.md").write_text(errors_page(), encoding="utf-8")
