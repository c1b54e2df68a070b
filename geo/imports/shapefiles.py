"""SHELL: reads a Shapefile, mostly zipped. The encoding of its text is declared or asked for, never guessed."""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from backend.common.problems import problem
from geo.imports.encodings import dbf_encoding, encoding_named
from geo.imports.gdal import gdal_open
from geo.imports.source import RawFile, Source, unreadable

_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
# A file of a few kilobytes can unpack to more than any disk holds.
_UNPACKED_BYTES = 8 * 1024**3
_DBF_READ_BYTES = 4 * 1024 * 1024


@contextmanager
def shapefile_open(source: Source) -> Iterator[RawFile]:
    """Give the Shapefile of a .zip, or a .shp with its neighbours. Raises `file_unreadable`, `layer_unclear`,
    `encoding_missing` and `encoding_wrong`."""
    if source.path.suffix.lower() == ".shp":
        yield _open(source, source.path)
        return
    with TemporaryDirectory(prefix="xunfang-import-") as folder:
        yield _open(source, _unpacked(source, Path(folder)))


def _open(source: Source, shp: Path) -> RawFile:
    encoding = _encoding(source, shp)
    # The layer was chosen among the files; in the file there is one.
    return gdal_open(Source(source.path, layer=shp.stem), path=shp, encoding=encoding)


def _unpacked(source: Source, folder: Path) -> Path:
    try:
        with zipfile.ZipFile(source.path) as archive:
            stem = _chosen_stem(source, archive)
            size_bytes = 0
            for entry in archive.infolist():
                name = Path(entry.filename)
                if name.with_suffix("").as_posix() != stem or name.suffix.lower() not in _PARTS:
                    continue
                size_bytes += entry.file_size
                if size_bytes > _UNPACKED_BYTES:
                    raise unreadable(source.path, "it unpacks to more than 8 GiB")
                # A name of our own: one from outside may lead anywhere.
                with archive.open(entry) as packed, (folder / f"layer{name.suffix.lower()}").open("wb") as unpacked:
                    shutil.copyfileobj(packed, unpacked)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise unreadable(source.path, str(error)[:200]) from None
    return folder / "layer.shp"


def _chosen_stem(source: Source, archive: zipfile.ZipFile) -> str:
    shapes = [Path(name) for name in archive.namelist() if Path(name).suffix.lower() == ".shp"]
    shapes = [path for path in shapes if "__MACOSX" not in path.parts]
    if not shapes:
        raise unreadable(source.path, "there is no .shp in it")
    chosen = [path for path in shapes if source.layer in ("", path.stem)]
    if len(chosen) != 1:
        names = [path.stem for path in shapes]
        raise problem("layer_unclear", path=source.path.name, layers=", ".join(names)[:300], names=names)
    return chosen[0].with_suffix("").as_posix()


def _encoding(source: Source, shp: Path) -> str:
    """Return the encoding of the text: that of --encoding, of the .cpg, of the .dbf. Its bytes must fit."""
    dbf = _beside(shp, ".dbf")
    if dbf is None:
        return ""
    with dbf.open("rb") as file:
        header = file.read(32)
    declared = _declared(source, _beside(shp, ".cpg"), header)
    row = _first_row_that_is_not(dbf, header, declared or "ascii")
    if row is not None and not declared:
        raise problem("encoding_missing", path=source.path.name)
    if row is not None:
        raise problem("encoding_wrong", path=source.path.name, encoding=declared, row=row)
    return declared.upper() or "UTF-8"


def _declared(source: Source, cpg: Path | None, header: bytes) -> str:
    said = source.encoding or (cpg.read_text(encoding="latin-1").strip()[:40] if cpg else "")
    if not said:
        return dbf_encoding(header[29]) if len(header) == 32 else ""
    try:
        return encoding_named(said)
    except ValueError as error:
        raise problem("import_refused", why=str(error)) from None


def _beside(shp: Path, suffix: str) -> Path | None:
    candidates = (shp.with_suffix(suffix), shp.with_suffix(suffix.upper()))
    return next((path for path in candidates if path.exists()), None)


def _first_row_that_is_not(dbf: Path, header: bytes, encoding: str) -> int | None:
    """Return the first row (from 1) whose bytes are not text of the encoding, None when all are."""
    start = int.from_bytes(header[8:10], "little")
    length = max(1, int.from_bytes(header[10:12], "little"))
    rows = max(1, _DBF_READ_BYTES // length)
    with dbf.open("rb") as file:
        file.seek(start)
        read = 0
        while piece := file.read(rows * length):
            if not _decodes(piece, encoding):
                for at in range(0, len(piece), length):
                    if not _decodes(piece[at : at + length], encoding):
                        return read + at // length + 1
            read += len(piece) // length
    return None


def _decodes(piece: bytes, encoding: str) -> bool:
    try:
        piece.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
