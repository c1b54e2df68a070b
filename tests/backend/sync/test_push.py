"""A push stores before it judges, answers one outcome for each mutation, and loses nothing."""

import gzip
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.test import APIClient, force_authenticate

from backend.accounts.models import Device, Officer
from backend.common.canonical_json import payload_sha256
from backend.common.outcomes import Applied, MutationContext
from backend.sync.api import PushView
from backend.sync.judging import judge
from backend.sync.models import FeedEntry, Intake, Mutation, MutationVariant
from backend.sync.registry import Kind
from backend.sync.wire import Envelope
from geo.models import Premises
from tests.builders import batch, context_of, dispute, mutation, outing, visit
from tests.conftest import City, codes_of, outcomes_of
from tests.factories import NOON, OfficerFactory, new_id
from visits.models import Hazard, Visit
from visits.payloads import VisitRecord

Push = Callable[..., list[dict[str, Any]]]
ClientOf = Callable[[Officer | None], APIClient]


def test_a_visit_is_applied_and_its_receipt_names_unit_number_and_hash(
    push: Push, officer: Officer, door: Premises
) -> None:
    sent = visit(door.id)
    (outcome,) = push(officer, sent)
    assert outcome["outcome"] == "applied"
    assert outcome["id"] == sent["id"]
    # The visit takes number 1 of the station's feed; the door, which now was visited, takes number 2.
    assert outcome["receipt"] | {"received_at": None} == {
        "unit": "S1",
        "n": 1,
        "received_at": None,
        "sha256": sent["payload_sha256"],
    }
    assert list(FeedEntry.objects.order_by("n").values_list("n", "type")) == [(1, "visit"), (2, "premises")]
    assert Visit.objects.get().id.hex == sent["record_id"].replace("-", "")


def test_the_same_mutation_again_is_a_duplicate_with_the_first_receipt(
    push: Push, officer: Officer, door: Premises
) -> None:
    sent = visit(door.id)
    (first,) = push(officer, sent)
    (second,) = push(officer, sent)
    assert (first["outcome"], second["outcome"]) == ("applied", "duplicate")
    assert second["receipt"] == first["receipt"]
    assert Visit.objects.count() == 1


def test_the_same_mutation_twice_in_one_batch_is_applied_once(push: Push, officer: Officer, door: Premises) -> None:
    sent = visit(door.id)
    assert outcomes_of(push(officer, sent, sent)) == ["applied", "duplicate"]
    assert Visit.objects.count() == 1


def test_another_content_under_a_known_id_is_a_conflict_and_both_are_stored(
    push: Push, officer: Officer, door: Premises
) -> None:
    sent = visit(door.id, note="第一次")
    changed_payload = sent["payload"] | {"note": "改过"}
    changed = sent | {"payload": changed_payload, "payload_sha256": payload_sha256(changed_payload)}
    push(officer, sent)
    outcomes = push(officer, changed)
    assert outcomes_of(outcomes) == ["conflict"]
    assert codes_of(outcomes) == ["same_id_other_content"]
    assert Visit.objects.get().note == "第一次"
    assert "改过" in MutationVariant.objects.get().raw


def test_another_mutation_for_a_record_id_that_exists_is_a_conflict_and_is_stored(
    push: Push, officer: Officer, door: Premises
) -> None:
    record_id = new_id()
    outcomes = push(officer, visit(door.id, record_id=record_id), visit(door.id, "refused", record_id=record_id))
    assert outcomes_of(outcomes) == ["applied", "conflict"]
    assert codes_of(outcomes) == [None, "record_id_taken"]
    assert Mutation.objects.filter(outcome="conflict", payload__contains="refused").count() == 1


def test_a_broken_mutation_does_not_stop_the_ones_behind_it(push: Push, officer: Officer, door: Premises) -> None:
    broken = [
        {"id": "not-a-uuid", "kind": "visit.record"},
        "not even an object",
        None,
        mutation("visit.record", {"premises": str(door.id), "outcome": "dancing"}),
        mutation("visit.record", {"premises": str(door.id), "outcome": "met", "religion": "x"}),
        mutation("teleport", {}),
        visit(door.id) | {"payload_sha256": "0" * 64},
        visit(new_id()),
    ]
    outcomes = push(officer, *broken, visit(door.id))
    assert outcomes_of(outcomes) == ["quarantined"] * 8 + ["applied"]
    assert codes_of(outcomes) == [
        *["envelope_invalid"] * 3,
        *["payload_invalid"] * 2,
        "unknown_kind",
        "payload_hash_mismatch",
        "premises_unknown",
        None,
    ]


