"""SHELL: `make test` and its parts: runs the stages, stops at the first that fails and names it, prints the times.

Two lanes use the two cores where the stages do not compete: types and imports beside the web app's own checks.
What passes says one line; what fails shows everything it said. pytest comes last: the tests with a browser, which wait
for it most of the time, run beside the others in lanes of their own, each with servers of its own.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from ops import servers
from ops.failures import OpsFailure

REPOSITORY = servers.REPOSITORY
BIN = REPOSITORY / ".venv" / "bin"
WEB = REPOSITORY / "frontend_pwa"


@dataclass(frozen=True)
class Stage:
    """One check: its name for people and its command."""

    name: str
    command: tuple[str, ...]
    folder: Path = REPOSITORY


def tool(name: str, program: str, *arguments: str) -> Stage:
    """Return a stage that runs a program of .venv."""
    return Stage(name, (str(BIN / program), *arguments))


RUFF = [tool("ruff check", "ruff", "check", "."), tool("ruff format", "ruff", "format", "--check", ".")]
IMPORTS = [tool("import-linter", "lint-imports")]
TYPES = [tool("mypy --strict", "mypy")]
# The compiled matching, once for all lanes of tests: each would spend half a minute of CPU on it.
COMPILED = [tool("numba", "python", "-m", "patrol.warm_up")]
# The demo story, once for both lanes with a browser, in the time in which the web app is checked.
STORY_COMMAND = ("-m", "ops.servers", "--test", "exec", "--", str(BIN / "python"), "-m", "tests.e2e.story")
STORY = [tool("demo story", "python", *STORY_COMMAND)]
WEB_TYPES = [Stage("web types (tsc, svelte-check)", ("npm", "run", "--silent", "check"), WEB)]
WEB_LINT = [Stage("web lint (ESLint)", ("npm", "run", "--silent", "lint"), WEB)]
WEB_TESTS = [Stage("web tests (Vitest)", ("npm", "run", "--silent", "test"), WEB)]

# For each plan: lanes that run beside each other, one after another; then the arguments of pytest, if it runs.
Plan = tuple[Sequence[Sequence[Sequence[Stage]]], list[str] | None]
WEB_LANE = [*WEB_TYPES, *WEB_LINT, *WEB_TESTS]
PLANS: dict[str, Plan] = {
    "all": ([[RUFF], [[*IMPORTS, *TYPES, *COMPILED, *STORY], WEB_LANE]], []),
    "fast": ([[RUFF], [[*IMPORTS, *TYPES], WEB_LANE]], ["-m", "not e2e"]),
    "lint": ([[[*RUFF, *IMPORTS], WEB_LINT]], None),
    "types": ([[TYPES, WEB_TYPES]], None),
    "pytest": ([], ["-m", "not e2e"]),
    "e2e": ([], ["-m", "e2e"]),
}


class StageFailed(Exception):
    """A stage ended with another status than 0; its text is the stage's name."""


