"""PURE: the timed points of a GPX file (1.0, 1.1 or without a namespace), read as a stream.

What GPX does not say is not guessed: without a time a point cannot lie in an outing, routes and waypoints were never
walked. A file is refused with a reason, or read whole; nothing in it is asked for elsewhere (no DTD, no entity).
"""

import codecs
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from patrol.fixes import Fix
from patrol.payloads import EPOCH_MS_RANGE

# GPX has no accuracy, at best the dilution of precision: times the error of a range (5 m, the civil GPS standard).
METRES_A_DILUTION = 5.0
UNTOLD_ACCURACY_M = 15.0
# Twelve hours at ten a second and some.
MAX_POINTS = 500_000
_CHUNK_BYTES = 64 * 1024
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
# What expat knows by itself; any other encoding is decoded here, GBK and GB 18030 above all.
_EXPAT_KNOWS = {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "iso8859-1"}
_NUMBERS = {"hdop", "accuracy", "speed", "course"}


@dataclass(frozen=True)
class GpxRefused(Exception):
    """Why a file gives no track: `unreadable`, `too_many_points`, `no_track` (routes and waypoints), `no_times`."""

    reason: str
    why: str


@dataclass(frozen=True)
class GpxTrack:
    """The points that have a place and a time, in the order of time, one an instant; how many others there were."""

    fixes: tuple[Fix, ...]
    points: int
    untimed: int
    misplaced: int
    repeated: int


@dataclass
class _Points:
    """expat's target: gathers track points and keeps no tree, so that a huge file costs no more than its points."""

    root: str = ""
    points: int = 0
    untimed: int = 0
    misplaced: int = 0
    fixes: list[Fix] = field(default_factory=list)
    _place: Mapping[str, str] | None = None
    _told: dict[str, str] = field(default_factory=dict)
    _text: list[str] | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = _local(tag)
        if not self.root:
            self.root = name
            if name != "gpx":
                raise GpxRefused("unreadable", f"its root is <{name[:40]}> and not <gpx>")
        if name == "trkpt":
            self._place, self._told = attributes, {}
        elif self._place is not None and (name == "time" or name in _NUMBERS):
            self._text = []

    def data(self, text: str) -> None:
        if self._text is not None and len(self._text) < 8:
            self._text.append(text[:64])

    def end(self, tag: str) -> None:
        name = _local(tag)
        if name == "trkpt":
            self._take()
            self._place = None
        elif self._text is not None and (name == "time" or name in _NUMBERS):
            self._told.setdefault(name, "".join(self._text).strip())
            self._text = None

    def close(self) -> None:
        return

    def _take(self) -> None:
        self.points += 1
        if self.points > MAX_POINTS:
            raise GpxRefused("too_many_points", f"it has more than {MAX_POINTS} points")
        place, told = self._place or {}, self._told
        lon, lat = _number(place.get("lon")), _number(place.get("lat"))
        t_ms = _instant_ms(told.get("time", ""))
        if lon is None or lat is None or abs(lon) > 180 or abs(lat) > 90:
            self.misplaced += 1
        elif t_ms is None:
            self.untimed += 1
        else:
            self.fixes.append(_fix(t_ms, lon, lat, {name: _number(told.get(name)) for name in _NUMBERS}))


def read_gpx(content: bytes) -> GpxTrack:
    """Return the track of a file. Raises `GpxRefused`."""
    found = _Points()
    parser = DefusedXMLParser(target=found, encoding=None, forbid_dtd=True)
    try:
        for chunk in _chunks(_known_to_expat(content)):
            parser.feed(chunk)
        parser.close()
    except ParseError as error:
        raise GpxRefused("unreadable", f"it is no XML: {error}") from error
    except DefusedXmlException as error:
        raise GpxRefused("unreadable", "it has a document type or entities") from error
    except (LookupError, ValueError) as error:
        raise GpxRefused("unreadable", f"its encoding cannot be read: {error}") from error
    return _track(found)


def _track(found: _Points) -> GpxTrack:
    if found.points == 0:
        raise GpxRefused("no_track", "it has no track: routes and waypoints are not what was walked")
    if not found.fixes:
        raise GpxRefused("no_times", "none of its points has both a place and a time")
    # The first of an instant stands; files that hold one track twice are common.
    by_time: dict[int, Fix] = {}
    for fix in found.fixes:
        by_time.setdefault(fix.t_ms, fix)
    ordered = tuple(by_time[t_ms] for t_ms in sorted(by_time))
    return GpxTrack(ordered, found.points, found.untimed, found.misplaced, len(found.fixes) - len(ordered))


def _fix(t_ms: int, lon: float, lat: float, told: Mapping[str, float | None]) -> Fix:
    accuracy_m, dilution = told["accuracy"], told["hdop"]
    if accuracy_m is None and dilution is not None and dilution > 0:
        accuracy_m = dilution * METRES_A_DILUTION
    known = accuracy_m is not None and 0 < accuracy_m <= 1e7
    return Fix(
        t_ms=t_ms,
        lon=lon,
        lat=lat,
        accuracy_m=accuracy_m if known and accuracy_m is not None else UNTOLD_ACCURACY_M,
        speed_mps=_within(told["speed"], 200),
        heading_deg=_within(told["course"], 360),
    )


def _known_to_expat(content: bytes) -> bytes:
    """Return the content in an encoding that expat reads. Raises LookupError, ValueError."""
    declared = _DECLARED.match(content[:400])
    if declared is None or content.startswith(codecs.BOM_UTF8):
        return content
    name = codecs.lookup(declared[1].decode()).name
    if name in _EXPAT_KNOWS:
        return content
    text = content.decode(name)
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1).encode()


def _chunks(content: bytes) -> Iterator[bytes]:
    view: Iterable[int] = range(0, len(content), _CHUNK_BYTES)
    return (content[first : first + _CHUNK_BYTES] for first in view)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2]


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _within(number: float | None, largest: float) -> float | None:
    return number if number is not None and 0 <= number <= largest else None


def _instant_ms(text: str) -> int | None:
    """Return milliseconds since 1970; None for what is no time. Without a zone it is UTC, as the schema says."""
    try:
        instant = datetime.fromisoformat(text)
        t_ms = round((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    first_ms, last_ms = EPOCH_MS_RANGE
    return t_ms if first_ms <= t_ms <= last_ms else None
