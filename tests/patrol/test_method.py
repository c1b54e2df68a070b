"""Nobody changes how tracks are derived and forgets to say so: else old days keep the old way's rows for ever."""

import ast
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from patrol.method import METHOD

REPOSITORY = Path(__file__).resolve().parents[2]
RECORD = Path(__file__).with_name("method.json")
# Where the derivation begins: what these import of ours, and what that imports, decides what comes out.
ROOTS = (
    "geo.township_finder", "patrol.leg_matching", "patrol.leg_readings", "patrol.leg_rows", "patrol.leg_times",
    "patrol.leg_ways",
)  # fmt: skip
OURS = ("geo", "patrol", "backend")


def derivation_modules() -> dict[str, str]:
    """Return the text of each module that decides what is derived, without comments, docstrings and layout."""
    found: dict[str, str] = {}
    waiting = list(ROOTS)
    while waiting:
        name = waiting.pop()
        path = REPOSITORY / Path(*name.split("."))
        source = path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"
        # Tables hold what comes out; their columns say nothing about how it is made.
        if name in found or name.endswith(".models") or not source.exists():
            continue
        tree = ast.parse(source.read_text("utf-8"))
        waiting += [one for one in _imported(tree) if one.startswith(OURS)]
        found[name] = ast.unparse(_without_docstrings(tree))
    return found


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def digest() -> str:
    """Return one number for all of it."""
    texts = sorted(derivation_modules().items())
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


def test_who_changes_how_tracks_are_derived_says_whether_the_method_is_another() -> None:
    recorded = json.loads(RECORD.read_text())
    assert {"method": METHOD, "digest": digest()} == recorded, (
        "What tracks are derived with has changed. If any row of any track may come out differently, raise METHOD in "
        "patrol/method.py: everything is then derived again. Either way: python -m tests.patrol.test_method"
    )


def test_the_modules_that_decide_are_found() -> None:
    found = derivation_modules()
    assert {"geo.matching.matcher", "geo.networks", "geo.cells", "patrol.cleaning", "patrol.track_blob"} <= set(found)
    assert "patrol.models" not in found


if __name__ == "__main__":
    RECORD.write_text(json.dumps({"method": METHOD, "digest": digest()}, indent=2) + "\n")
