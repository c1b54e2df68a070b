"""Contacts of parties: sealed for the server, opened for a reason that is written down, erased on time."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from backend.sync.contact_erasure import contacts_erase_due
from backend.sync.models import Mutation
from tests.builders import dispute, dispute_event, party
from tests.conftest import City, outcomes_of
from tests.factories import NOON, new_id
from tests.sealing import altered, sealed
from visits.models import ContactReveal, Dispute, Party

Push = Callable[..., list[dict[str, Any]]]
Pull = Callable[..., list[dict[str, Any]]]
ClientOf = Callable[[Officer | None], APIClient]
NAME, PHONE = "张示例", "13800008000"
MASKED = {"name_masked": "张**", "phone_masked": "138****8000"}
LATER = NOON + timedelta(days=91)


@pytest.fixture
def contact(client_of: ClientOf, officer: Officer) -> Callable[..., dict[str, Any]]:
    """A function that returns a party whose contact is sealed as a phone seals it."""

    def made(**fields: Any) -> dict[str, Any]:
        key, party_id = client_of(officer).get("/api/v1/me").json()["sealing_key"], str(new_id())
        content = json.dumps({"name": NAME, "phone": PHONE}).encode()
        blob = sealed(key, content, info="xunfang/party/1", aad=party_id)
        return {"id": party_id, "role": "side_a", **MASKED, "sealed": blob, **fields}

    return made


@pytest.fixture
def case(push: Push, officer: Officer, city: City, contact: Callable[..., Any]) -> tuple[str, dict[str, Any]]:
    """A dispute of the officer's station with one party whose contact is known: their ids."""
    case_id, side = str(new_id()), contact()
    assert outcomes_of(push(officer, dispute(record_id=case_id, parties=[side]))) == ["applied"]
    return case_id, side


def reveal(client: APIClient, case_id: str, party_id: str, reason: str = "约调解时间") -> Any:
    return client.post(f"/api/v1/disputes/{case_id}/parties/{party_id}/reveal", {"reason": reason}, format="json")


def test_a_contact_is_opened_for_a_reason_and_the_look_is_written_down(
    case: tuple[str, dict[str, Any]], client_of: ClientOf, lead: Officer
) -> None:
    answer = reveal(client_of(lead), case[0], case[1]["id"])
    assert (answer.status_code, answer.json()) == (200, {"name": NAME, "phone": PHONE})
    assert answer["Cache-Control"] == "no-store"
    row = ContactReveal.objects.get()
    assert (str(row.dispute_ref), str(row.party_ref)) == (case[0], case[1]["id"])
    assert (row.officer, row.unit, row.device, row.reason) == (lead, lead.unit, None, "约调解时间")


@pytest.mark.parametrize("change", [{"reason": "不是这个"}, None])
def test_what_was_written_down_about_a_look_never_changes(
    case: tuple[str, dict[str, Any]], client_of: ClientOf, officer: Officer, change: dict[str, str] | None
) -> None:
    reveal(client_of(officer), case[0], case[1]["id"])
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows = ContactReveal.objects.all()
        rows.update(**change) if change else rows.delete()


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_without_a_reason_nothing_is_opened(
    case: tuple[str, dict[str, Any]], client_of: ClientOf, officer: Officer, reason: str
) -> None:
    assert reveal(client_of(officer), case[0], case[1]["id"], reason).status_code == 400
    assert not ContactReveal.objects.exists()


@pytest.mark.parametrize(
    ("account", "status"), [("neighbour", 404), ("analyst", 403), ("administrator", 403), ("nobody", 401)]
)
def test_nobody_else_opens_a_contact(
    case: tuple[str, dict[str, Any]],
    client_of: ClientOf,
    accounts: dict[str, Officer],
    account: str,
    status: int,
) -> None:
    assert reveal(client_of(accounts.get(account)), case[0], case[1]["id"]).status_code == status
    assert not ContactReveal.objects.exists()


