"""SHELL: where the bytes lie: arriving, raw, stored by hash, unreadable. Nothing here is served as it lies."""

import hashlib
import os
import shutil
from pathlib import Path
from uuid import UUID

from django.conf import settings


def arriving(upload_id: UUID) -> Path:
    """Return the file into which an upload grows."""
    return _root("arriving") / str(upload_id)


def raw(sha256: str) -> Path:
    """Return the file of a whole upload that nobody has looked into yet."""
    return _root("raw") / sha256


def unreadable(sha256: str) -> Path:
    """Return where a file lies that could not be read; no address leads to it."""
    return _root("unreadable") / sha256


def stored(stored_sha256: str) -> Path:
    """Return a file that may be shown."""
    return _root("files", stored_sha256[:2]) / stored_sha256


def thumbnail(stored_sha256: str) -> Path:
    """Return the small WebP picture of a stored picture."""
    return _root("thumbnails", stored_sha256[:2]) / stored_sha256


def piece_write(upload_id: UUID, offset: int, piece: bytes) -> None:
    """Write bytes at an offset and wait until they are on disk. What stood behind the offset is overwritten."""
    handle = os.open(arriving(upload_id), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        # A crash can leave bytes behind the offset that nobody counted: away with them.
        os.ftruncate(handle, offset)
        view = memoryview(piece)
        while view:
            written = os.pwrite(handle, view, offset)
            offset += written
            view = view[written:]
        os.fdatasync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def arrived_keep(upload_id: UUID, sha256: str) -> None:
    """Give a whole upload its second name under `raw`. Until the commit both names exist, so a crash loses nothing."""
    target = raw(sha256)
    try:
        os.link(arriving(upload_id), target)
    except FileExistsError:
        return  # the same content came before; it lies there under its own hash
    folder_sync(target.parent)


def move(source: Path, target: Path) -> None:
    """Move a file to its final place on the same disk; what lies there already stays readable until the end."""
    source.replace(target)
    folder_sync(target.parent)


def adopt(source: Path, target: Path) -> None:
    """Copy a file from elsewhere to its final place, whole or not at all."""
    half = target.with_name(f"{target.name}.{os.getpid()}.half")
    shutil.copyfile(source, half)
    with half.open("rb") as file:
        os.fsync(file.fileno())
    move(half, target)


def remove(*paths: Path) -> None:
    """Delete files that may be gone already."""
    for path in paths:
        path.unlink(missing_ok=True)


def folder_sync(folder: Path) -> None:
    """Wait until the names in a folder are on disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _root(*parts: str) -> Path:
    folder = Path(settings.ATTACHMENTS_ROOT, *parts)
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
