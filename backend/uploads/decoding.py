"""SHELL: looks into a file that has arrived: sounds by their first bytes, pictures in a process of their own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from django.conf import settings

from backend.uploads import decoder, files

log = structlog.get_logger()

WALL_S = 60


@dataclass(frozen=True)
class Readable:
    """A file that may be shown; it lies under its own hash."""

    media_type: str
    stored_sha256: str
    width_px: int | None = None
    height_px: int | None = None


@dataclass(frozen=True)
class NotReadable:
    """Why a file will never be shown: a code of the catalogue."""

    problem_code: str


def file_read(source: Path) -> Readable | NotReadable:
    """Put what may be shown of a file into its place and return what it is. The file itself stays where it is."""
    with source.open("rb") as file:
        head = file.read(64)
    if is_picture(head):
        return _picture_read(source)
    media_type = sound_type(head)
    if media_type is None:
        return NotReadable("media_type_unknown")
    sha256 = files.sha256_of(source)
    files.adopt(source, files.stored(sha256))
    return Readable(media_type, sha256)


def is_picture(head: bytes) -> bool:
    """Return whether a file begins like JPEG, PNG or WebP."""
    return head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def sound_type(head: bytes) -> str | None:
    """Return the media type of a sound by its first bytes, None for anything else."""
    if head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head:
        return "audio/webm"
    if head.startswith(b"OggS"):
        return "audio/ogg"
    # Only the brands of recorders: the same box begins video and HEIC.
    if head[4:8] == b"ftyp" and head[8:12] in (b"M4A ", b"mp42", b"isom", b"iso5", b"mp41"):
        return "audio/mp4"
    return None


def _picture_read(source: Path) -> Readable | NotReadable:
    if source.stat().st_size > settings.PICTURE_MAX_BYTES:
        return NotReadable("image_too_large")
    with TemporaryDirectory(prefix="xunfang-picture-") as folder:
        picture, thumbnail = Path(folder, "picture"), Path(folder, "thumbnail")
        answer = _decoder_ask(source, picture, thumbnail)
        if "refused" in answer:
            return NotReadable(str(answer["refused"]))
        sha256 = files.sha256_of(picture)
        files.adopt(thumbnail, files.thumbnail(sha256))
        files.adopt(picture, files.stored(sha256))
    return Readable(str(answer["media_type"]), sha256, int(answer["width_px"]), int(answer["height_px"]))


def _decoder_ask(source: Path, picture: Path, thumbnail: Path) -> dict[str, str | int]:
    # -I: neither the environment nor the working folder can give this Python other modules.
    command = [sys.executable, "-I", decoder.__file__, str(source), str(picture), str(thumbnail)]
    command.append(str(settings.PICTURE_MAX_PIXELS))
    try:
        ended = subprocess.run(command, capture_output=True, timeout=WALL_S, env={}, cwd=picture.parent, check=False)
        answer: dict[str, str | int] = json.loads(ended.stdout)
        return answer
    except (subprocess.TimeoutExpired, ValueError) as error:
        # Killed by a limit, or broken in the middle of a sentence: the file's doing, and the same at the next try.
        log.warning("picture_decoder_ended", source=source.name, why=str(error)[:200])
        return {"refused": "image_unreadable"}
