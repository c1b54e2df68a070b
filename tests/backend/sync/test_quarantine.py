"""What could not be accepted is shown to the lead who answers for it: released, corrected or discarded by reason."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from backend.accounts.models import Officer, Role
from backend.common.problems import Problem
from backend.sync.models import Decision, DecisionAction, FeedCounter, Mutation, MutationVariant
from backend.sync.quarantine import Wanted, item_decide
from geo.models import Premises, TouchedDay
from tests.builders import Json, batch, dispute, dispute_event, fixes, mutation, outing, visit
from tests.conftest import City, codes_of, outcomes_of
from tests.factories import OfficerFactory, PremisesFactory, new_id
from visits.models import Visit

Push = Callable[..., list[dict[str, Any]]]
Pull = Callable[..., list[dict[str, Any]]]
ClientOf = Callable[[Officer | None], APIClient]


@pytest.fixture
def next_lead(city: City) -> Officer:
    """The lead of the neighbouring station."""
    return OfficerFactory(unit=city.next_station, roles=[Role.LEAD])


@pytest.fixture
def branch_lead(city: City) -> Officer:
    return OfficerFactory(unit=city.branch, roles=[Role.LEAD])


@pytest.fixture
def held(client_of: ClientOf) -> Callable[..., list[Json]]:
    """A function that returns what a lead has to decide (or has decided)."""

    def fetch(lead: Officer, state: str = "open", limit: int = 50) -> list[Json]:
        client, rows, cursor = client_of(lead), [], None
        while True:
            query: dict[str, str] = {"state": state, "limit": str(limit), **({"cursor": cursor} if cursor else {})}
            page = client.get("/api/v1/quarantine", query).json()
            rows += page["results"]
            cursor = page["next"]
            if cursor is None:
                return rows

    return fetch


@pytest.fixture
def decide(client_of: ClientOf) -> Callable[..., Any]:
    """A function that decides as a lead and returns the response."""

    def send(lead: Officer, item: Any, action: str, reason: str = "核实过", **body: Any) -> Any:
        body = {"reason": reason, **body}
        return client_of(lead).post(f"/api/v1/quarantine/{item}/{action}", body, format="json")

    return send


Held = Callable[..., list[Json]]
Decide = Callable[..., Any]


# --- what is shown, and to whom


def test_a_visit_to_another_stations_door_waits_for_that_stations_lead(
    push: Push, held: Held, officer: Officer, lead: Officer, next_lead: Officer, foreign_door: Premises
) -> None:
    sent = visit(foreign_door.id, note="走错片区")
    push(officer, sent)
    (row,) = held(next_lead)
    assert (row["id"], row["type"], row["kind"], row["outcome"]) == (
        sent["id"], "mutation", "visit.record", "quarantined",
    )  # fmt: skip
    assert row["payload"] == sent["payload"]
    assert (row["problem"]["code"], row["unit"]["code"]) == ("premises_of_another_unit", "S2")
    assert row["officer"] == {"id": str(officer.id), "name": officer.name}
    assert held(lead) == []


def test_a_lead_above_sees_what_waits_in_every_station_below(
    push: Push, held: Held, officer: Officer, branch_lead: Officer, foreign_door: Premises
) -> None:
    push(officer, visit(foreign_door.id), mutation("visit.record", {"outcome": "met"}))
    assert {row["unit"]["code"] for row in held(branch_lead)} == {"S1", "S2"}


@pytest.mark.parametrize("account", ["officer", "neighbour", "analyst", "administrator"])
def test_nobody_but_a_lead_sees_or_decides_anything(
    push: Push, client_of: ClientOf, accounts: dict[str, Officer], account: str
) -> None:
    broken = mutation("visit.record", {"note": "canary7f3a9c"})
    push(accounts["officer"], broken)
    client = client_of(accounts[account])
    for answer in (
        client.get("/api/v1/quarantine"),
        client.get(f"/api/v1/quarantine/{broken['id']}"),
        client.post(f"/api/v1/quarantine/{broken['id']}/discard", {"reason": "x"}, format="json"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
        assert b"canary7f3a9c" not in answer.content


def test_a_lead_of_another_station_meets_no_word_of_ours_and_404(
    push: Push, client_of: ClientOf, held: Held, officer: Officer, next_lead: Officer, door: Premises
) -> None:
    first = visit(door.id, note="canary7f3a9c")
    other = {**mutation("visit.record", {"note": "canary7f3a9c other"}), "id": first["id"]}
    push(officer, first, other, mutation("visit.record", {"note": "canary7f3a9c"}), {"id": "canary7f3a9c"})
    client = client_of(next_lead)
    items = [*Mutation.objects.values_list("id", flat=True), *MutationVariant.objects.values_list("item_id", flat=True)]
    answers = [client.get("/api/v1/quarantine"), client.get("/api/v1/quarantine", {"state": "decided"})]
    answers += [client.get(f"/api/v1/quarantine/{item}") for item in items]
    answers += [
        client.post(f"/api/v1/quarantine/{item}/discard", {"reason": "x"}, format="json") for item in items
    ]  # fmt: skip
    assert {answer.status_code for answer in answers[2:]} == {404}
    assert all(b"canary7f3a9c" not in answer.content for answer in answers)
    assert Decision.objects.count() == 0


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_pages_of_any_size_show_every_item_once_the_longest_waiting_first(
    push: Push, held: Held, officer: Officer, lead: Officer, limit: int
) -> None:
    sent = [mutation("visit.record", {"outcome": "met", "n": n}) for n in range(3)]
    for one in sent:
        push(officer, one, {"not": "an envelope", "n": one["id"]})
    rows = held(lead, limit=limit)
    assert len({row["id"] for row in rows}) == len(rows) == 6
    assert [row["id"] for row in rows if row["type"] == "mutation"] == [one["id"] for one in sent]


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_what_was_decided_last_stands_first_on_pages_of_any_size(
    push: Push, held: Held, decide: Decide, officer: Officer, lead: Officer, limit: int
) -> None:
    for n in range(2):
        push(officer, mutation("visit.record", {"outcome": "met", "n": n}), {"not": "an envelope", "n": n})
    decided = [row["id"] for row in held(lead)[::-1]]
    for item in decided:
        decide(lead, item, "release")  # what did not go through is not the decision
        decide(lead, item, "discard", "测试数据")
    assert [row["id"] for row in held(lead, "decided", limit)] == decided[::-1]


def test_text_that_nobody_can_read_is_shown_as_it_came_and_can_only_be_discarded(
    push: Push, held: Held, decide: Decide, client_of: ClientOf, officer: Officer, lead: Officer
) -> None:
    client_of(officer).post("/api/v1/sync/push", "{这不是", content_type="application/json")
    (row,) = held(lead)
    assert (row["type"], row["raw"], row["payload"]) == ("unreadable", "{这不是", None)
    answer = decide(lead, row["id"], "release")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_releasable")
    assert decide(lead, row["id"], "discard", "测试数据").json()["decisions"][-1]["problem"] is None
    assert held(lead) == []
    assert [one["id"] for one in held(lead, "decided")] == [row["id"]]


def test_a_payload_that_json_answers_cannot_carry_is_shown_as_text(
    client_of: ClientOf, held: Held, officer: Officer, lead: Officer
) -> None:
    sent = {**mutation("visit.record", {}), "payload": {"note": "\ud800"}}
    client_of(officer).post("/api/v1/sync/push", json.dumps(batch([sent])), content_type="application/json")
    (row,) = held(lead)
    assert (row["payload"], row["raw"]) == (None, '{"note":"\\ud800"}')


# --- releasing


def test_a_released_visit_counts_for_its_author_and_takes_its_number_now(
    push: Push, pull: Pull, decide: Decide, held: Held,
    officer: Officer, neighbour: Officer, next_lead: Officer, foreign_door: Premises,
) -> None:  # fmt: skip
    sent = visit(foreign_door.id, note="帮邻所走访")
    push(officer, sent)
    push(neighbour, visit(foreign_door.id, "nobody_home"))
    row = decide(next_lead, sent["id"], "release").json()
    assert (row["outcome"], row["decisions"][0]["action"], row["problem"]["code"]) == (
        "applied", "release", "premises_of_another_unit",
    )  # fmt: skip
    stored = Visit.objects.get(id=sent["record_id"])
    assert (stored.author_id, stored.unit, stored.payload_sha256) == (
        officer.id, next_lead.unit, sent["payload_sha256"],
    )  # fmt: skip
    mine = [change for change in pull(neighbour) if change["id"] == sent["record_id"]]
    assert [change["n"] for change in mine] == [Mutation.objects.get(id=sent["id"]).feed_number]
    assert mine[0]["n"] > 2
    assert held(next_lead) == []


def test_the_phone_that_offers_it_again_gets_its_receipt(
    push: Push, decide: Decide, officer: Officer, next_lead: Officer, foreign_door: Premises
) -> None:
    sent = visit(foreign_door.id)
    device = new_id()
    push(officer, sent, device=device)
    decide(next_lead, sent["id"], "release")
    (outcome,) = push(officer, sent, device=device)
    assert (outcome["outcome"], outcome["receipt"]["unit"], outcome["receipt"]["sha256"]) == (
        "duplicate", "S2", sent["payload_sha256"],
    )  # fmt: skip
    assert Visit.objects.count() == 1


def test_the_township_is_counted_anew_after_a_release(
    push: Push, decide: Decide, officer: Officer, next_lead: Officer, foreign_door: Premises, city: City
) -> None:
    push(officer, sent := visit(foreign_door.id))
    TouchedDay.objects.all().delete()
    decide(next_lead, sent["id"], "release")
    assert [one.area_id for one in TouchedDay.objects.all()] == [city.next_township.pk]


def test_the_visit_may_name_the_outing_and_the_partner_of_the_authors_own_station(
    push: Push, decide: Decide, officer: Officer, next_lead: Officer, foreign_door: Premises
) -> None:
    partner = OfficerFactory(unit=officer.unit)
    patrol_id, _, (start, leg, end) = outing()
    sent = visit(foreign_door.id, patrol=str(patrol_id), officers=[str(partner.id)])
    push(officer, start, leg, sent, end)
    assert decide(next_lead, sent["id"], "release").json()["outcome"] == "applied"
    assert set(Visit.objects.get(id=sent["record_id"]).officers.all()) == {officer, partner}


def test_what_is_still_not_acceptable_stays_and_the_try_is_kept(
    push: Push, decide: Decide, held: Held, officer: Officer, lead: Officer, door: Premises
) -> None:
    push(officer, sent := mutation("visit.record", {"premises": str(door.id), "outcome": "dreamt"}))
    answer = decide(lead, sent["id"], "release", "试一下")
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (422, "payload_invalid", 422)
    (row,) = held(lead)
    (decision,) = row["decisions"]
    assert (decision["reason"], decision["officer_name"], decision["problem"]["code"]) == (
        "试一下", lead.name, "payload_invalid",
    )  # fmt: skip
    assert Visit.objects.count() == 0


def test_a_handler_that_broke_five_times_is_judged_again(
    push: Push, decide: Decide, officer: Officer, lead: Officer, door: Premises
) -> None:
    push(officer, sent := visit(door.id))
    broken = {"code": "handler_failed", "detail": "", "errors": []}
    Visit.objects.all().delete()
    Mutation.objects.update(outcome="quarantined", attempts=5, problem=broken, feed_number=None)
    assert decide(lead, sent["id"], "release").json()["outcome"] == "applied"
    assert Visit.objects.count() == 1


def test_a_record_whose_id_was_taken_is_released_as_a_new_record(
    push: Push, decide: Decide, officer: Officer, lead: Officer, door: Premises
) -> None:
    first = visit(door.id, note="甲")
    second = visit(door.id, note="乙", record_id=first["record_id"])
    assert codes_of(push(officer, first, second)) == [None, "record_id_taken"]
    assert decide(lead, second["id"], "release").json()["outcome"] == "applied"
    assert sorted(Visit.objects.values_list("note", flat=True)) == ["乙", "甲"]


def test_a_released_block_of_fixes_is_kept_only_as_its_record(
    push: Push, decide: Decide, officer: Officer, lead: Officer
) -> None:
    _, leg_id, (start, leg, _) = outing()
    sent = fixes(leg_id, [(114.05, 27.75)])
    assert codes_of(push(officer, sent)) == ["leg_unknown"]
    push(officer, start, leg)
    assert decide(lead, sent["id"], "release").json()["outcome"] == "applied"
    assert Mutation.objects.get(id=sent["id"]).payload is None


# --- correcting


def test_a_correction_is_stored_beside_what_the_phone_sent(
    push: Push, decide: Decide, officer: Officer, lead: Officer, door: Premises
) -> None:
    sent = mutation("visit.record", {"premises": str(door.id), "outcome": "dreamt", "note": "笔误"})
    push(officer, sent)
    right = {**sent["payload"], "outcome": "met"}
    row = decide(lead, sent["id"], "correct", payload=right).json()
    assert (row["outcome"], row["payload"], row["decisions"][0]["payload"]) == ("applied", sent["payload"], right)
    stored = Visit.objects.get(id=sent["record_id"])
    assert (stored.outcome, stored.author_id, stored.payload_sha256) == ("met", officer.id, sent["payload_sha256"])
    (outcome,) = push(officer, sent)
    assert (outcome["outcome"], outcome["receipt"]["sha256"]) == ("duplicate", sent["payload_sha256"])


def test_a_conflict_over_a_base_value_is_resolved_by_the_leads_correction(
    push: Push, decide: Decide, held: Held, officer: Officer, lead: Officer, door: Premises
) -> None:
    state = {"action": "change_state", "premises": str(door.id), "state": "gone", "base": {"state": "vacant"}}
    push(officer, sent := mutation("premises.propose", state))
    assert held(lead)[0]["problem"]["code"] == "base_values_changed"
    assert decide(lead, sent["id"], "release").json()["code"] == "base_values_changed"
    right = {**state, "base": {"state": "active"}}
    assert decide(lead, sent["id"], "correct", payload=right).json()["outcome"] == "applied"


def test_a_correction_cannot_write_where_the_lead_has_no_say(
    push: Push, decide: Decide, officer: Officer, lead: Officer, door: Premises, foreign_door: Premises
) -> None:
    push(officer, sent := mutation("visit.record", {"premises": str(door.id), "outcome": "dreamt"}))
    right = {"premises": str(foreign_door.id), "outcome": "met"}
    answer = decide(lead, sent["id"], "correct", payload=right)
    # the author's own station is the lead's: the door is refused before anything is written
    assert (answer.status_code, answer.json()["code"]) == (422, "premises_of_another_unit")
    assert (Visit.objects.count(), FeedCounter.objects.count()) == (0, 0)


def test_a_correction_towards_the_authors_station_is_refused_where_the_lead_is_of_another(
    push: Push, decide: Decide, officer: Officer, next_lead: Officer, door: Premises, foreign_door: Premises
) -> None:
    push(officer, sent := visit(foreign_door.id))
    answer = decide(next_lead, sent["id"], "correct", payload={"premises": str(door.id), "outcome": "met"})
    assert (answer.status_code, answer.json()["code"]) == (422, "record_of_another_unit")
    assert (Visit.objects.count(), FeedCounter.objects.count()) == (0, 0)
    assert Premises.objects.get(id=door.id).last_visited_at is None


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("release", {"reason": ""}),
        ("release", {"reason": "  "}),
        ("release", {}),
        ("discard", {"reason": "x" * 501}),
        ("discard", {"reason": "nul\x00"}),
        ("correct", {"reason": "x"}),
        ("release", {"reason": "x", "payload": {}}),
        ("correct", {"reason": "x", "payload": []}),
    ],
)
def test_a_decision_without_what_it_needs_is_a_clear_error(
    push: Push, client_of: ClientOf, officer: Officer, lead: Officer, action: str, body: Json
) -> None:
    push(officer, sent := mutation("visit.record", {}))
    answer = client_of(lead).post(f"/api/v1/quarantine/{sent['id']}/{action}", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "request_invalid")


@pytest.mark.parametrize("query", [{"state": "all"}, {"limit": "0"}, {"limit": "101"}, {"cursor": "x"}])
def test_a_page_that_cannot_be_asked_for_is_a_clear_error(client_of: ClientOf, lead: Officer, query: Json) -> None:
    answer = client_of(lead).get("/api/v1/quarantine", query)
    assert (answer.status_code, answer.json()["code"]) in [(400, "request_invalid"), (400, "cursor_invalid")]


# --- discarding


def test_the_phone_is_told_that_a_lead_decided_against_its_record(
    push: Push, decide: Decide, held: Held, officer: Officer, lead: Officer
) -> None:
    push(officer, sent := mutation("visit.record", {"premises": str(new_id()), "outcome": "met"}))
    row = decide(lead, sent["id"], "discard", "重复登记").json()
    assert (row["outcome"], row["problem"]["code"], row["payload"]) == (
        "discarded",
        "premises_unknown",
        sent["payload"],
    )
    again = push(officer, sent)
    assert (outcomes_of(again), codes_of(again)) == (["quarantined"], ["discarded_by_lead"])
    assert held(lead) == []
    assert [one["id"] for one in held(lead, "decided")] == [sent["id"]]


def test_what_was_decided_cannot_be_decided_again(push: Push, decide: Decide, officer: Officer, lead: Officer) -> None:
    push(officer, sent := mutation("visit.record", {}))
    decide(lead, sent["id"], "discard")
    answer = decide(lead, sent["id"], "release")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_decided")


def test_a_step_of_a_dispute_is_released_into_its_case(
    push: Push, decide: Decide, officer: Officer, neighbour: Officer, lead: Officer, door: Premises
) -> None:
    case = new_id()
    push(officer, dispute(record_id=case, premises=door.id))
    sent = dispute_event(case, "registered")
    assert codes_of(push(neighbour, sent)) == ["record_of_another_unit"]
    assert decide(lead, sent["id"], "release").json()["outcome"] == "applied"


# --- the same id with another content


def other_content(first: Json, note: str) -> Json:
    payload = {**first["payload"], "note": note}
    return {**mutation(first["kind"], payload), "id": first["id"], "record_id": first["record_id"]}


def test_another_content_is_shown_beside_the_first_and_released_as_a_record_of_its_own(
    push: Push, decide: Decide, held: Held, officer: Officer, lead: Officer, door: Premises
) -> None:
    first = visit(door.id, note="甲")
    other = other_content(first, "乙")
    push(officer, first)
    push(officer, other)
    (row,) = held(lead)
    assert (row["payload"]["note"], row["problem"]["code"]) == ("乙", "same_id_other_content")
    assert [one["payload_sha256"] for one in row["variants"]] == [first["payload_sha256"]]
    assert decide(lead, row["id"], "release").status_code == 200
    assert sorted(Visit.objects.values_list("note", flat=True)) == ["乙", "甲"]
    assert held(lead) == []
    answers = [*push(officer, first), *push(officer, other)]
    assert outcomes_of(answers) == ["duplicate", "duplicate"]
    assert [one["receipt"]["sha256"] for one in answers] == [first["payload_sha256"], other["payload_sha256"]]


def test_a_discarded_other_content_leaves_the_first_as_it_is(
    push: Push, decide: Decide, held: Held, officer: Officer, lead: Officer, door: Premises
) -> None:
    first = visit(door.id, note="甲")
    other = other_content(first, "乙")
    push(officer, first, other)
    decide(lead, held(lead)[0]["id"], "discard")
    assert codes_of(push(officer, other)) == ["discarded_by_lead"]
    assert codes_of(push(officer, other_content(first, "丙"))) == ["same_id_other_content"]
    assert outcomes_of(push(officer, first)) == ["duplicate"]


def test_a_copy_that_was_altered_on_the_way_and_healed_needs_no_decision(
    push: Push, held: Held, officer: Officer, lead: Officer, door: Premises
) -> None:
    right = visit(door.id, note="原文")
    push(officer, {**right, "payload": {**right["payload"], "note": "改过"}})
    assert outcomes_of(push(officer, right)) == ["applied"]
    assert MutationVariant.objects.count() == 1
    assert held(lead) == []


# --- two leads at once


@pytest.mark.django_db(transaction=True)
def test_of_two_leads_who_decide_at_once_one_decides(
    push: Push, officer: Officer, next_lead: Officer, foreign_door: Premises
) -> None:
    push(officer, sent := visit(foreign_door.id))
    other_lead = OfficerFactory(unit=next_lead.unit, roles=[Role.LEAD])

    def release(lead: Officer) -> str:
        try:
            wanted = Wanted(DecisionAction.RELEASE, "核实过")
            found = item_decide(lead=lead, item_id=Mutation.objects.get().id, wanted=wanted, now=timezone.now())
            return found.code if found else "applied"
        except Problem as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        answers = sorted(pool.map(release, [next_lead, other_lead] * 2))
    assert answers == ["already_decided"] * 3 + ["applied"]
    assert Visit.objects.filter(id=sent["record_id"]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_lead_and_the_phone_that_offers_it_again_make_one_record(
    push: Push, officer: Officer, lead: Officer, city: City
) -> None:
    door = PremisesFactory.build(area=city.township, unit=city.station)
    push(officer, sent := visit(door.id))
    door.save()

    def release(_: object) -> None:
        try:
            wanted = Wanted(DecisionAction.RELEASE, "门已登记")
            item_decide(lead=lead, item_id=Mutation.objects.get().id, wanted=wanted, now=timezone.now())
        except Problem as refused:
            assert refused.code == "already_decided"
        finally:
            connection.close()

    def offer(_: object) -> str:
        try:
            return outcomes_of(push(officer, sent))[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        deciding = [pool.submit(release, n) for n in range(2)]
        offering = [pool.submit(offer, n) for n in range(2)]
        words = [one.result() for one in offering]
        [one.result() for one in deciding]
    assert set(words) <= {"applied", "duplicate"}
    assert Visit.objects.count() == 1
