"""Visits are append-only facts; the door follows the latest one."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from backend.accounts.models import Officer
from geo.models import Premises
from tests.builders import mutation, visit
from tests.conftest import City, codes_of, outcomes_of
from tests.factories import NOON, CampaignFactory, PremisesFactory, new_id
from visits.checklists import FormDefinition
from visits.form_services import form_add
from visits.models import Hazard, Visit
from visits.visit_rows import distance_m

Push = Callable[..., list[dict[str, Any]]]
Pull = Callable[..., list[dict[str, Any]]]
HOSE = {"id": "hose", "kind": "yes_no", "title": {"zh": "软管完好", "en": "Hose sound"}}
FORM = {"form": "gas", "version": 1, "title": {"zh": "燃气", "en": "Gas"}, "questions": [HOSE]}


def correct(visit_id: Any, door_id: Any, outcome: str = "met", **fields: Any) -> dict[str, Any]:
    payload = {"corrects": str(visit_id), "reason": "点错了", "premises": str(door_id), "outcome": outcome, **fields}
    return mutation("visit.correct", payload, at=NOON + timedelta(days=2))


def test_a_correction_takes_the_place_of_the_visit_and_keeps_its_day(
    push: Push, pull: Pull, officer: Officer, door: Premises
) -> None:
    visit_id = new_id()
    push(officer, visit(door.id, "met", record_id=visit_id), correct(visit_id, door.id, "refused"))
    original, correction = Visit.objects.get(id=visit_id), Visit.objects.get(corrects=visit_id)
    assert (original.is_current, original.outcome) == (False, "met")
    assert (correction.is_current, correction.occurred_at, correction.correction_reason) == (True, NOON, "点错了")
    door.refresh_from_db()
    assert door.last_outcome == "refused"
    records = {change["id"]: change["record"] for change in pull(officer) if change["type"] == "visit"}
    assert records[str(visit_id)]["corrected_by"] == str(correction.id)


def test_a_correction_to_another_door_frees_the_first_one(
    push: Push, officer: Officer, door: Premises, city: City
) -> None:
    right_door = PremisesFactory(area=city.township)
    visit_id = new_id()
    push(officer, visit(door.id, record_id=visit_id), correct(visit_id, right_door.id))
    door.refresh_from_db()
    right_door.refresh_from_db()
    assert (door.last_visited_at, door.next_due_on) == (None, None)
    assert right_door.last_visited_at == NOON


def test_two_people_correcting_one_visit_is_a_conflict_that_both_can_see(
    push: Push, officer: Officer, lead: Officer, door: Premises
) -> None:
    visit_id = new_id()
    push(officer, visit(door.id, record_id=visit_id))
    assert outcomes_of(push(officer, correct(visit_id, door.id, "refused"))) == ["applied"]
    second = push(lead, correct(visit_id, door.id, "vacant"))
    assert (outcomes_of(second), codes_of(second)) == (["conflict"], ["base_values_changed"])
    assert Visit.objects.filter(is_current=True).count() == 1


def test_a_correction_of_nothing_waits_for_a_person(push: Push, officer: Officer, door: Premises) -> None:
    assert codes_of(push(officer, correct(new_id(), door.id))) == ["visit_unknown"]


@pytest.mark.parametrize(
    ("outcome", "due_on"),
    [
        ("met", date(2027, 2, 18)),  # 2026-11-20 + 90 days
        ("nobody_home", date(2026, 11, 27)),
        ("refused", date(2026, 12, 20)),
        ("vacant", None),
        ("gone", None),
        ("other", None),
    ],
)
def test_a_door_is_due_again_by_its_last_outcome(
    push: Push, officer: Officer, door: Premises, outcome: str, due_on: date | None
) -> None:
    push(officer, visit(door.id, outcome))
    door.refresh_from_db()
    assert door.next_due_on == due_on


def test_the_server_measures_the_distance_to_the_door(push: Push, officer: Officer, door: Premises) -> None:
    place = {"lon": door.lon, "lat": door.lat + 0.001, "accuracy_m": 8, "age_s": 3}
    push(officer, visit(door.id, place=place))
    # One degree of latitude is about 110.8 km here, so a thousandth of it is about 111 m.
    assert Visit.objects.get().distance_to_door_m == pytest.approx(110.8, abs=0.3)


def test_a_place_in_the_sea_is_evidence_and_does_not_refuse_the_visit(
    push: Push, officer: Officer, door: Premises
) -> None:
    assert outcomes_of(push(officer, visit(door.id, place={"lon": 130, "lat": 20, "accuracy_m": 9, "age_s": 1}))) == [
        "applied"
    ]


def test_a_visit_without_a_place_says_why(push: Push, officer: Officer, door: Premises) -> None:
    push(officer, visit(door.id, no_place_reason="denied"))
    stored = Visit.objects.get()
    assert (stored.place_lon, stored.distance_to_door_m, stored.no_place_reason) == (None, None, "denied")


def test_a_correction_can_begin_with_everything_that_the_original_says(
    push: Push, pull: Pull, officer: Officer, door: Premises, city: City
) -> None:
    form_add(definition=FormDefinition.model_validate(FORM))
    campaign = CampaignFactory(unit=city.bureau)
    place = {"lon": 114.05, "lat": 27.75, "accuracy_m": 8.5, "age_s": 3.0}
    said = {
        "place": place,
        "campaign": str(campaign.id),
        "checklist": {"form": "gas", "version": 1, "answers": {"hose": True}},
    }
    first = visit(door.id, **said)
    payload = {"premises": str(door.id), "outcome": "refused", "corrects": first["record_id"], "reason": "选错了"}
    corrected = mutation("visit.correct", payload | {"no_place_reason": "denied"})
    assert outcomes_of(push(officer, first, corrected)) == ["applied", "applied"]
    records = {one["id"]: one["record"] for one in pull(officer) if one["type"] == "visit"}
    shown = records[first["record_id"]]
    assert {name: shown[name] for name in said} == said
    assert (shown["no_place_reason"], shown["correction_reason"]) == (None, "")
    after = records[corrected["record_id"]]
    assert (after["place"], after["no_place_reason"], after["correction_reason"]) == (None, "denied", "选错了")


def test_hazards_belong_to_the_place(push: Push, officer: Officer, door: Premises) -> None:
    push(officer, visit(door.id, hazards=[{"id": str(new_id()), "kind": "gas", "note": "软管老化"}]))
    hazard = Hazard.objects.get()
    assert (hazard.premises, hazard.kind, hazard.cleared_at) == (door, "gas", None)


def test_partners_of_another_station_are_not_known_here(
    push: Push, officer: Officer, neighbour: Officer, door: Premises
) -> None:
    assert codes_of(push(officer, visit(door.id, officers=[str(neighbour.id)]))) == ["officer_unknown"]


def test_the_author_is_always_among_the_officers(push: Push, officer: Officer, lead: Officer, door: Premises) -> None:
    push(officer, visit(door.id, officers=[str(lead.id)]))
    assert set(Visit.objects.get().officers.all()) == {officer, lead}


def test_characters_outside_the_bmp_come_back_unchanged(
    push: Push, pull: Pull, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id, note="𬮤山镇 👨‍👩‍👧 \u200d"))
    (record,) = [change["record"] for change in pull(officer) if change["type"] == "visit"]
    assert record["note"] == "𬮤山镇 👨‍👩‍👧 \u200d"


def test_the_distance_between_a_point_and_itself_is_nothing() -> None:
    assert distance_m(114.4, 27.8, 114.4, 27.8) == 0
