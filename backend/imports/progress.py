"""SHELL: says from inside a long transaction how far it is, and hears there that somebody wants it to end."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from types import TracebackType
from typing import Any
from uuid import UUID

from django.db import connection, connections

from backend.common.problems import problem
from backend.imports.models import ImportJob, ImportState

# A chunk of rows takes seconds. Whoever cancels is heard before the next statement.
_LISTEN_S = 0.5


class JobProgress:
    """Threads with connections of their own: what the import's own one writes nobody sees before its commit."""

    def __init__(self, job_id: UUID) -> None:
        self._job_id = job_id
        self._line = ThreadPoolExecutor(max_workers=1)
        self._open = ExitStack()
        self._cancelled, self._ended = threading.Event(), threading.Event()
        self._ear = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> "JobProgress":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()
        self._ended.set()
        if self._ear.ident is not None:
            self._ear.join()
        self._line.submit(connections.close_all).result()
        self._line.shutdown()

    def begin(self) -> None:
        """Say that the work has begun; from here on every statement of it is refused once somebody has cancelled."""
        running = ImportJob.objects.filter(id=self._job_id)
        self._line.submit(running.update, state=ImportState.RUNNING, ended_at=None).result()
        self._ear.start()
        self._open.enter_context(connection.execute_wrapper(self._unless_cancelled))

    def __call__(self, done: int, of: int | None) -> None:
        """Write the progress down. Raises `import_cancelled` when that was asked for."""
        if self._line.submit(self._write, done, of).result():
            raise problem("import_cancelled")

    def _write(self, done: int, of: int | None) -> bool:
        mine = ImportJob.objects.filter(id=self._job_id)
        mine.update(rows_done=done, rows_of=of)
        return self._asked()

    def _asked(self) -> bool:
        return bool(ImportJob.objects.filter(id=self._job_id).values_list("cancel_asked", flat=True).get())

    def _listen(self) -> None:
        try:
            while not self._cancelled.is_set() and not self._ended.wait(_LISTEN_S):
                if self._asked():
                    self._cancelled.set()
        finally:
            connections.close_all()

    def _unless_cancelled(self, execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        # The way back out of savepoints stays open.
        if self._cancelled.is_set() and not sql.startswith(("ROLLBACK", "RELEASE")):
            raise problem("import_cancelled")
        return execute(sql, *more)