def test_every_broken_mutation_is_kept_raw(push: Push, officer: Officer, door: Premises) -> None:
    push(
        officer,
        {"id": "not-a-uuid", "note": "手写的"},
        mutation("visit.record", {"premises": str(door.id), "outcome": "dancing"}),
    )
    assert json.loads(bytes(Intake.objects.get().body)) == {"id": "not-a-uuid", "note": "手写的"}
    assert "dancing" in Mutation.objects.get(outcome="quarantined").payload  # type: ignore[operator]


def test_payload_problems_name_the_field(push: Push, officer: Officer, door: Premises) -> None:
    place = {"lon": 999, "lat": "north", "accuracy_m": 5, "age_s": 0}
    (outcome,) = push(officer, mutation("visit.record", {"premises": str(door.id), "outcome": "met", "place": place}))
    assert [error["field"] for error in outcome["problem"]["errors"]] == ["place.lon", "place.lat"]


@pytest.mark.parametrize("text", ["\x00", "\ud800", "nested"])
def test_text_that_the_database_cannot_hold_is_quarantined_and_kept(
    push: Push, client_of: ClientOf, officer: Officer, door: Premises, text: str
) -> None:
    payload: dict[str, Any] = {"premises": str(door.id), "outcome": "met", "note": text}
    if text == "nested":
        payload["note"] = json.loads("[" * 300 + "]" * 300)
    sent = visit(door.id) | {"payload": payload}
    body = json.dumps(batch([sent, visit(door.id)]))  # ASCII with escapes, as a broken client would write it
    response = client_of(officer).post("/api/v1/sync/push", body, content_type="application/json")
    assert outcomes_of(response.json()["outcomes"]) == ["quarantined", "applied"]
    assert Mutation.objects.filter(outcome="quarantined").count() + Intake.objects.count() == 1


def test_a_visit_to_a_door_of_another_station_waits_for_that_station(
    push: Push, officer: Officer, foreign_door: Premises, city: City
) -> None:
    outcomes = push(officer, visit(foreign_door.id))
    assert codes_of(outcomes) == ["premises_of_another_unit"]
    assert Mutation.objects.get().unit == city.next_station
    assert not Visit.objects.exists()


def test_a_new_door_in_the_sea_is_quarantined(push: Push, officer: Officer, city: City) -> None:
    sea = mutation(
        "premises.propose", {"action": "new", "kind": "household", "address": "海上 1 号", "lon": 130.0, "lat": 20.0}
    )
    assert codes_of(push(officer, sea)) == ["place_outside_city"]


def test_a_new_door_can_be_visited_in_the_same_batch(push: Push, officer: Officer, city: City) -> None:
    door_id = new_id()
    new = mutation(
        "premises.propose",
        {"action": "new", "kind": "household", "address": "新村 1 号", "lon": 114.05, "lat": 27.75},
        record_id=door_id,
    )
    assert outcomes_of(push(officer, new, visit(door_id))) == ["applied", "applied"]
    assert Premises.objects.get(id=door_id).active_from is None  # counts only once a lead has approved it


def test_a_changed_state_is_a_proposal_and_a_stale_base_is_a_conflict(
    push: Push, officer: Officer, door: Premises
) -> None:
    def propose(base: str) -> dict[str, Any]:
        payload = {"action": "change_state", "premises": str(door.id), "state": "vacant", "base": {"state": base}}
        return mutation("premises.propose", payload)

    assert outcomes_of(push(officer, propose("active"), propose("gone"))) == ["applied", "conflict"]
    door.refresh_from_db()
    assert door.state == "active"


def test_a_phone_clock_ten_years_ahead_is_evidence_and_the_visit_counts_today(
    push: Push, officer: Officer, door: Premises
) -> None:
    decade = timedelta(days=3650)
    now = datetime.now(UTC)
    sent = visit(door.id, at=now + decade)
    assert outcomes_of(push(officer, sent, sent_at=now + decade)) == ["applied"]
    stored = Visit.objects.get()
    assert abs((stored.recorded_at - now - decade).total_seconds()) < 1
    assert abs((stored.occurred_at - now).total_seconds()) < 60
    assert stored.clock_skew_s == pytest.approx(decade.total_seconds(), abs=60)


