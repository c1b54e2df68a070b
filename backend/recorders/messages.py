"""PURE: what recorder apps send: OwnTracks' JSON, Traccar Client's query string (OsmAnd's protocol) and its JSON.

Sources: the OwnTracks booklet (JSON), the decoders of the Traccar server. Whatever is not a position is answered like
one: an app that is refused sends the same message again for ever, and nothing behind it.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from patrol.fixes import Fix
from patrol.payloads import EPOCH_MS_RANGE

# An app that does not say how accurate a fix is: good enough for a track, which takes up to 50 m.
UNTOLD_ACCURACY_M = 30.0
MPS_PER_KMH = 1 / 3.6
MPS_PER_KNOT = 1852 / 3600
# Below this a number is seconds since 1970, above it milliseconds (the Traccar server tells them apart so).
LARGEST_SECONDS = 2**31 - 1


def owntracks_fixes(message: Any) -> list[Fix]:
    """Return the positions in a message of OwnTracks, or in a list of them; empty for all its other messages."""
    if isinstance(message, list):
        return [fix for one in message for fix in owntracks_fixes(one)]
    if not isinstance(message, dict) or message.get("_type") != "location":
        return []
    seconds = _number(message.get("tst"))
    fix = _fix(
        t_ms=None if seconds is None else seconds * 1000,
        lon=_number(message.get("lon")),
        lat=_number(message.get("lat")),
        accuracy_m=_number(message.get("acc")),
        speed_mps=_times(_number(message.get("vel")), MPS_PER_KMH),
        heading_deg=_number(message.get("cog")),
    )
    return [] if fix is None else [fix]


def query_fixes(query: Mapping[str, str], *, now_ms: int) -> list[Fix]:
    """Return the position in a query string of OsmAnd's protocol; speed is in knots. Without a time it is now."""
    lat, lon = query.get("lat"), query.get("lon")
    if "location" in query:
        lat, _, lon = query["location"].partition(",")
    fix = _fix(
        t_ms=_instant_ms(query["timestamp"]) if "timestamp" in query else now_ms,
        lon=_number(lon),
        lat=_number(lat),
        accuracy_m=_number(query.get("accuracy")),
        speed_mps=_times(_number(query.get("speed")), MPS_PER_KNOT),
        heading_deg=_number(query.get("bearing", query.get("heading"))),
    )
    return [] if fix is None else [fix]


def traccar_fixes(message: Any) -> list[Fix]:
    """Return the positions in the JSON of newer Traccar Clients, one or a list; speed is in m/s, -1 means unknown."""
    told = message.get("location") if isinstance(message, dict) else None
    found = [_traccar_fix(one) for one in (told if isinstance(told, list) else [told])]
    return [fix for fix in found if fix is not None]


def _traccar_fix(location: Any) -> Fix | None:
    coords = location.get("coords") if isinstance(location, dict) else None
    if not isinstance(coords, dict):
        return None
    return _fix(
        t_ms=_instant_ms(location.get("timestamp")),
        lon=_number(coords.get("longitude")),
        lat=_number(coords.get("latitude")),
        accuracy_m=_number(coords.get("accuracy")),
        speed_mps=_number(coords.get("speed")),
        heading_deg=_number(coords.get("heading")),
    )


def _fix(
    *,
    t_ms: float | None,
    lon: float | None,
    lat: float | None,
    accuracy_m: float | None,
    speed_mps: float | None,
    heading_deg: float | None,
) -> Fix | None:
    """Return a position; None where time or place are missing or none."""
    first_ms, last_ms = EPOCH_MS_RANGE
    if t_ms is None or not first_ms <= t_ms <= last_ms:
        return None
    if lon is None or lat is None or abs(lon) > 180 or abs(lat) > 90:
        return None
    return Fix(
        t_ms=round(t_ms),
        lon=lon,
        lat=lat,
        # 0 and -1 are how apps say that they do not know.
        accuracy_m=accuracy_m if accuracy_m is not None and 0 < accuracy_m <= 1e7 else UNTOLD_ACCURACY_M,
        speed_mps=speed_mps if speed_mps is not None and 0 <= speed_mps <= 200 else None,
        heading_deg=heading_deg if heading_deg is not None and 0 <= heading_deg <= 360 else None,
    )


def _number(value: Any) -> float | None:
    """Return a number or the number in a text; None for anything else, booleans, NaN and infinity included."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _instant_ms(value: Any) -> float | None:
    """Return milliseconds since 1970 of seconds, milliseconds, ISO 8601 or "2014-06-04 09:10:11" (UTC)."""
    number = _number(value)
    if number is not None:
        return number * 1000 if number <= LARGEST_SECONDS else number
    try:
        instant = datetime.fromisoformat(value)
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp() * 1000
    except (TypeError, ValueError, OverflowError):
        return None
