"""A track file joins the outing it was recorded in: what lies inside is kept, the rest only counted."""

import gzip
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from backend.common.own_seal import seal
from backend.recorders.models import TrackFile
from backend.recorders.tasks import join_fixes
from backend.recorders.track_files import track_files_judge_waiting
from backend.sync.models import FeedEntry
from geo.models import TouchedDay
from patrol.models import FixBlock
from tests.builders import mutation, outing
from tests.conftest import City
from tests.factories import OfficerFactory

Push = Callable[..., list[dict[str, Any]]]
ClientOf = Callable[[Officer | None], APIClient]
START = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def track(*minutes: float | None, more: str = "") -> bytes:
    """Return a GPX file with a point so many minutes after START each; None is a point without time."""
    times = ["" if one is None else f"<time>{at(one).isoformat()}</time>" for one in minutes]
    points = "".join(f'<trkpt lat="27.75" lon="114.05">{time}</trkpt>' for time in times)
    return f'<gpx version="1.1"><trk><trkseg>{points}{more}</trkseg></trk></gpx>'.encode()


@pytest.fixture
def walked(push: Push, officer: Officer, city: City) -> UUID:
    """An outing of half an hour that was paused from its 10th to its 20th minute."""
    patrol_id, _, (start, leg, end) = outing(start=START)
    pause = [round(at(minute).timestamp() * 1000) for minute in (10, 20)]
    told = {**end["payload"], "pauses": [pause]}
    push(officer, start, leg, mutation("patrol.end", told, record_id=patrol_id, at=at(30)))
    return patrol_id


def send(client: APIClient, outing_id: UUID, content: bytes, **headers: str) -> Any:
    address = f"/api/v1/outings/{outing_id}/gpx"
    return client.post(address, content, content_type="application/gpx+xml", headers=headers or None)


def minutes_stored() -> list[float]:
    times = sorted(t for ts in FixBlock.objects.values_list("t_ms", flat=True) for t in ts)
    return [(t / 1000 - START.timestamp()) / 60 for t in times]


def test_what_lies_in_the_outing_is_kept_and_everything_else_counted(
    client_of: ClientOf, officer: Officer, walked: UUID
) -> None:
    answer = send(client_of(officer), walked, track(-1, 0, 5, 5, 15, 20, 30, 31, None))
    assert answer.status_code == 200
    assert answer.json() == {"points": 9, "stored": 4, "known": 1, "outside": 3, "untimed": 1, "misplaced": 0}
    assert minutes_stored() == [0, 5, 20, 30]
    block = FixBlock.objects.get()
    assert (block.source, block.author, block.unit) == ("gpx", officer, officer.unit)
    assert FeedEntry.objects.filter(type="fix_block", record_id=block.id).count() == 1
    assert TouchedDay.objects.exists()


def test_the_file_itself_is_forgotten_once_it_was_judged(client_of: ClientOf, officer: Officer, walked: UUID) -> None:
    send(client_of(officer), walked, track(5))
    send(client_of(officer), walked, b"no gpx")
    assert set(TrackFile.objects.values_list("sealed", "problem")) == {("", ""), ("", "track_file_unreadable")}


def test_the_same_file_again_and_another_with_the_same_points_add_nothing(
    client_of: ClientOf, officer: Officer, walked: UUID
) -> None:
    client = client_of(officer)
    answers = [send(client, walked, content).json() for content in (track(5, 6), track(5, 6), track(6, 7))]
    assert [answer["stored"] for answer in answers] == [2, 2, 1]
    assert minutes_stored() == [5, 6, 7]
    assert TrackFile.objects.count() == 2


