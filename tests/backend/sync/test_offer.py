"""After a restore a phone names what it sent, and hears exactly what of it is not there."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from backend.sync.models import Mutation
from geo.models import Premises
from tests.builders import Json, mutation, visit
from tests.conftest import codes_of
from tests.factories import new_id
from tests.signing import SigningPhone

Push = Callable[..., list[dict[str, Any]]]
ClientOf = Callable[[Officer | None], APIClient]
OFFER = "/api/v1/sync/offer"


def items(*mutations: Json) -> Json:
    """Return the body of an offer."""
    return {"items": [[one["id"], one["payload_sha256"]] for one in mutations]}


@pytest.fixture
def offer(client_of: ClientOf) -> Callable[..., list[str]]:
    """A function that offers mutations as an officer and returns the missing ids."""

    def send(officer: Officer, *mutations: Json) -> list[str]:
        answer = client_of(officer).post(OFFER, items(*mutations), format="json")
        assert answer.status_code == 200, answer.content
        missing: list[str] = answer.json()["missing"]
        return missing

    return send


Offer = Callable[..., list[str]]


def test_nothing_is_missing_of_what_is_held_in_any_state(
    push: Push, offer: Offer, officer: Officer, door: Premises
) -> None:
    sent = [visit(door.id), mutation("visit.record", {}), mutation("unheard.of", {})]
    push(officer, *sent)
    assert offer(officer, *sent) == []


def test_what_a_restore_lost_is_missing_in_the_order_offered_and_applies_again(
    push: Push, offer: Offer, officer: Officer, door: Premises
) -> None:
    sent = [visit(door.id) for _ in range(4)]
    push(officer, *sent[1:3])
    assert offer(officer, *sent) == [sent[0]["id"], sent[3]["id"]]
    push(officer, sent[3], sent[0])
    assert offer(officer, *sent) == []


def test_another_content_under_a_known_id_is_missing_until_it_is_kept_too(
    push: Push, offer: Offer, officer: Officer, door: Premises
) -> None:
    first = visit(door.id, note="甲")
    other = {**visit(door.id, note="乙"), "id": first["id"]}
    push(officer, first)
    assert offer(officer, other) == [first["id"]]
    push(officer, other)
    assert offer(officer, first, other) == []


def test_a_copy_that_was_altered_on_the_way_counts_as_missing(
    push: Push, offer: Offer, officer: Officer, door: Premises
) -> None:
    right = visit(door.id, note="原文")
    altered = {**right, "payload": {**right["payload"], "note": "改过"}}
    assert codes_of(push(officer, altered)) == ["payload_hash_mismatch"]
    assert offer(officer, right) == [right["id"]]


def test_what_another_officer_sent_is_not_told(
    push: Push, offer: Offer, officer: Officer, neighbour: Officer, door: Premises
) -> None:
    push(officer, sent := visit(door.id))
    assert offer(neighbour, sent) == [sent["id"]]


def test_a_phone_whose_session_has_ended_may_still_ask_what_arrived(client_of: ClientOf, officer: Officer) -> None:
    phone = SigningPhone()
    phone.enrolled(officer)
    sent = mutation("visit.record", {})
    phone.push(client_of(None), sent)
    answer = phone.request(client_of(None), "POST", OFFER, items(sent, mutation("visit.record", {})))
    assert (answer.status_code, len(answer.json()["missing"])) == (200, 1)
    assert client_of(None).post(OFFER, items(sent), format="json").status_code == 401


@pytest.mark.parametrize(
    "body",
    [{}, {"items": [["x", "y"]]}, {"items": [[str(new_id())]]}, {"items": 5}, {"items": [[str(new_id()), "g" * 64]]}],
)
def test_an_offer_that_cannot_be_read_is_a_clear_error(client_of: ClientOf, officer: Officer, body: Json) -> None:
    answer = client_of(officer).post(OFFER, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "request_invalid")


def test_five_thousand_may_be_offered_at_once_and_no_more(client_of: ClientOf, officer: Officer) -> None:
    many = [[str(new_id()), "0" * 64] for _ in range(5001)]
    client = client_of(officer)
    assert len(client.post(OFFER, {"items": many[:5000]}, format="json").json()["missing"]) == 5000
    assert client.post(OFFER, {"items": many}, format="json").status_code == 400


def test_what_waits_for_its_verdict_is_asked_for_again(
    push: Push, offer: Offer, officer: Officer, door: Premises
) -> None:
    push(officer, sent := visit(door.id))
    Mutation.objects.update(outcome="received")
    assert offer(officer, sent) == [sent["id"]]