@dataclass
class Run:
    """What one `make test` has done so far; lanes write to it from their threads."""

    environment: dict[str, str]
    took_s: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    going: set["subprocess.Popen[str]"] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def lane(self, stages: Sequence[Stage]) -> None:
        """Run stages one after another; leave off when a stage, here or in the other lane, failed."""
        for stage in stages:
            if self.failed:
                return
            said: list[str] = []
            status = self._follow(stage, said.append)
            with self.lock:
                self._report(stage, status, said)

    def shown(self, stage: Stage, environment: Mapping[str, str] | None = None) -> str:
        """Run a stage with its output on the terminal as it goes; return its last line."""
        return self._watched(stage, _print_line, environment)

    def held(self, stage: Stage, environment: Mapping[str, str]) -> tuple[list[str], str]:
        """Run a stage and keep what it says; return that and its last line."""
        said: list[str] = []
        return said, self._watched(stage, said.append, environment)

    def _watched(self, stage: Stage, show: Callable[[str], object], environment: Mapping[str, str] | None) -> str:
        last = ""

        def take(line: str) -> None:
            nonlocal last
            show(line)
            last = line.strip() or last

        if self._follow(stage, take, environment) != 0:
            with self.lock:
                self.failed.append(stage.name)
        return last

    def _follow(self, stage: Stage, take: Callable[[str], object], environment: Mapping[str, str] | None = None) -> int:
        begun_s = time.monotonic()
        process = subprocess.Popen(
            stage.command,
            cwd=stage.folder,
            env=environment or self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.going.add(process)
        for line in process.stdout or ():
            take(line)
        status = process.wait()
        self.going.discard(process)
        self.took_s[stage.name] = time.monotonic() - begun_s
        return status

    def _report(self, stage: Stage, status: int, said: list[str]) -> None:
        if status == 0:
            last = next((line.strip() for line in reversed(said) if line.strip()), "")
            print(f"  ok    {stage.name:<32}{self.took_s[stage.name]:6.1f} s   {last[:70]}", flush=True)
        elif not self.failed:
            self.failed.append(stage.name)
            print("".join(said), f"  FAILED {stage.name}", sep="\n", flush=True)
            self.stop()

    def stop(self) -> None:
        """End what still runs, with everything it started (npm and pytest start others)."""
        for process in list(self.going):
            try:
                os.killpg(process.pid, signal.SIGTERM)
            except ProcessLookupError:
                continue


def _print_line(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


def lanes_of(run: Run, groups: Sequence[Sequence[Sequence[Stage]]]) -> None:
    """Run each group of lanes; the lanes of a group beside each other."""
    for group in groups:
        with ThreadPoolExecutor(max_workers=2) as pool:
            waits = [pool.submit(run.lane, lane) for lane in group]
            for wait in waits:
                wait.result()
        if run.failed:
            return


def pytest_stage(arguments: list[str], environment: Mapping[str, str], name: str = "pytest") -> Stage:
    """Return the stage of pytest with what the person added: K=word, PYTEST_ARGS='-x tests/geo'."""
    added = shlex.split(environment.get("PYTEST_ARGS", ""))
    chosen = ["-k", environment["K"]] if environment.get("K") else []
    color = ["--color=yes"] if sys.stdout.isatty() else []
    return tool(name, "python", "-m", "pytest", *color, *arguments, *chosen, *added)


def perform(plan: Plan, run: Run, ours: servers.Servers) -> str:
    """Run a plan; return the closing line of pytest, empty when it did not run."""
    groups, pytest_arguments = plan
    lanes_of(run, groups)
    if pytest_arguments is None or run.failed:
        return ""
    everything = not pytest_arguments and not run.environment.get("K") and not run.environment.get("PYTEST_ARGS")
    with servers.in_use(ours):
        if everything:
            return _pytest_in_lanes(run, ours)
        return run.shown(pytest_stage(pytest_arguments, run.environment))


# The lanes of pytest beside the first, each with servers of its own: what they are called and what they run. They
# take about as long as the first: the browser and the rings wait more than they compute.
LANES_BESIDE = {"e2e": ["tests/e2e"], "rings": ["tests/rings"]}
FIRST_LANE = [f"--ignore={path}" for lane in LANES_BESIDE.values() for path in lane]


def _pytest_in_lanes(run: Run, ours: servers.Servers) -> str:
    """Run the slow tests beside all others; what they say is shown after the others."""
    with ThreadPoolExecutor(max_workers=len(LANES_BESIDE)) as pool:
        beside = [pool.submit(_lane_beside, run, ours, name) for name in LANES_BESIDE]
        closings = [run.shown(pytest_stage(FIRST_LANE, run.environment))]
        for lane in beside:
            said, closing = lane.result()
            sys.stdout.write("".join(said))
            closings.append(closing)
    return closing_of(closings)


def _lane_beside(run: Run, ours: servers.Servers, name: str) -> tuple[list[str], str]:
    home = ours.places.home / name
    theirs = servers.servers_of({**ours.given, "XUNFANG_HOME": str(home)}, test=True)
    # The cache and its lock of the last failures are one folder: two runs beside each other would write over it.
    own_cache = ["-o", f"cache_dir={home / 'pytest_cache'}"]
    stage = pytest_stage([*LANES_BESIDE[name], *own_cache], run.environment, f"pytest ({name})")
    with servers.in_use(theirs):
        shared = {name: run.environment[name] for name in ("PATH", "NUMBA_CACHE_DIR", "E2E_STORY")}
        return run.held(stage, {**servers.environment_of(theirs), **shared})


def closing_of(lines: Sequence[str]) -> str:
    """Return one closing line for several runs of pytest: their counts added, the time of the longest.

    >>> closing_of(["== 2 failed, 41 passed in 2.00s ==", "== 7 passed in 3.10s (0:00:03) =="])
    '== 2 failed, 48 passed in 3.10s =='
    """
    counts: dict[str, int] = {}
    for number, word in re.findall(r"(\d+) (failed|passed|skipped|xfailed|xpassed|errors?)\b", " ".join(lines)):
        counts[word] = counts.get(word, 0) + int(number)
    order = sorted(counts, key=lambda word: (word not in ("failed", "error", "errors"), word))
    took_s = max((float(found) for found in re.findall(r" in ([\d.]+)s", " ".join(lines))), default=0.0)
    return f"== {', '.join(f'{counts[word]} {word}' for word in order)} in {took_s:.2f}s =="


def summary(run: Run, closing: str) -> str:
    """Return the table of times, the verdict and, last because CI reads it there, pytest's own closing line."""
    lines = ["", *(f"  {name:<36}{took_s:7.1f} s" for name, took_s in run.took_s.items())]
    lines.append(f"FAILED: {run.failed[0]}" if run.failed else "All stages passed.")
    return "\n".join([*lines, closing] if closing else lines)


def main(arguments: list[str]) -> int:
    """Run the plan that the first argument names."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    try:
        ours = servers.servers_of(dict(os.environ), test=True)
        cache = os.environ.get("NUMBA_CACHE_DIR") or str(ours.places.home)
        # Only the plan that tells the story may use it: a dump of another day holds other dates.
        told = {"E2E_STORY": str(ours.places.home / "story.dump")} if arguments[0] == "all" else {}
        run = Run({**servers.environment_of(ours), "PATH": path, "NUMBA_CACHE_DIR": cache, **told})
        try:
            closing = perform(PLANS[arguments[0]], run, ours)
        except KeyboardInterrupt:
            run.stop()
            print("Interrupted.", file=sys.stderr)
            return 130
    except OpsFailure as failure:
        print(f"xunfang: {failure}", file=sys.stderr)
        return 1
    print(summary(run, closing), flush=True)
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
