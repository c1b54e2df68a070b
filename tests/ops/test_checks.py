"""`make test` itself: the first failing stage ends it and is named; what CI reads stands at the end."""

import os
from pathlib import Path

import pytest

from ops.checks import Run, Stage, closing_of, lanes_of, pytest_stage, summary


def stage(name: str, script: str) -> Stage:
    return Stage(name, ("/bin/sh", "-c", script), Path("/"))


def test_a_failing_stage_ends_its_lane_and_shows_what_it_said(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(dict(os.environ))
    lanes_of(
        run, [[[stage("types", "echo line 7 is wrong; exit 1"), stage("never", "true")]], [[stage("after", "true")]]]
    )
    assert run.failed == ["types"]
    assert list(run.took_s) == ["types"]
    assert "line 7 is wrong" in capsys.readouterr().out


def test_a_failing_stage_ends_what_runs_beside_it() -> None:
    run = Run(dict(os.environ))
    lanes_of(run, [[[stage("lint", "sleep 0.2; exit 1")], [stage("long", "sleep 600")]]])
    assert run.failed == ["lint"]


def test_passing_stages_say_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(dict(os.environ))
    lanes_of(run, [[[stage("lint", "seq 100; echo All good")], [stage("types", "true")]]])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert any("All good" in line for line in lines)


def test_the_closing_line_of_pytest_is_the_last_line(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(dict(os.environ))
    closing = run.shown(stage("pytest", "echo '== 3 failed, 41 passed in 2.00s =='; exit 1"))
    text = summary(run, closing)
    assert text.splitlines()[-2:] == ["FAILED: pytest", "== 3 failed, 41 passed in 2.00s =="]


def test_a_word_and_arguments_reach_pytest() -> None:
    chosen = pytest_stage(["-m", "e2e"], {"K": "two words", "PYTEST_ARGS": "-x 'tests/geo'"})
    assert list(chosen.command[-5:]) == ["e2e", "-k", "two words", "-x", "tests/geo"]


def test_two_runs_of_pytest_close_with_one_line_that_adds_them_up() -> None:
    others = "== 2 failed, 41 passed, 1 skipped in 2.00s =="
    browser = "=========== 1 failed, 7 passed in 123.10s (0:02:03) ==========="
    assert closing_of([others, browser]) == "== 3 failed, 48 passed, 1 skipped in 123.10s =="


def test_a_run_of_pytest_that_broke_off_does_not_count_as_passed() -> None:
    run = Run(dict(os.environ))
    said, _ = run.held(stage("pytest (end to end)", "echo no database; exit 3"), dict(os.environ))
    assert run.failed == ["pytest (end to end)"]
    assert said == ["no database\n"]
