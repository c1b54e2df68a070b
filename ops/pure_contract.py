"""SHELL: a contract for import-linter: what calls itself PURE reaches neither Django nor Celery nor the network.

A module is pure when the first line of its docstring says so; `named` lists those of 7-architecture.md, which must
say so as soon as they exist. Reading the docstring instead of a list means that nobody can forget to add a module.
"""

import ast
from pathlib import Path
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

SHELL_LIBRARIES = {"django", "rest_framework", "celery", "kombu", "redis", "psycopg", "allauth", "structlog"} | {
    "socket", "ssl", "http", "requests", "subprocess", "shutil", "secrets", "time", "logging"
}  # fmt: skip


class PureContract(Contract):
    """Broken by each PURE module that reaches a shell library, directly or through our own modules."""

    named = fields.ListField(subfield=fields.ModuleField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Return what reaches what, and which named modules do not call themselves pure."""
        # The field's class declares it; on an instance it holds the parsed list.
        named = {str(module) for module in cast(list[object], self.named)}
        pure, present = pure_modules(graph), graph.modules & SHELL_LIBRARIES
        found = (graph.find_shortest_chain(module, library) for module in sorted(pure) for library in sorted(present))
        chains = [" -> ".join(chain) for chain in found if chain]
        silent = sorted((named & graph.modules) - pure)
        return ContractCheck(kept=not chains and not silent, metadata={"chains": chains, "silent": silent})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each chain of imports that leaves the pure core."""
        for chain in check.metadata["chains"]:
            output.print_error(f"A PURE module reaches the shell: {chain}")
        for module in check.metadata["silent"]:
            output.print_error(f"{module} must be pure, but its docstring does not begin with PURE")


def pure_modules(graph: ImportGraph) -> set[str]:
    """Return the modules of ours whose docstring begins with PURE."""
    return {name for name in graph.modules if (path := source_of(name)) is not None and calls_itself_pure(path)}


def source_of(module: str) -> Path | None:
    """Return the file of one of our modules; None for packages from outside."""
    base = Path(*module.split("."))
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


def calls_itself_pure(path: Path) -> bool:
    """Return whether the first docstring line of the file begins with PURE."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").startswith("PURE")
