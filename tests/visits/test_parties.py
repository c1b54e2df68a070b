"""Parties of a dispute: a role and masked words for everybody; how to reach them is sealed to the server's key."""

from collections.abc import Callable
from typing import Any

from backend.accounts.models import Officer
from geo.models import Premises
from tests.builders import dispute, party
from tests.conftest import City, codes_of, outcomes_of
from tests.factories import new_id
from visits.models import Dispute, Party

Push = Callable[..., list[dict[str, Any]]]
Pull = Callable[..., list[dict[str, Any]]]
SEALED = "5f2c0a9b1e77d310.BFh0bmNhZ2U.c2VhbGVk"
ZHANG = {"name_masked": "张**", "phone_masked": "138****8000", "sealed": SEALED}


def parties_pulled(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the parties of the last state of the only dispute in the feed."""
    parties: list[dict[str, Any]] = [one["record"] for one in changes if one["type"] == "dispute"][-1]["parties"]
    return parties


def test_a_dispute_comes_with_its_parties_masked_and_without_what_is_sealed(
    push: Push, pull: Pull, officer: Officer, city: City
) -> None:
    first, second = str(new_id()), str(new_id())
    parties = [{"id": second, "role": "side_b"}, {"id": first, "role": "side_a", **ZHANG}]
    assert outcomes_of(push(officer, dispute(parties=parties))) == ["applied"]
    changes = pull(officer)
    assert parties_pulled(changes) == [
        {
            "id": first,
            "role": "side_a",
            "has_contact": True,
            "name_masked": "张**",
            "phone_masked": "138****8000",
        },
        {"id": second, "role": "side_b", "has_contact": False, "name_masked": "", "phone_masked": ""},
    ]
    assert SEALED not in repr(changes)


def test_a_party_added_later_is_there_for_all_phones_of_the_unit(
    push: Push, pull: Pull, officer: Officer, lead: Officer, city: City
) -> None:
    case = new_id()
    push(officer, dispute(record_id=case))
    assert outcomes_of(push(lead, party(case, role="other", **ZHANG))) == ["applied"]
    assert [one["role"] for one in parties_pulled(pull(officer))] == ["other"]
    assert Dispute.objects.get().version == 2


def test_of_two_contacts_for_one_party_the_later_in_the_feed_stands(
    push: Push, pull: Pull, officer: Officer, lead: Officer, city: City
) -> None:
    case, one = new_id(), str(new_id())
    push(officer, dispute(record_id=case, parties=[{"id": one, "role": "side_a"}]))
    push(lead, party(case, id=one, **ZHANG))
    push(officer, party(case, id=one, **ZHANG | {"name_masked": "李*"}))
    assert [row["name_masked"] for row in parties_pulled(pull(officer))] == ["李*"]


def test_a_dispute_its_party_and_a_change_of_it_may_come_in_one_batch(push: Push, officer: Officer, city: City) -> None:
    case, one = new_id(), str(new_id())
    outcomes = push(officer, dispute(record_id=case), party(case, id=one), party(case, id=one, role="side_b"))
    assert outcomes_of(outcomes) == ["applied"] * 3
    assert Party.objects.get().role == "side_b"


def test_the_party_of_another_dispute_cannot_be_taken_over(push: Push, officer: Officer, city: City) -> None:
    first, second, one = new_id(), new_id(), str(new_id())
    push(officer, dispute(record_id=first), dispute(record_id=second), party(first, id=one))
    assert codes_of(push(officer, party(second, id=one, role="other"))) == ["record_id_taken"]
    assert Party.objects.get().dispute_id == first


def test_a_party_of_another_unit_waits_for_that_units_lead(
    push: Push, officer: Officer, neighbour: Officer, foreign_door: Premises
) -> None:
    case = new_id()
    push(neighbour, dispute(record_id=case, premises=foreign_door.id))
    assert codes_of(push(officer, party(case))) == ["record_of_another_unit"]


def test_a_name_or_number_that_is_not_masked_is_not_stored_as_a_party(push: Push, officer: Officer, city: City) -> None:
    case = new_id()
    push(officer, dispute(record_id=case))
    clear = [party(case, name_masked="张三"), party(case, phone_masked="13812348000"), party(case, name="张三")]
    assert codes_of(push(officer, *clear)) == ["payload_invalid"] * 3
    assert not Party.objects.exists()
