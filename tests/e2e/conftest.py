"""A real server (gunicorn and a Celery worker, a database of their own, a small demo story) and real Chromium."""

import atexit
import functools
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    WebError,
    expect,
    sync_playwright,
)

from ops.database import binary_folder

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_S = 180  # on two busy cores an import of everything takes its time
PASSWORD = "e2e-xunfang-demo"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}

expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder, so that `make test-fast` can leave it out."""
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.e2e)


@dataclass
class Server:
    """The product as `make run` starts it, less the supervisor: it can be taken away and brought back."""

    url: str
    environment: dict[str, str]
    log: Path
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self) -> None:
        """Start web and worker and wait until the server says that it is ready."""
        port = urlsplit(self.url).port
        self._spawn(
            "gunicorn", "backend.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"
        )
        self._spawn("celery", "--app", "backend", "worker", "--concurrency", "1", "--loglevel", "WARNING")
        deadline = time.monotonic() + START_S
        while not self._is_ready():
            dead = [process.args for process in self.processes if process.poll() is not None]
            assert not dead and time.monotonic() < deadline, f"the server did not come up; see {self.log}"
            threading.Event().wait(0.2)

    def stop(self) -> None:
        """Take the server away, as a dead network would."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(timeout=30)
        self.processes.clear()

    def manage(self, *arguments: str) -> str:
        """Run a management command on this server's database; return what it printed."""
        command = [sys.executable, "backend/manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _spawn(self, module: str, *arguments: str) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", module, *arguments]
            self.processes.append(subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log))

    def _is_ready(self) -> bool:
        try:
            connection = HTTPConnection(urlsplit(self.url).netloc, timeout=2)
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False


@functools.cache
def seeded_database(admin: str) -> str:
    """Return the name of a database with a tenth of the demo story, made once a process; servers get copies of it.

    `E2E_SEEDED` names one that is there already: whoever writes tests does not wait for the seeding each time.
    `E2E_STORY` names a dump of one (tests/e2e/story.py): `make test` seeds once for both its lanes with a browser.
    """
    given = os.environ.get("E2E_SEEDED", "")
    if given:
        return given
    name = f"xunfang_seeded_{os.getpid()}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    atexit.register(drop_database, admin, name)
    dump = os.environ.get("E2E_STORY", "")
    if dump and Path(dump).exists():
        postgres("pg_restore", "--no-owner", f"--dbname={libpq_address(admin, name)}", dump)
        # The maps of the story are files beside its database.
        shutil.copytree(maps_of(Path(dump)), map_folder(), dirs_exist_ok=True)
        return name
    seeding = Server("", server_environment(name), Path(os.devnull))
    seeding.manage("migrate", "--verbosity", "0")
    seeding.manage("seed_demo", "--scale", "0.1")
    return name


def map_folder() -> Path:
    """Return where the servers of these tests keep the map packages."""
    return Path(os.environ["XUNFANG_HOME"]) / "map_packages"


def maps_of(dump: Path) -> Path:
    """Return where the map packages of a dumped story lie."""
    return dump.with_suffix(".maps")


