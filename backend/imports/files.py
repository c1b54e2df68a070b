"""SHELL: where uploaded files and reports of imports lie. They hold names and addresses: 0600, and gone when ended."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from django.conf import settings


def uploaded(job_id: UUID, file_name: str) -> Path:
    """Return where the file of a job lies: under its own suffix, which says the format, and no other of its words."""
    name = file_name.lower()
    suffix = ".osm.pbf" if name.endswith(".osm.pbf") else Path(name).suffix[:12]
    return folder_of(job_id) / f"upload{suffix}"


def report(job_id: UUID) -> Path:
    """Return where the report of a job lies."""
    return folder_of(job_id) / "report.csv"


def found(job_id: UUID) -> Path:
    """Return where lies what was found in the file of a job: columns and some values, so as secret as the file."""
    return folder_of(job_id) / "found.json"


def folder_of(job_id: UUID) -> Path:
    """Return the folder of a job, made when it is not there."""
    folder = Path(settings.ATTACHMENTS_ROOT, "imports", str(job_id))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def write(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file piece by piece."""
    with path.open("wb") as file:
        path.chmod(0o600)
        for piece in pieces:
            file.write(piece)


def forget_rows(job_id: UUID, file_name: str) -> None:
    """Delete the names and addresses of a job that is done with them; the report stays until it is swept away."""
    for path in (uploaded(job_id, file_name), found(job_id)):
        path.unlink(missing_ok=True)


def forget(job_id: UUID) -> None:
    """Delete everything that a job left on disk."""
    shutil.rmtree(folder_of(job_id), ignore_errors=True)
