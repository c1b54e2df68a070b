"""A photo is declared with its record; the record may still be missing, and it may not be another unit's."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.accounts.models import Officer
from backend.sync.feed import feed_append
from backend.sync.models import Mutation
from geo.models import Premises
from tests.builders import Json, mutation, visit
from tests.conftest import City, codes_of, outcomes_of
from tests.factories import NOON, new_id
from visits.attachment_services import attachments_stored
from visits.models import Attachment

Push = Callable[..., list[dict[str, Any]]]
Pull = Callable[..., list[dict[str, Any]]]


def declare(record: UUID | str, **fields: Any) -> Json:
    """Return an `attachment.declare` of a photo."""
    payload = {
        "record": str(record),
        "kind": "photo",
        "media_type": "image/jpeg",
        "sha256": "ab" * 32,
        "size_bytes": 1000,
        **fields,
    }
    return mutation("attachment.declare", payload)


def test_a_photo_is_declared_for_a_visit_and_comes_back_in_the_pull_as_not_stored(
    push: Push, pull: Pull, officer: Officer, door: Premises
) -> None:
    made = visit(door.id)
    photo = declare(made["record_id"])
    assert outcomes_of(push(officer, made, photo)) == ["applied", "applied"]
    (change,) = [one for one in pull(officer) if one["type"] == "attachment"]
    assert change["id"] == photo["record_id"]
    assert (change["record"]["record"], change["record"]["stored"]) == (made["record_id"], False)


def test_phones_see_how_many_photos_of_a_visit_were_made_and_how_many_have_arrived(
    push: Push, pull: Pull, officer: Officer, door: Premises
) -> None:
    made = visit(door.id)
    photos = [declare(made["record_id"]) for _ in range(3)]
    push(officer, made, *photos)
    with transaction.atomic():
        feed_append(attachments_stored(ids=[UUID(photos[0]["record_id"])], at=NOON))
    last = [one for one in pull(officer) if one["type"] == "visit"][-1]
    assert last["record"]["attachments"] == {"made": 3, "stored": 1}
    assert last["record"]["version"] == last["version"] == 5


def test_two_photos_with_the_same_content_are_two_attachments(push: Push, officer: Officer, door: Premises) -> None:
    made = visit(door.id)
    assert outcomes_of(push(officer, made, declare(made["record_id"]), declare(made["record_id"]))) == ["applied"] * 3
    assert Attachment.objects.filter(record_id=made["record_id"]).count() == 2


def test_a_photo_of_a_record_that_is_held_elsewhere_is_kept_under_the_officers_unit(
    push: Push, officer: Officer, city: City
) -> None:
    assert outcomes_of(push(officer, declare(new_id()))) == ["applied"]
    assert Attachment.objects.get().unit == city.station


def test_a_photo_for_a_record_of_another_unit_goes_to_quarantine(
    push: Push, officer: Officer, neighbour: Officer, foreign_door: Premises, city: City
) -> None:
    made = visit(foreign_door.id)
    push(neighbour, made)
    outcomes = push(officer, declare(made["record_id"]))
    assert (outcomes_of(outcomes), codes_of(outcomes)) == (["quarantined"], ["record_of_another_unit"])
    assert not Attachment.objects.exists()
    # The lead of the unit that answers for the record decides.
    assert Mutation.objects.get(kind="attachment.declare").unit == city.next_station
