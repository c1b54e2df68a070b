"""Doors proposed from the field: worked on at once, and marked where they may be known already."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts.models import Officer
from geo.models import Premises
from tests.builders import Json, dispute, mutation, visit
from tests.conftest import City, outcomes_of
from tests.factories import PremisesFactory, new_id
from visits.models import Visit

Push = Callable[..., list[dict[str, Any]]]
Pull = Callable[..., list[dict[str, Any]]]
LON, LAT = 114.05, 27.75
# One ten-thousandth of a degree of latitude is 11 m.
EIGHT_METRES, TWELVE_METRES = 0.00007, 0.00011


def propose(**fields: Any) -> Json:
    """Return a `premises.propose` of a new household."""
    record_id = fields.pop("record_id", None)
    door = {"action": "new", "kind": "household", "address": "新路 1 号", "lon": LON, "lat": LAT, **fields}
    return mutation("premises.propose", door, record_id=record_id)


def proposed(mutation: Json) -> Premises:
    return Premises.objects.get(id=mutation["record_id"])


def test_a_door_proposed_and_visited_in_one_batch_has_its_visit_and_its_dispute(
    push: Push, pull: Pull, officer: Officer, city: City
) -> None:
    new, case = propose(), new_id()
    made = visit(new["record_id"])
    outcomes = push(officer, new, made, dispute(record_id=case, premises=new["record_id"], visit=made["record_id"]))
    assert outcomes_of(outcomes) == ["applied"] * 3
    door = proposed(new)
    assert (door.active_from, door.last_outcome, Visit.objects.get().premises) == (None, "met", door)
    shown = [one["record"] for one in pull(officer) if one["type"] == "premises"][-1]
    assert (shown["proposed"], shown["last_outcome"], shown["duplicate_of"]) == (True, "met", None)


def test_the_order_of_the_phone_counts_whatever_the_order_in_the_batch(
    push: Push, officer: Officer, door: Premises
) -> None:
    new = propose()
    made, last = visit(new["record_id"]), visit(door.id)
    assert outcomes_of(push(officer, last, made, new)) == ["applied"] * 3


def test_a_visit_that_overtakes_its_door_is_applied_when_it_comes_again(
    push: Push, officer: Officer, city: City
) -> None:
    new, device = propose(), new_id()
    made = visit(new["record_id"])
    assert outcomes_of(push(officer, made, device=device)) == ["quarantined"]
    assert outcomes_of(push(officer, new, device=device)) == ["applied"]
    assert outcomes_of(push(officer, made, device=device)) == ["applied"]


@pytest.mark.parametrize(
    ("known", "new", "marked"),
    [
        ({"address": "新路 1 号"}, {"address": " 新路 1 号 "}, True),
        ({"address": "新路 1 号"}, {"address": "新路 2 号"}, False),
        ({"address": "新路 1 号", "kind": "enterprise", "name": "甲店"}, {}, False),
        ({"door_plate": "P1"}, {"door_plate": "P1", "lat": LAT + EIGHT_METRES}, True),
        ({"door_plate": "P1"}, {"door_plate": "P1", "lat": LAT + TWELVE_METRES}, False),
        ({"door_plate": "P1"}, {"door_plate": "P2"}, False),
        ({"door_plate": ""}, {"door_plate": ""}, False),
    ],
)
def test_a_door_that_may_be_known_is_marked_and_not_refused(
    push: Push, officer: Officer, city: City, known: Json, new: Json, marked: bool
) -> None:
    first = PremisesFactory(area=city.township, **{"address": "旧路 9 号", "lon": LON, "lat": LAT, **known})
    second = propose(**new)
    assert outcomes_of(push(officer, second)) == ["applied"]
    assert proposed(second).duplicate_of == (first if marked else None)


def test_two_enterprises_of_one_address_are_two_doors(push: Push, officer: Officer, city: City) -> None:
    PremisesFactory(area=city.township, kind="enterprise", address="新路 1 号", name="甲店")
    other = propose(kind="enterprise", name="乙店")
    same = propose(kind="enterprise", name="甲店")
    push(officer, other, same)
    assert (proposed(other).duplicate_of is None, proposed(same).duplicate_of is None) == (True, False)


def test_of_a_door_proposed_by_two_phones_the_second_is_marked(
    push: Push, officer: Officer, lead: Officer, city: City
) -> None:
    first, second = propose(), propose()
    push(officer, first)
    push(lead, second)
    assert proposed(second).duplicate_of == proposed(first)
