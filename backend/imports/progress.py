"""SHELL: says from inside a long transaction how far it is, and hears there that somebody wants it to end."""

from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from uuid import UUID

from django.db import connections

from backend.common.problems import problem
from backend.imports.models import ImportJob, ImportState


class JobProgress:
    """A thread with a connection of its own: what the import's own one writes nobody sees before its commit."""

    def __init__(self, job_id: UUID) -> None:
        self._job_id = job_id
        self._line = ThreadPoolExecutor(max_workers=1)

    def __enter__(self) -> "JobProgress":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._line.submit(connections.close_all).result()
        self._line.shutdown()

    def begin(self) -> None:
        """Say that the work has begun."""
        running = ImportJob.objects.filter(id=self._job_id)
        self._line.submit(running.update, state=ImportState.RUNNING, ended_at=None).result()

    def __call__(self, done: int, of: int | None) -> None:
        """Write the progress down. Raises `import_cancelled` when that was asked for."""
        if self._line.submit(self._write, done, of).result():
            raise problem("import_cancelled")

    def _write(self, done: int, of: int | None) -> bool:
        mine = ImportJob.objects.filter(id=self._job_id)
        mine.update(rows_done=done, rows_of=of)
        return bool(mine.values_list("cancel_asked", flat=True).get())
