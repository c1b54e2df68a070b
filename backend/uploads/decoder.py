"""SHELL: run as a program of its own: reads one picture within narrow limits and writes it anew.

    python -I decoder.py SOURCE PICTURE THUMBNAIL MAX_PIXELS

Decoders of pictures have holes. This process is told no setting and no secret, may take little memory and time, and
what it writes holds pixels only: no EXIF, no position, no comment, no second file behind the first.
It prints one JSON object: {"media_type", "width_px", "height_px"} or {"refused": code}.
"""

import json
import resource
import sys
from typing import Any

MEMORY_BYTES = 1024**3
CPU_S = 20
WRITTEN_BYTES = 64 * 1024**2
THUMBNAIL_PX = 480
FORMATS = ("JPEG", "PNG", "WEBP")
# Several cameras put a second, larger view behind the first: Pillow calls such a JPEG file "MPO".
_WRITTEN_AS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "JPEG": ("JPEG", "image/jpeg", {"quality": 85, "optimize": True}),
    "MPO": ("JPEG", "image/jpeg", {"quality": 85, "optimize": True}),
    "PNG": ("PNG", "image/png", {"optimize": True}),
    "WEBP": ("WEBP", "image/webp", {"quality": 85}),
}


class Refused(Exception):
    """The picture is not taken; the text is a code of the catalogue."""


def limits_set() -> None:
    """Take from this process what it does not need, before it looks at a single byte."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, WRITTEN_BYTES),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def picture_rewrite(source: str, picture: str, thumbnail: str, max_pixels: int) -> dict[str, Any]:
    """Write a picture and its thumbnail anew and return its type and size. Raises `Refused`."""
    from PIL import Image, ImageOps  # after the limits: importing is the first thing that could go wrong

    Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit is ours times seven, and has another name
    with Image.open(source, formats=FORMATS) as opened:
        # Known from the header, before anything is unpacked: a bomb of 1 kB can unpack to gigabytes.
        if opened.width * opened.height > max_pixels:
            raise Refused("image_too_large")
        if opened.format != "MPO" and getattr(opened, "n_frames", 1) > 1:
            raise Refused("image_animated")
        written_as, media_type, how = _WRITTEN_AS[opened.format or ""]
        opened.load()
        upright = ImageOps.exif_transpose(opened)
        has_alpha = written_as != "JPEG" and (upright.mode in ("RGBA", "LA") or "transparency" in upright.info)
        pixels = upright.convert("RGBA" if has_alpha else "RGB")
    pixels.info.clear()
    pixels.save(picture, format=written_as, **how)
    small = pixels.copy()
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    small.save(thumbnail, format="WEBP", quality=70)
    return {"media_type": media_type, "width_px": pixels.width, "height_px": pixels.height}


def main(arguments: list[str]) -> None:
    limits_set()
    source, picture, thumbnail, max_pixels = arguments
    try:
        answer = picture_rewrite(source, picture, thumbnail, int(max_pixels))
    except Refused as refused:
        answer = {"refused": str(refused)}
    except Exception as error:  # whatever a decoder finds wrong with a file of a stranger
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        answer = {"refused": "image_unreadable"}
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1:])