def postgres(program: str, *arguments: str) -> None:
    """Run a program of the PostgreSQL that the tests use."""
    done = subprocess.run([binary_folder() / program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def libpq_address(admin: str, database: str) -> str:
    """Return the address of a database of this server for PostgreSQL's own programs."""
    return urlunsplit(urlsplit(admin)._replace(path=f"/{database}"))


def server_environment(database: str) -> dict[str, str]:
    """Return the environment of a server on this database."""
    broker = os.environ["CELERY_BROKER_URL"]
    return os.environ | {
        "DATABASE_URL": urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}")),
        # another Redis database than the tests in this process use, so that their tasks are not taken by this worker
        "CELERY_BROKER_URL": f"{broker}?virtual_host=5" if broker.startswith("redis+socket") else broker,
        "XUNFANG_DEMO_PASSWORD": PASSWORD,
        "DJANGO_SETTINGS_MODULE": "backend.settings",
    }


def drop_database(admin: str, name: str) -> None:
    """Drop a database, whoever still looks at it."""
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def running_server(name: str, folder: Path, changes: Mapping[str, str] = MappingProxyType({})) -> Iterator[Server]:
    """Run the product on a copy of the seeded database, with changes to its environment."""
    admin = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(scheme="postgresql"))
    template = seeded_database(admin)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Server(f"http://localhost:{port}", server_environment(name) | dict(changes), folder / "server.log")
    try:
        if os.environ.get("E2E_SEEDED"):
            made.manage("migrate", "--verbosity", "0")  # it may be older than the source
        made.start()
        yield made
    finally:
        made.stop()
        drop_database(admin, name)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The running product with a tenth of the demo story, on a database of its own."""
    with running_server(f"xunfang_e2e_{os.getpid()}", tmp_path_factory.mktemp("e2e")) as made:
        yield made


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright, for one module only: while it runs, Django believes that this thread is asynchronous."""
    with sync_playwright() as running:
        yield running


@dataclass
class Phone:
    """An installed app on one device: a browser profile that survives closing the browser."""

    playwright: Playwright
    profile: Path
    server: Server
    viewport: dict[str, int]
    context: BrowserContext | None = None
    foreign_requests: list[str] = field(default_factory=list)
    policy_violations: list[str] = field(default_factory=list)
    uncaught_errors: list[str] = field(default_factory=list)

    def open(self, *, offline: bool = False, route: str = "/") -> Page:
        """Start the browser and open the app; the page that is on the screen."""
        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=CHROMIUM,
            args=FLAGS,
            headless=True,
            viewport=self.viewport,  # type: ignore[arg-type]
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            offline=offline,
        )
        self.context.on("request", self._watch)
        self.context.on("console", self._listen)
        self.context.on("weberror", self._catch)
        page = self.context.pages[0] if self.context.pages else self.context.new_page()
        page.goto(self.server.url + route)
        return page

    def close(self) -> None:
        """Close the browser; the profile stays."""
        if self.context is not None:
            self.context.close()
            self.context = None

    def network(self, *, on: bool) -> None:
        """Take the network away from this phone, or give it back."""
        assert self.context is not None
        self.context.set_offline(not on)

    def sign_in(self, page: Page, username: str) -> None:
        """Sign in by hand."""
        page.get_by_test_id("username").fill(username)
        page.get_by_test_id("password").fill(PASSWORD)
        page.get_by_test_id("sign-in-submit").click()
        expect(page.get_by_test_id("nav")).to_be_visible()

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((self.server.url, "data:", "blob:")):
            self.foreign_requests.append(request.url)

    def _listen(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "violates the following" in message.text:
            self.policy_violations.append(message.text)

    def _catch(self, error: WebError) -> None:
        self.uncaught_errors.append(str(error.error))


class PhoneShop:
    """Hands out phones and takes them back."""

    def __init__(self, playwright: Playwright, server: Server, folder: Path) -> None:
        self._playwright, self._server, self._folder = playwright, server, folder
        self._phones: list[Phone] = []

    def phone(self, name: str, *, viewport: dict[str, int] = PHONE) -> Phone:
        made = Phone(self._playwright, self._folder / name, self._server, viewport)
        self._phones.append(made)
        return made

    def close(self) -> None:
        for phone in self._phones:
            phone.close()
        asked = [url for phone in self._phones for url in phone.foreign_requests]
        assert asked == [], "the app asked another origin"
        blocked = [text for phone in self._phones for text in phone.policy_violations]
        assert blocked == [], "the content security policy blocked something of the app's own"
        broken = [text for phone in self._phones for text in phone.uncaught_errors]
        assert broken == [], "an error was caught by nobody"


@pytest.fixture
def phones(playwright: Playwright, server: Server, tmp_path: Path) -> Iterator[PhoneShop]:
    """Phones and desks for one test; at the end none may have asked another origin, broken the policy or an error."""
    shop = PhoneShop(playwright, server, tmp_path)
    yield shop
    shop.close()
