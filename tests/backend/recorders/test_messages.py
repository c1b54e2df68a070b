"""Every message of the two apps that the Traccar server and the OwnTracks schema are tested with goes through ours."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from backend.recorders.messages import UNTOLD_ACCURACY_M, owntracks_fixes, query_fixes, traccar_fixes
from patrol.fixes import Fix

NOW_MS = 1_800_000_000_000
FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "recorders"
FRAMES = FOLDER / "traccar_frames_osmand_owntracks.json"
SCHEMA_TESTS = FOLDER / "owntracks-json-schema" / "test"
needs_shared_data = pytest.mark.skipif(not FRAMES.exists(), reason="the shared data are not on this machine")


def frames() -> list[tuple[str, str, list[str]]]:
    """Return (protocol, what the Traccar server's test asserts, the frame) of each frame."""
    if not FRAMES.exists():
        return []
    protocols = json.loads(FRAMES.read_text(encoding="utf-8"))["protocols"]
    return [(name, frame["assert"], frame["text"]) for name, listed in protocols.items() for frame in listed]


def read(protocol: str, text: list[str]) -> list[Fix]:
    """Return the positions in a frame as the view would read them."""
    address, *rest = text
    query = dict(parse_qsl(address.partition("?")[2], keep_blank_values=True))
    body = next((json.loads(part) for part in rest if part.startswith("{")), None)
    if protocol == "OwnTracks":
        return owntracks_fixes(body)
    return [*traccar_fixes(body), *query_fixes(query, now_ms=NOW_MS)]


@needs_shared_data
@pytest.mark.parametrize(("protocol", "asserted", "text"), frames())
def test_a_frame_that_is_a_position_for_traccar_is_one_for_us(protocol: str, asserted: str, text: list[str]) -> None:
    found = read(protocol, text)
    # verifyNotNull: cells and networks seen, no position. verifyNull: nobody's; the view refuses it for want of an id.
    expected = 0 if asserted == "verifyNotNull" else 1
    assert len(found) == expected
    assert all(-180 <= fix.lon <= 180 and -90 <= fix.lat <= 90 for fix in found)


@needs_shared_data
@pytest.mark.parametrize("path", sorted(SCHEMA_TESTS.glob("*.json")), ids=lambda path: path.name)
def test_a_message_of_owntracks_is_a_position_or_is_let_be(path: Path) -> None:
    text = path.read_text(encoding="utf-8").strip()
    try:
        message = json.loads(text) if text else None
    except ValueError:
        return  # the view counts it as unreadable
    told = message if isinstance(message, list) else [message]
    positions = [one for one in told if isinstance(one, dict) and one.get("_type") == "location" and "lat" in one]
    # Of 1970-01-01 00:16:40 nobody was on patrol.
    expected = [one for one in positions if one["tst"] > 1_000_000]
    assert [(fix.lon, fix.lat, fix.t_ms) for fix in owntracks_fixes(message)] == [
        (one["lon"], one["lat"], one["tst"] * 1000) for one in expected
    ]


def test_owntracks_speaks_of_kilometres_an_hour_and_minus_one_is_unknown() -> None:
    message = {"_type": "location", "lat": 27.75, "lon": 114.05, "tst": 1763611200, "vel": 36, "cog": 271, "acc": 5}
    assert owntracks_fixes(message) == [Fix(1_763_611_200_000, 114.05, 27.75, 5.0, pytest.approx(10.0), 271.0)]
    (vague,) = owntracks_fixes({**message, "acc": -1, "vel": -1, "cog": -1})
    assert (vague.accuracy_m, vague.speed_mps, vague.heading_deg) == (UNTOLD_ACCURACY_M, None, None)


def test_osmand_speaks_of_knots() -> None:
    (fix,) = query_fixes({"lat": "27.75", "lon": "114.05", "timestamp": "1763611200", "speed": "10"}, now_ms=NOW_MS)
    assert fix.speed_mps == pytest.approx(5.144, abs=0.001)


@pytest.mark.parametrize(
    ("told", "t_ms"),
    [
        ("1763611200", 1_763_611_200_000),
        ("1763611200500", 1_763_611_200_500),
        ("2025-11-20T04:00:00Z", 1_763_611_200_000),
        ("2025-11-20T12:00:00+08:00", 1_763_611_200_000),
        ("2025-11-20 04:00:00", 1_763_611_200_000),
        (None, NOW_MS),
    ],
)
def test_a_time_is_told_in_many_ways(told: str | None, t_ms: int) -> None:
    query = {"location": "27.75,114.05"} | ({} if told is None else {"timestamp": told})
    assert [fix.t_ms for fix in query_fixes(query, now_ms=NOW_MS)] == [t_ms]


def test_traccars_json_may_hold_many_positions_at_once() -> None:
    one = {"timestamp": "2025-06-15T13:45:12.862Z", "coords": {"latitude": 27.75, "longitude": 114.05, "speed": 1.5}}
    found = traccar_fixes({"location": [one, {**one, "timestamp": "2025-06-15T13:45:22.862Z"}, {"coords": {}}]})
    assert [fix.t_ms for fix in found] == [1_749_995_112_862, 1_749_995_122_862]
    assert {fix.speed_mps for fix in found} == {1.5}


@pytest.mark.parametrize(
    "message",
    [
        None,
        7,
        "location",
        [],
        [[]],
        {"_type": "location"},
        {"_type": "location", "lat": "north", "lon": 1, "tst": 1763611200},
        {"_type": "location", "lat": 91, "lon": 1, "tst": 1763611200},
        {"_type": "location", "lat": True, "lon": 1, "tst": 1763611200},
        {"_type": "location", "lat": 1, "lon": float("nan"), "tst": 1763611200},
        {"_type": "location", "lat": 1, "lon": 1, "tst": "soon"},
        {"_type": "location", "lat": 1, "lon": 1, "tst": 10**400},
        {"location": {"coords": 3}},
        {"location": {"coords": {"latitude": 1, "longitude": 1}, "timestamp": {"s": 1}}},
        {"location": "here"},
    ],
)
def test_nonsense_is_no_position_and_breaks_nothing(message: Any) -> None:
    assert owntracks_fixes(message) == []
    assert traccar_fixes(message) == []
    assert query_fixes({"lat": "x", "lon": "", "timestamp": "never"}, now_ms=NOW_MS) == []