def test_a_party_is_found_only_with_its_own_dispute(
    case: tuple[str, dict[str, Any]], client_of: ClientOf, officer: Officer
) -> None:
    assert reveal(client_of(officer), str(new_id()), case[1]["id"]).status_code == 404


def test_no_column_and_no_answer_but_the_one_holds_a_name_or_number_in_clear(
    case: tuple[str, dict[str, Any]], pull: Pull, officer: Officer
) -> None:
    stored = [*Party.objects.values_list(), *Mutation.objects.values_list(), *Dispute.objects.values_list()]
    assert not any(word in repr([stored, pull(officer)]) for word in (NAME, PHONE))


def test_a_party_without_contact_and_an_altered_one_say_so(
    push: Push, client_of: ClientOf, officer: Officer, city: City, contact: Callable[..., Any]
) -> None:
    case_id, bare, broken = str(new_id()), {"id": str(new_id()), "role": "side_a"}, contact()
    broken["sealed"] = altered(broken["sealed"])
    stolen = {**contact(), "id": str(new_id())}  # sealed for another party
    push(officer, dispute(record_id=case_id, parties=[bare, broken, stolen]))
    answers = [reveal(client_of(officer), case_id, one["id"]) for one in (bare, broken, stolen)]
    assert [answer.json()["code"] for answer in answers] == ["contact_missing", *["contact_unreadable"] * 2]
    assert not ContactReveal.objects.exists()


def end(push: Push, officer: Officer, case_id: str, at: datetime = NOON) -> None:
    """Let a dispute be settled and closed."""
    agreement = {"form": "oral", "terms": "和好"}
    steps = [("registered", {}), ("session_held", {}), ("resolved", {"agreement": agreement}), ("closed", {})]
    push(officer, *[dispute_event(case_id, event, at=at, **fields) for event, fields in steps])


def test_ninety_days_after_the_end_contacts_are_erased_everywhere_and_roles_stay(
    case: tuple[str, dict[str, Any]],
    push: Push,
    pull: Pull,
    client_of: ClientOf,
    officer: Officer,
    contact: Callable[..., Any],
) -> None:
    push(officer, party(case[0], **contact(role="side_b")))
    end(push, officer, case[0])
    assert contacts_erase_due(now=NOON + timedelta(days=89)) == 0
    assert contacts_erase_due(now=LATER) == 1
    assert contacts_erase_due(now=LATER) == 0
    shown = [one["record"] for one in pull(officer) if one["type"] == "dispute"][-1]["parties"]
    assert [(one["role"], one["name_masked"], one["has_contact"]) for one in shown] == [
        ("side_a", "", False),
        ("side_b", "", False),
    ]
    assert reveal(client_of(officer), case[0], case[1]["id"]).json()["code"] == "contact_missing"
    kept = repr([*Party.objects.values_list(), *Mutation.objects.values_list()])
    assert case[1]["sealed"] not in kept
    assert MASKED["phone_masked"] not in kept


def test_contacts_of_a_dispute_that_goes_on_or_was_reopened_stay(
    case: tuple[str, dict[str, Any]], push: Push, officer: Officer
) -> None:
    assert contacts_erase_due(now=LATER) == 0
    end(push, officer, case[0])
    push(officer, dispute_event(case[0], "reopened", at=NOON + timedelta(days=1)))
    assert contacts_erase_due(now=LATER + timedelta(days=30)) == 0
    assert Party.objects.exclude(sealed="").count() == 1


def test_a_follow_up_moves_the_day_of_erasure(case: tuple[str, dict[str, Any]], push: Push, officer: Officer) -> None:
    end(push, officer, case[0], at=datetime(2026, 8, 1, tzinfo=UTC))
    push(officer, dispute_event(case[0], "reopened", at=datetime(2026, 9, 1, tzinfo=UTC)))
    end(push, officer, case[0], at=datetime(2026, 9, 2, tzinfo=UTC))
    assert contacts_erase_due(now=datetime(2026, 11, 15, tzinfo=UTC)) == 0
    assert contacts_erase_due(now=datetime(2026, 12, 15, tzinfo=UTC)) == 1