def test_a_file_may_come_as_gzip(client_of: ClientOf, officer: Officer, walked: UUID, settings: Any) -> None:
    client, packed = client_of(officer), {"Content-Encoding": "gzip"}
    assert send(client, walked, gzip.compress(track(5)), **packed).json()["stored"] == 1
    cut_off = send(client, walked, gzip.compress(track(5))[:-9], **packed)
    assert (cut_off.status_code, cut_off.json()["code"]) == (422, "track_file_unreadable")
    settings.TRACK_FILE_MAX_BYTES = 1000
    bomb = send(client, walked, gzip.compress(track(5, more=" " * 10_000)), **packed)
    assert (bomb.status_code, bomb.json()["code"]) == (413, "track_file_too_large")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "track_file_unreadable"),
        (b"<kml/>", "track_file_unreadable"),
        (b'<gpx><wpt lat="1" lon="1"/></gpx>', "track_file_without_track"),
        (track(None), "track_file_without_times"),
    ],
)
def test_a_file_that_gives_no_track_is_refused_with_its_reason_every_time(
    client_of: ClientOf, officer: Officer, walked: UUID, content: bytes, code: str
) -> None:
    answers = [send(client_of(officer), walked, content) for _ in range(2)]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(422, code)] * 2
    assert not FixBlock.objects.exists()


def test_a_body_that_is_too_large_is_refused_unread(
    client_of: ClientOf, officer: Officer, walked: UUID, settings: Any
) -> None:
    settings.TRACK_FILE_MAX_BODY_BYTES = 100
    answer = send(client_of(officer), walked, track(1, 2, 3))
    assert (answer.status_code, answer.json()["code"]) == (413, "track_file_too_large")
    assert not TrackFile.objects.exists()


def test_an_outing_that_goes_on_takes_no_file(push: Push, client_of: ClientOf, officer: Officer, city: City) -> None:
    patrol_id, _, (start, leg, _) = outing(start=START)
    push(officer, start, leg)
    answer = send(client_of(officer), patrol_id, track(5))
    assert (answer.status_code, answer.json()["code"]) == (409, "outing_running")


def test_who_was_not_on_it_adds_nothing_but_the_lead_may(
    client_of: ClientOf, officer: Officer, lead: Officer, accounts: dict[str, Officer], walked: UUID
) -> None:
    colleague = OfficerFactory(unit=officer.unit)
    assert send(client_of(colleague), walked, track(5)).status_code == 403
    assert send(client_of(accounts["neighbour"]), walked, track(5)).status_code == 404
    assert send(client_of(None), walked, track(5)).status_code == 401
    assert not TrackFile.objects.exists()
    assert send(client_of(lead), walked, track(5)).status_code == 200
    assert FixBlock.objects.get().author == officer


def test_a_judgement_that_broke_off_is_made_up_for(client_of: ClientOf, officer: Officer, walked: UUID) -> None:
    content = track(5, 6)
    send(client_of(officer), walked, content)
    FixBlock.objects.all().delete()
    # As it lies there when the process dies between taking the file and judging it.
    sealed = seal(content, info=b"xunfang/track-file/1", aad=walked.bytes)
    TrackFile.objects.update(judged_at=None, sealed=sealed)
    assert join_fixes() == 0
    assert minutes_stored() == [5, 6]
    TrackFile.objects.update(judged_at=None, sealed="of.another.key")
    assert track_files_judge_waiting(now=at(60)) == 1
    assert TrackFile.objects.get().problem == "track_file_unreadable"


def test_the_command_adds_files_and_says_what_came_of_each(officer: Officer, walked: UUID, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.gpx", tmp_path / "bad.gpx"
    good.write_bytes(track(5, 6))
    bad.write_bytes(b"no")
    told = io.StringIO()
    with pytest.raises(CommandError, match="1 of 2"):
        call_command("import_gpx", str(walked), str(good), str(bad), stdout=told)
    rows = [json.loads(line) for line in told.getvalue().splitlines()]
    assert (rows[0]["stored"], "track_file_unreadable" in rows[1]["problem"]) == (2, True)
    assert TrackFile.objects.filter(officer=officer).count() == 2
