"""Disputes: found anywhere, moved by append-only steps, folded in one order on every machine."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from backend.accounts.models import Officer
from geo.models import Premises
from tests.builders import dispute, dispute_event, mutation
from tests.conftest import City, codes_of, outcomes_of
from tests.factories import NOON, new_id
from visits.models import Dispute, DisputeEvent

Push = Callable[..., list[dict[str, Any]]]
Pull = Callable[..., list[dict[str, Any]]]
AGREEMENT = {"form": "oral", "terms": "三日内修好漏水"}


def test_a_dispute_at_a_door_belongs_to_the_doors_township_and_has_deadlines(
    push: Push, officer: Officer, door: Premises
) -> None:
    push(officer, dispute(premises=door.id))
    found = Dispute.objects.get()
    assert (found.area, found.state) == (door.area, "found")
    assert (found.assign_due_on, found.resolve_due_on) == (date(2026, 11, 23), date(2026, 12, 20))


def test_a_dispute_at_a_place_belongs_to_the_township_of_the_place(push: Push, officer: Officer, city: City) -> None:
    push(officer, dispute(place={"lon": 114.15, "lat": 27.75, "accuracy_m": 10, "age_s": 0}))
    assert Dispute.objects.get().area == city.next_township


def test_a_dispute_brought_in_without_a_place_belongs_to_the_units_township(
    push: Push, officer: Officer, city: City
) -> None:
    push(officer, dispute())
    assert Dispute.objects.get().area == city.township


def test_a_dispute_in_the_sea_is_quarantined(push: Push, officer: Officer, city: City) -> None:
    outcomes = push(officer, dispute(place={"lon": 130, "lat": 20, "accuracy_m": 10, "age_s": 0}))
    assert codes_of(outcomes) == ["place_outside_city"]


def test_a_whole_case_from_found_to_closed(
    push: Push, pull: Pull, officer: Officer, lead: Officer, door: Premises
) -> None:
    case = new_id()
    outcomes = push(
        officer,
        dispute(record_id=case, premises=door.id, parties=[{"id": str(new_id()), "role": "side_a"}]),
        dispute_event(case, "registered"),
        dispute_event(case, "assigned", assignee=str(lead.id)),
        dispute_event(case, "session_held", note="第一次"),
        dispute_event(case, "agreement_signed", agreement=AGREEMENT),
        dispute_event(case, "resolved", at=NOON + timedelta(days=1)),
        dispute_event(case, "follow_up", follow_up="kept"),
        dispute_event(case, "closed"),
    )
    assert set(outcomes_of(outcomes)) == {"applied"}
    stored = Dispute.objects.get()
    assert (stored.state, stored.assignee, stored.resolved_on) == ("closed", lead, date(2026, 11, 21))
    assert stored.follow_up_due_on == date(2026, 12, 21)
    assert DisputeEvent.objects.filter(allowed=False).count() == 0
    events = [change["record"] for change in pull(officer) if change["type"] == "dispute_event"]
    assert [event["ordinal"] for event in events] == [1, 2, 3, 4, 5, 6, 7]
    assert events[3]["agreement"] == AGREEMENT


def test_a_step_that_the_state_does_not_allow_is_kept_and_marked(push: Push, officer: Officer, door: Premises) -> None:
    case = new_id()
    push(officer, dispute(record_id=case, premises=door.id))
    assert outcomes_of(push(officer, dispute_event(case, "resolved"))) == ["applied"]
    assert Dispute.objects.get().state == "found"
    assert DisputeEvent.objects.get().allowed is False


def test_reopening_goes_back_to_mediating_and_needs_a_new_agreement(
    push: Push, officer: Officer, door: Premises
) -> None:
    case = new_id()
    push(officer, dispute(record_id=case, premises=door.id), dispute_event(case, "registered"))
    push(officer, dispute_event(case, "resolved", agreement=AGREEMENT), dispute_event(case, "reopened"))
    stored = Dispute.objects.get()
    assert (stored.state, stored.resolved_on, stored.follow_up_due_on) == ("mediating", None, None)
    push(officer, dispute_event(case, "resolved"))
    assert Dispute.objects.get().state == "mediating"


def test_a_step_in_a_case_of_another_station_waits_for_that_station(
    push: Push, officer: Officer, neighbour: Officer, door: Premises
) -> None:
    case = new_id()
    push(officer, dispute(record_id=case, premises=door.id))
    assert codes_of(push(neighbour, dispute_event(case, "registered"))) == ["record_of_another_unit"]


def test_a_step_in_an_unknown_case_waits_for_a_person(push: Push, officer: Officer, city: City) -> None:
    assert codes_of(push(officer, dispute_event(new_id(), "registered"))) == ["dispute_unknown"]


def test_a_party_is_a_role_and_a_name_is_refused(push: Push, officer: Officer, door: Premises) -> None:
    parties = [{"id": str(new_id()), "role": "side_a", "name": "张三"}]
    assert codes_of(push(officer, dispute(premises=door.id, parties=parties))) == ["payload_invalid"]


def test_an_unknown_event_is_refused_by_name(push: Push, officer: Officer, door: Premises) -> None:
    (outcome,) = push(officer, mutation("dispute.event", {"dispute": str(new_id()), "event": "punished"}))
    assert outcome["problem"]["errors"][0]["field"] == "event"


def test_a_step_that_says_nothing_was_taken_as_done(push: Push, officer: Officer, door: Premises) -> None:
    case = new_id()
    push(officer, dispute(record_id=case, premises=door.id), dispute_event(case, "registered"))
    for event in ("assigned", "agreement_signed", "transferred", "follow_up", "corrected"):
        assert codes_of(push(officer, dispute_event(case, event))) == ["payload_invalid"], event
