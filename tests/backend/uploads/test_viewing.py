"""Who may see a picture: whoever may see its record, and nobody else by any address."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from geo.models import Premises
from tests.backend.uploads.conftest import TusHand, declaration, picture
from tests.builders import visit
from tests.factories import new_id

ClientOf = Callable[[Officer | None], APIClient]
TusOf = Callable[[Officer], TusHand]
Push = Callable[..., list[dict[str, Any]]]
CONTENT = picture((1200, 900))


@pytest.fixture
def photo(push: Push, tus_of: TusOf, officer: Officer, door: Premises) -> tuple[str, str]:
    """A visit of the officer with one photo that has arrived: (record id, attachment id)."""
    made = visit(door.id)
    declared = declaration(made["record_id"], CONTENT)
    push(officer, made, declared)
    tus_of(officer).whole(CONTENT, declared["record_id"])
    return made["record_id"], declared["record_id"]


def bytes_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_the_officer_sees_the_picture_and_its_small_one(
    photo: tuple[str, str], client_of: ClientOf, officer: Officer
) -> None:
    client = client_of(officer)
    large = client.get(f"/api/v1/attachments/{photo[1]}")
    small = client.get(f"/api/v1/attachments/{photo[1]}", {"size": "thumb"})
    assert (large.status_code, large["Content-Type"]) == (200, "image/jpeg")
    assert (small.status_code, small["Content-Type"]) == (200, "image/webp")
    assert large["Content-Disposition"] == f'inline; filename="{photo[1]}.jpg"'
    assert large["X-Content-Type-Options"] == "nosniff"
    assert large["Cache-Control"] == "private, no-store"
    assert bytes_of(large).startswith(b"\xff\xd8\xff")
    assert bytes_of(small)[8:12] == b"WEBP"


@pytest.mark.parametrize(
    ("account", "status"), [("lead", 200), ("analyst", 200), ("neighbour", 404), ("administrator", 403)]
)
def test_a_picture_is_seen_by_whoever_sees_its_record(
    photo: tuple[str, str], client_of: ClientOf, accounts: dict[str, Officer], account: str, status: int
) -> None:
    for query in ({}, {"size": "thumb"}):
        assert client_of(accounts[account]).get(f"/api/v1/attachments/{photo[1]}", query).status_code == status


def test_a_foreign_record_lists_like_one_that_does_not_exist(
    photo: tuple[str, str], client_of: ClientOf, neighbour: Officer
) -> None:
    foreign = client_of(neighbour).get(f"/api/v1/records/{photo[0]}/attachments")
    unknown = client_of(neighbour).get(f"/api/v1/records/{new_id()}/attachments")
    assert foreign.json() == unknown.json() == {"declared": 0, "stored": 0, "results": []}


def test_a_record_says_how_many_of_its_files_have_arrived(
    photo: tuple[str, str], push: Push, client_of: ClientOf, officer: Officer
) -> None:
    awaited = declaration(photo[0], b"still on the phone")
    push(officer, awaited)
    page = client_of(officer).get(f"/api/v1/records/{photo[0]}/attachments").json()
    assert (page["declared"], page["stored"]) == (2, 1)
    assert {one["id"]: one["state"] for one in page["results"]} == {
        photo[1]: "waiting",
        awaited["record_id"]: "awaited",
    }
    client_of(officer).get(f"/api/v1/attachments/{photo[1]}")
    page = client_of(officer).get(f"/api/v1/records/{photo[0]}/attachments").json()
    ready = next(one for one in page["results"] if one["id"] == photo[1])
    assert (ready["state"], ready["width_px"], ready["problem"]) == ("ready", 1200, None)


def test_a_picture_that_has_not_arrived_says_so(push: Push, client_of: ClientOf, officer: Officer) -> None:
    awaited = declaration(new_id(), CONTENT)
    push(officer, awaited)
    response = client_of(officer).get(f"/api/v1/attachments/{awaited['record_id']}")
    assert (response.status_code, response.json()["code"]) == (404, "attachment_awaited")


def test_a_picture_that_could_not_be_read_says_why(
    push: Push, tus_of: TusOf, client_of: ClientOf, officer: Officer
) -> None:
    broken = declaration(new_id(), CONTENT[:900])
    push(officer, broken)
    tus_of(officer).whole(CONTENT[:900], broken["record_id"])
    response = client_of(officer).get(f"/api/v1/attachments/{broken['record_id']}")
    assert (response.status_code, response.json()["code"]) == (422, "image_unreadable")


def test_knowing_the_hash_of_a_foreign_picture_gives_nobody_the_picture(
    photo: tuple[str, str], push: Push, client_of: ClientOf, neighbour: Officer
) -> None:
    claimed = declaration(new_id(), CONTENT)
    push(neighbour, claimed)
    response = client_of(neighbour).get(f"/api/v1/attachments/{claimed['record_id']}")
    assert (response.status_code, response.json()["code"]) == (404, "attachment_awaited")


def test_a_sound_is_a_download_whatever_it_says_it_is(
    push: Push, tus_of: TusOf, client_of: ClientOf, officer: Officer
) -> None:
    sound = b"OggS\x00\x02<html><script>alert(1)</script></html>"
    declared = declaration(new_id(), sound, kind="audio", media_type="audio/ogg")
    push(officer, declared)
    tus_of(officer).whole(sound, declared["record_id"])
    response = client_of(officer).get(f"/api/v1/attachments/{declared['record_id']}")
    assert response["Content-Disposition"].startswith("attachment; ")
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("audio/ogg", "nosniff")
