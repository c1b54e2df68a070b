"""What a file becomes: pixels only, or nothing that is ever shown. Hostile files end in a process of their own."""

import io
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from subprocess import run

import pytest
from django.utils import timezone
from PIL import ExifTags, Image

from backend.accounts.models import Officer
from backend.uploads import decoder, files
from backend.uploads.file_services import file_decide
from backend.uploads.models import FileState, StoredFile
from tests.backend.uploads.conftest import TusHand, picture, sha256

TusOf = Callable[[Officer], TusHand]


@pytest.fixture
def decided(tus_of: TusOf, officer: Officer) -> Callable[[bytes], StoredFile]:
    """A function that uploads a content and returns what was decided about it."""

    def decide(content: bytes) -> StoredFile:
        tus_of(officer).whole(content)
        return file_decide(sha256=sha256(content), at=timezone.now())

    return decide


Decided = Callable[[bytes], StoredFile]


def shown(row: StoredFile) -> bytes:
    return files.stored(row.stored_sha256).read_bytes()


def with_position() -> bytes:
    """Return a JPEG, lying on its side, whose EXIF says where it was taken and with what."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "CANARY-CAMERA"
    exif[ExifTags.Base.Orientation] = 6  # turn by 90° to see it upright
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (27.0, 47.0, 44.9), 3: "E", 4: (114.0, 22.0, 53.0)})
    return picture((640, 480), exif=exif, comment=b"CANARY-COMMENT", icc_profile=b"CANARY-PROFILE" * 9)


def png_of(width_px: int, height_px: int, data: bytes, *, depth: int = 8, colour_type: int = 2) -> bytes:
    """Return a PNG whose header promises a size, with `data` as its packed pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width_px, height_px, depth, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def moving(kind: str) -> bytes:
    """Return a picture of two frames."""
    first, second = (Image.new("RGB", (32, 32), colour) for colour in ("red", "blue"))
    file = io.BytesIO()
    first.save(file, format=kind, save_all=True, append_images=[second], duration=100)
    return file.getvalue()


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_a_picture_is_written_anew_with_a_small_one_beside_it(decided: Decided, kind: str, media_type: str) -> None:
    content = picture((1600, 1200), kind=kind)
    row = decided(content)
    assert (row.state, row.media_type, row.width_px, row.height_px) == (FileState.READY, media_type, 1600, 1200)
    assert row.stored_sha256 == sha256(shown(row)) != sha256(content)
    with Image.open(files.thumbnail(row.stored_sha256)) as small:
        assert (small.format, small.size) == ("WEBP", (480, 360))


def test_nothing_of_where_and_with_what_it_was_taken_is_left_and_it_stands_upright(decided: Decided) -> None:
    content = with_position()
    assert b"CANARY" in content
    row = decided(content)
    for path in (files.stored(row.stored_sha256), files.thumbnail(row.stored_sha256)):
        assert b"CANARY" not in path.read_bytes()
        with Image.open(path) as image:
            assert (dict(image.getexif()), image.info.get("comment"), image.info.get("icc_profile")) == ({}, None, None)
    assert (row.width_px, row.height_px) == (480, 640)


def test_what_was_sent_is_deleted_once_it_was_written_anew_and_its_hash_stays(
    decided: Decided, attachments_root: Path
) -> None:
    content = with_position()
    row = decided(content)
    assert row.sha256 == sha256(content)
    left = [path for path in attachments_root.rglob("*") if path.is_file()]
    assert sorted(path.parent.parent.name for path in left if path.parent.name == row.stored_sha256[:2]) == [
        "files",
        "thumbnails",
    ]
    assert [path for path in left if path.read_bytes() == content and path.parent.name != "arriving"] == []


def test_a_page_hidden_behind_a_picture_is_gone_afterwards(decided: Decided) -> None:
    row = decided(picture() + b"<html><script>alert(1)</script></html>")
    assert row.state == FileState.READY
    assert b"script" not in shown(row)


HOSTILE = {
    "a page that calls itself a picture": (b"<html><script>alert(1)</script></html>" + picture(), "media_type_unknown"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "media_type_unknown"),
    "GIF": (picture(kind="GIF"), "media_type_unknown"),
    "TIFF": (picture(kind="TIFF"), "media_type_unknown"),
    "half a JPEG": (picture((1600, 1200))[:6000], "image_unreadable"),
    "a JPEG in name only": (b"\xff\xd8\xff" + b"\x00" * 500, "image_unreadable"),
    "a moving WebP": (moving("WEBP"), "image_animated"),
    "a moving PNG": (moving("PNG"), "image_animated"),
    "a bomb by its header": (png_of(60_000, 60_000, zlib.compress(b"\x00" * 1_000_000)), "image_too_large"),
    "more than 25 megapixels": (picture((5001, 5000), kind="PNG"), "image_too_large"),
    "a PNG that promises pixels it has not": (png_of(4000, 4000, zlib.compress(b"\x00" * 99)), "image_unreadable"),
    "more than 8 MiB": (picture() + b"\x00" * (8 * 1024 * 1024), "image_too_large"),
    "a text": ("走访记录".encode() * 40, "media_type_unknown"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_file_is_kept_where_nobody_is_served_from_and_says_why(decided: Decided, name: str) -> None:
    content, code = HOSTILE[name]
    row = decided(content)
    assert (row.state, row.problem_code, row.stored_sha256) == (FileState.UNREADABLE, code, "")
    assert files.unreadable(row.sha256).read_bytes() == content


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + b"\x00" * 99, "audio/webm"),
        (b"OggS\x00\x02" + b"\x00" * 99, "audio/ogg"),
        (b"\x00\x00\x00\x1cftypM4A \x00\x00\x00\x00" + b"\x00" * 99, "audio/mp4"),
    ],
)
def test_a_sound_is_kept_as_it_is(decided: Decided, content: bytes, media_type: str) -> None:
    row = decided(content)
    assert (row.state, row.media_type, shown(row)) == (FileState.READY, media_type, content)


def test_the_decoder_cannot_take_more_memory_than_it_is_given(tmp_path: Path) -> None:
    source = tmp_path / "large.png"
    # 144 megapixels of one bit are 576 MB as colours: with the limit on pixels lifted, that on memory holds.
    rows = zlib.compress(b"\x00" * 1501 * 12_000)
    source.write_bytes(png_of(12_000, 12_000, rows, depth=1, colour_type=0))
    command = [
        sys.executable,
        "-I",
        decoder.__file__,
        str(source),
        str(tmp_path / "p"),
        str(tmp_path / "t"),
        "999999999",
    ]
    ended = run(command, capture_output=True, text=True, env={}, timeout=60, check=False)
    assert ended.stdout.strip() == '{"refused": "image_unreadable"}'
    assert "MemoryError" in ended.stderr


def test_deciding_twice_at_once_ends_in_one_verdict(tus_of: TusOf, officer: Officer) -> None:
    content = picture()
    tus_of(officer).whole(content)
    first = file_decide(sha256=sha256(content), at=timezone.now())
    again = file_decide(sha256=sha256(content), at=timezone.now())
    assert first.stored_sha256 == again.stored_sha256
    assert not files.raw(sha256(content)).exists()


def test_the_same_photo_sent_again_after_its_verdict_leaves_no_second_copy(tus_of: TusOf, officer: Officer) -> None:
    content = picture()
    tus_of(officer).whole(content)
    file_decide(sha256=sha256(content), at=timezone.now())
    tus_of(officer).whole(content)
    assert file_decide(sha256=sha256(content), at=timezone.now()).state == FileState.READY
    assert not files.raw(sha256(content)).exists()
