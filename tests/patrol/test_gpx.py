"""Track files of strangers: what has a place and a time goes through, everything else is refused with its reason."""

from pathlib import Path

import pytest

from patrol import gpx
from patrol.fixes import Fix
from patrol.gpx import UNTOLD_ACCURACY_M, GpxRefused, GpxTrack, read_gpx

FILES = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "tracks" / "gpxpy_test_files"
T_MS = 1_763_611_200_000  # 2025-11-20 04:00:00 UTC
# (timed points or the reason) of each file that gpxpy is tested with.
OF_GPXPY: dict[str, int | str] = {
    "Mojstrovka": "no_times",  # of 1901
    "around-visnjan-with-car": 104,
    "cerknicko-jezero": 296,
    "cerknicko-jezero-no-creator": 296,
    "cerknicko-jezero-with-elevations-zero": 296,
    "cerknicko-jezero-without-elevations": 295,
    "cerknicko-without-times": 5,
    "custom_schema_locations": "no_track",
    "default_schema_locations": "no_track",
    "first_and_last_elevation": 10,
    "gpx-with-node-with-comments": 1,
    "gpx1.0_with_all_fields": 1,
    "gpx1.1_with_all_fields": 1,
    "gpx1.1_with_extensions": "no_track",
    "gpx1.1_with_extensions_without_namespaces": "no_track",
    "gpx_with_garmin_extension": "no_track",
    "korita-zbevnica": 513,
    "route": "no_track",
    "track-with-empty-segment": 9,
    "track-with-extremes": "no_times",
    "track-with-less-sec-time": 2,
    "track-with-small-floats": "no_times",
    "track_with_dilution_errors": "no_times",
    "track_with_speed": 3,
    "unicode": "no_track",
    "unicode2": "no_track",
    "unicode_with_bom": "no_track",
    "unicode_with_bom_noencoding": "no_track",
    "validation_gpx10": 1,
    "validation_gpx11": 1,
}


def point(time: str | None = "2025-11-20T04:00:00Z", *, lat: str = "27.75", lon: str = "114.05", more: str = "") -> str:
    told = "" if time is None else f"<time>{time}</time>"
    return f'<trkpt lat="{lat}" lon="{lon}">{told}{more}</trkpt>'


def document(
    *points: str, head: str = "", root: str = '<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">'
) -> str:
    return f"{head}{root}<trk><trkseg>{''.join(points)}</trkseg></trk></gpx>"


def read(*points: str) -> GpxTrack:
    return read_gpx(document(*points).encode())


def refusal(content: bytes) -> str:
    with pytest.raises(GpxRefused) as refused:
        read_gpx(content)
    return refused.value.reason


@pytest.mark.skipif(not FILES.exists(), reason="the shared data are not on this machine")
@pytest.mark.parametrize("name", OF_GPXPY)
def test_every_file_that_gpxpy_is_tested_with_goes_through_or_is_refused_with_a_reason(name: str) -> None:
    try:
        found: int | str = len(read_gpx((FILES / f"{name}.gpx").read_bytes()).fixes)
    except GpxRefused as refused:
        found = refused.reason
    assert found == OF_GPXPY[name]
    assert {path.stem for path in FILES.glob("*.gpx")} == set(OF_GPXPY)


def test_points_of_all_segments_are_one_track_in_the_order_of_time() -> None:
    track = read(
        point("2025-11-20T04:00:20Z"),
        "</trkseg><trkseg/><trkseg>",
        point("2025-11-20T04:00:00Z"),
        "</trkseg></trk><trk><trkseg>",
        point("2025-11-20T04:00:10Z"),
    )
    assert [fix.t_ms - T_MS for fix in track.fixes] == [0, 10_000, 20_000]


@pytest.mark.parametrize(
    ("told", "t_ms"),
    [
        ("2025-11-20T04:00:00Z", T_MS),
        ("2025-11-20T12:00:00+08:00", T_MS),
        ("2025-11-20T04:00:00", T_MS),  # the schema says UTC
        ("2025-11-20T04:00:00.25Z", T_MS + 250),
        (" 2025-11-20T04:00:00Z\n", T_MS),
    ],
)
def test_a_time_is_read_in_the_forms_that_xml_has_for_it(told: str, t_ms: int) -> None:
    assert [fix.t_ms for fix in read(point(told)).fixes] == [t_ms]


