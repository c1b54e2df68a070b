"""The import contract for pure modules, on a small package made for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops.servers import REPOSITORY

CONTRACT = """
[importlinter]
root_package = small
include_external_packages = True
contract_types =
    pure: ops.pure_contract.PureContract
[importlinter:contract:pure]
name = pure
type = pure
named =
    small.core
"""


def lint(folder: Path, modules: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    (folder / "small").mkdir()
    (folder / ".importlinter").write_text(CONTRACT)
    for name, text in {"__init__": "", **modules}.items():
        (folder / "small" / f"{name}.py").write_text(text)
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder}:{REPOSITORY}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_pure_module_that_reaches_django_through_another_is_reported_with_the_way(tmp_path: Path) -> None:
    done = lint(tmp_path, {"core": '"""PURE: x."""\nfrom small import shelf\n', "shelf": "import django.db\n"})
    assert done.returncode == 1
    assert "small.core -> small.shelf -> django" in done.stdout


def test_a_named_module_that_does_not_call_itself_pure_is_reported(tmp_path: Path) -> None:
    done = lint(tmp_path, {"core": '"""SHELL: x."""\n'})
    assert done.returncode == 1
    assert "small.core must be pure" in done.stdout


@pytest.mark.parametrize(
    "modules", [{}, {"core": '"""PURE: x."""\nimport math\n', "edge": '"""SHELL."""\nimport django\n'}]
)
def test_a_clean_package_and_one_whose_named_module_does_not_exist_yet_pass(
    tmp_path: Path, modules: dict[str, str]
) -> None:
    done = lint(tmp_path, modules)
    assert done.returncode == 0, done.stdout