def test_a_body_that_is_not_json_is_kept_byte_for_byte(client_of: ClientOf, officer: Officer) -> None:
    response = client_of(officer).post("/api/v1/sync/push", b'{"device": ', content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (400, "malformed_body")
    assert response["Content-Type"] == "application/problem+json"
    assert bytes(Intake.objects.get().body) == b'{"device": '


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"device": 3}', b"NaN", b"\xff\xfe", b""])
def test_a_body_that_is_no_batch_is_kept_and_answered_malformed(
    client_of: ClientOf, officer: Officer, body: bytes
) -> None:
    response = client_of(officer).post("/api/v1/sync/push", body, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (400, "malformed_body")
    assert bytes(Intake.objects.get().body) == body


def test_a_gzip_body_is_read_and_a_cut_one_is_kept(client_of: ClientOf, officer: Officer, door: Premises) -> None:
    body = gzip.compress(json.dumps(batch([visit(door.id)])).encode())
    headers = {"content-encoding": "gzip"}
    good = client_of(officer).post("/api/v1/sync/push", body, content_type="application/json", headers=headers)
    assert outcomes_of(good.json()["outcomes"]) == ["applied"]
    cut = client_of(officer).post("/api/v1/sync/push", body[:-9], content_type="application/json", headers=headers)
    assert cut.json()["code"] == "malformed_body"
    assert bytes(Intake.objects.get().body) == body[:-9]


def test_a_batch_beyond_the_limits_answers_413_with_the_limits(
    client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    response = client_of(officer).post("/api/v1/sync/push", batch([visit(door.id)] * 501), format="json")
    assert (response.status_code, response.json()["code"]) == (413, "batch_too_large")
    assert "500" in response.json()["detail"]
    bomb = gzip.compress(b" " * (6 * 1024 * 1024))
    response = client_of(officer).post(
        "/api/v1/sync/push", bomb, content_type="application/json", headers={"content-encoding": "gzip"}
    )
    assert response.status_code == 413


@pytest.mark.parametrize(("attempts", "verdict"), [(0, "retry"), (3, "retry"), (4, "quarantined")])
def test_a_handler_that_breaks_is_tried_again_and_quarantined_at_the_fifth_time(
    officer: Officer, door: Premises, attempts: int, verdict: str
) -> None:
    def broken(*, context: MutationContext, payload: object) -> Applied:
        raise ZeroDivisionError

    envelope = Envelope.model_validate(visit(door.id))
    judged = judge(
        context=context_of(officer, envelope),
        envelope=envelope,
        attempts=attempts,
        kinds={"visit.record": Kind(VisitRecord, handler=broken)},
    )
    assert (judged.verdict, judged.problem and judged.problem.code) == (verdict, "handler_failed")


def test_a_mutation_whose_handler_broke_is_judged_again_at_the_next_push(
    push: Push, officer: Officer, door: Premises
) -> None:
    sent = visit(door.id)
    push(officer, sent)
    Hazard.objects.all().delete()
    Visit.officers.through.objects.all().delete()
    Visit.objects.all().delete()
    Mutation.objects.update(outcome="received", attempts=1)  # as a broken handler leaves it
    assert outcomes_of(push(officer, sent)) == ["applied"]
    assert (Visit.objects.count(), Mutation.objects.get().attempts) == (1, 2)


def test_a_reference_to_nothing_is_quarantined_and_spoils_no_neighbour(
    push: Push, officer: Officer, door: Premises
) -> None:
    outcomes = push(officer, mutation("patrol.start", {"kind": "street", "plan": str(new_id())}), visit(door.id))
    assert codes_of(outcomes) == ["reference_unknown", None]


def test_an_old_visit_that_arrives_late_does_not_move_the_doors_last_visit_back(
    push: Push, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id, "met", at=NOON))
    push(officer, visit(door.id, "nobody_home", at=NOON - timedelta(days=3)))
    door.refresh_from_db()
    assert (door.last_visited_at, door.last_outcome) == (NOON, "met")
    assert door.next_due_on == NOON.date() + timedelta(days=90)


def test_the_device_is_known_after_its_first_push_with_what_it_announced(
    push: Push, officer: Officer, door: Premises
) -> None:
    device = new_id()
    push(officer, visit(door.id), device=device, made_total=412)
    known = Device.objects.get(id=device)
    assert (known.officer, known.unit, known.made_total, known.app_version) == (officer, officer.unit, 412, "test")


def test_the_count_of_what_came_from_a_device_counts_each_mutation_once_whatever_became_of_it(
    push: Push, officer: Officer, door: Premises
) -> None:
    device, first = new_id(), visit(door.id)
    push(officer, first, visit(new_id()), {"id": "not readable"}, device=device)
    other = {"premises": str(door.id), "outcome": "refused"}
    push(officer, first, first | {"payload": other, "payload_sha256": payload_sha256(other)}, device=device)
    push(officer, first, visit(door.id), device=device)
    assert Device.objects.get(id=device).received_total == Mutation.objects.filter(device=device).count() == 3


def test_a_phone_whose_records_came_from_a_file_on_another_phone_seemed_to_hold_them_back_for_ever(
    push: Push, officer: Officer, door: Premises
) -> None:
    first, second, sent = new_id(), new_id(), visit(door.id)
    push(officer, sent, device=second)
    assert outcomes_of(push(officer, sent, device=first)) == ["duplicate"]
    push(officer, sent, device=first)
    assert [Device.objects.get(id=one).received_total for one in (first, second)] == [1, 1]


def test_a_visit_with_a_dispute_makes_two_records_that_name_each_other(
    push: Push, officer: Officer, door: Premises
) -> None:
    visit_id, dispute_id = new_id(), new_id()
    outcomes = push(
        officer,
        dispute(record_id=dispute_id, premises=door.id, source="visit", visit=str(visit_id)),
        visit(door.id, record_id=visit_id, disputes=[str(dispute_id)]),
    )
    assert outcomes_of(outcomes) == ["applied", "applied"]
    assert Visit.objects.get().dispute_ids == [dispute_id]


def test_a_visit_of_the_future_froze_its_door_for_years(push: Push, officer: Officer, door: Premises) -> None:
    # the clock was wrong when it was recorded and right when it was sent: no skew tells
    push(officer, visit(door.id, at=datetime.now(UTC) + timedelta(days=900)))
    door.refresh_from_db()
    assert door.last_visited_at is not None
    assert door.last_visited_at <= datetime.now(UTC)
    assert Visit.objects.get().recorded_at > datetime.now(UTC)  # the evidence stays


def test_a_record_altered_on_its_way_blocked_the_right_one_for_ever(
    push: Push, officer: Officer, door: Premises
) -> None:
    right = visit(door.id, note="原文")
    altered = right | {"payload": right["payload"] | {"note": "变了"}}
    assert codes_of(push(officer, altered)) == ["payload_hash_mismatch"]
    assert outcomes_of(push(officer, right)) == ["applied"]
    assert Visit.objects.get().note == "原文"
    assert "变了" in MutationVariant.objects.get().raw
    assert outcomes_of(push(officer, right)) == ["duplicate"]


def test_a_leg_that_came_before_its_outing_never_healed(push: Push, officer: Officer, door: Premises) -> None:
    _, _, (start, leg, _) = outing()
    assert codes_of(push(officer, leg)) == ["patrol_unknown"]
    assert outcomes_of(push(officer, start)) == ["applied"]
    assert outcomes_of(push(officer, leg)) == ["applied"]


def test_records_went_out_under_the_name_of_whoever_was_signed_in(
    client_of: ClientOf, officer: Officer, lead: Officer, door: Premises
) -> None:
    body = batch([visit(door.id)])
    for headers, status in (({"x-officer": str(officer.id)}, 401), ({"x-officer": str(lead.id)}, 200)):
        pushed = client_of(lead).post("/api/v1/sync/push", body, format="json", headers=headers)
        pulled = client_of(lead).get("/api/v1/sync/pull", headers=headers)
        assert (pushed.status_code, pulled.status_code) == (status, status)
        if status == 401:
            assert pushed.json()["code"] == pulled.json()["code"] == "signed_in_as_another"
    assert Visit.objects.get().author == lead


def test_a_lead_of_a_branch_reads_figures_and_has_no_feed(client_of: ClientOf, city: City) -> None:
    branch_lead = OfficerFactory(unit=city.branch, roles=["lead"])
    assert client_of(branch_lead).get("/api/v1/sync/pull").json()["code"] == "not_allowed"
    assert client_of(branch_lead).get("/api/v1/coverage/townships").status_code == 200


def test_a_name_of_a_household_was_dropped_from_the_table_and_kept_in_the_log(
    push: Push, officer: Officer, city: City
) -> None:
    payload = {
        "action": "new",
        "kind": "household",
        "address": "新村 1 号",
        "name": "张三",
        "lon": 114.05,
        "lat": 27.75,
    }
    assert codes_of(push(officer, mutation("premises.propose", payload))) == ["payload_invalid"]


def test_a_visit_cannot_name_an_outing_of_another_station(
    push: Push, officer: Officer, neighbour: Officer, door: Premises
) -> None:
    patrol_id, _, (start, *_) = outing()
    push(neighbour, start)
    assert codes_of(push(officer, visit(door.id, patrol=str(patrol_id)))) == ["patrol_unknown"]


@pytest.mark.parametrize("wrong", [{"lon": "114.4"}, {"age_s": True}])
def test_text_and_truth_are_no_numbers(push: Push, officer: Officer, door: Premises, wrong: dict[str, Any]) -> None:
    place = {"lon": 114.05, "lat": 27.75, "accuracy_m": 5, "age_s": 0} | wrong
    assert codes_of(push(officer, visit(door.id, place=place))) == ["payload_invalid"]


def test_a_chunked_body_was_read_as_empty(officer: Officer, door: Premises) -> None:
    body = json.dumps(batch([visit(door.id)])).encode()
    request = RequestFactory().generic("POST", "/api/v1/sync/push", b"", content_type="application/json")
    request.META |= {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": io.BytesIO(body)}
    force_authenticate(request, user=officer)
    response = PushView.as_view()(request)
    assert outcomes_of(response.data["outcomes"]) == ["applied"]