def test_points_without_time_or_place_are_counted_and_not_guessed() -> None:
    track = read(
        *(point(), point(None), point("yesterday"), point("1901-12-13T20:45:52Z")),
        *(point(lat="91"), point(lon="east"), point(lat="NaN")),
    )
    assert (len(track.fixes), track.points, track.untimed, track.misplaced) == (1, 7, 3, 3)


def test_the_first_point_of_an_instant_stands() -> None:
    track = read(point(lat="27.75"), point(lat="27.80"))
    assert ([fix.lat for fix in track.fixes], track.repeated) == ([27.75], 1)


@pytest.mark.parametrize(
    ("more", "accuracy_m"),
    [
        ("", UNTOLD_ACCURACY_M),
        ("<hdop>2</hdop>", 10.0),
        ("<hdop>0</hdop>", UNTOLD_ACCURACY_M),
        ("<hdop>2</hdop><extensions><x:accuracy xmlns:x='urn:x'>4.5</x:accuracy></extensions>", 4.5),
    ],
)
def test_the_accuracy_is_what_the_file_says_or_a_good_receivers(more: str, accuracy_m: float) -> None:
    assert [fix.accuracy_m for fix in read(point(more=more)).fixes] == [accuracy_m]


def test_speed_and_course_are_read_where_gpx_1_0_and_garmin_have_them() -> None:
    garmin = "<extensions><g:TrackPointExtension xmlns:g='urn:g'><g:speed>1.5</g:speed><g:course>400</g:course>"
    (old,) = read(point(more="<speed>1.2</speed><course>90</course>")).fixes
    (new,) = read(point(more=f"{garmin}</g:TrackPointExtension></extensions>")).fixes
    assert old == Fix(T_MS, 114.05, 27.75, UNTOLD_ACCURACY_M, 1.2, 90.0)
    assert (new.speed_mps, new.heading_deg) == (1.5, None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gbk", "gb18030", "big5", "iso-8859-1"])
def test_encodings_of_all_kinds_are_read(encoding: str) -> None:
    name = "é" if encoding == "iso-8859-1" else "巡防"
    text = document(point(more=f"<name>{name}</name>"), head=f'<?xml version="1.0" encoding="{encoding}"?>')
    assert len(read_gpx(text.encode(encoding)).fixes) == 1


BOMB = '<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE gpx SYSTEM "file:///etc/passwd">'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not xml",
        b"\xff\xfe\x00",
        b"<gpx><trk>",
        b"<kml><Document/></kml>",
        b"PK\x03\x04" + bytes(100),
        document(point("&b;"), head=BOMB).encode(),
        document(point(), head=OUTSIDE).encode(),
        document(point("&unknown;")).encode(),
        document(point(), head='<?xml version="1.0" encoding="klingon"?>').encode(),
        document(point(more="<name>\xff</name>"), head='<?xml version="1.0" encoding="gbk"?>').encode("latin-1"),
        (document(point()) + "<more/>").encode(),
    ],
)
def test_what_is_no_gpx_is_refused_as_unreadable(content: bytes) -> None:
    assert refusal(content) == "unreadable"


def test_routes_and_waypoints_alone_are_no_track() -> None:
    inner = '<wpt lat="1" lon="1"><time>2025-11-20T04:00:00Z</time></wpt><rte><rtept lat="1" lon="1"/></rte>'
    assert refusal(f'<gpx version="1.1">{inner}</gpx>'.encode()) == "no_track"


def test_a_file_with_more_points_than_any_outing_has_is_refused_before_it_is_all_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gpx, "MAX_POINTS", 3)
    assert len(read(*[point()] * 3).fixes) == 1
    # The end is missing: reading stopped before it.
    assert refusal(document(*[point()] * 2000).encode()[:150_000]) == "too_many_points"


def test_elements_without_end_and_text_without_end_cost_no_memory() -> None:
    deep = "<a>" * 20_000 + "</a>" * 20_000
    assert len(read(point(more=deep), point("2025-11-20T04:00:01Z" + " " * 1_000_000)).fixes) == 2
