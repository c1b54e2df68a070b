"""Canary scan: strings that only one station wrote are searched for in everything that anybody else can fetch."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from geo.models import Premises
from tests.architecture.test_routes import address, policy_of, routes
from tests.builders import dispute, dispute_event, mutation, outing, party, visit
from tests.conftest import City
from tests.factories import PremisesFactory, new_id

CANARY = "canary7f3a9c"


@pytest.fixture
def secrets(push: Callable[..., Any], officer: Officer, city: City) -> Premises:
    """A station whose every text holds the canary; and a visit of ours that waits at the neighbour's quarantine."""
    door = PremisesFactory(area=city.township, kind="enterprise", address=f"{CANARY}路", name=f"{CANARY}店")
    patrol_id, _, (start, leg, end) = outing()
    case = new_id()
    outcomes = push(
        officer,
        start,
        leg,
        mutation("patrol.observe", {"patrol": str(patrol_id), "category": "order", "text": CANARY}),
        end,
        visit(door.id, note=CANARY, help_asked=CANARY, hazards=[{"id": str(new_id()), "kind": "gas", "note": CANARY}]),
        dispute(record_id=case, premises=door.id, summary=CANARY, place_text=CANARY),
        party(case, name_masked=f"{CANARY}*"),
        dispute_event(case, "registered", note=CANARY),
    )
    assert {one["outcome"] for one in outcomes} == {"applied"}
    return door


def answers(client: APIClient) -> list[tuple[str, str]]:
    """Return (address, body with headers) of every GET route and of the ways to ask for our township's records."""
    asked = [
        address(path) for path, view in routes() if hasattr(getattr(view, "cls", view), "get") or not policy_of(view)
    ]
    figures = ("visits", "households_visited", "enterprises_visited", "disputes_found", "officer_deployments")
    asked += [
        f"/api/v1/coverage/townships/990900001/records?figure={figure}&window=2026-11-01..2026-11-30"
        for figure in figures
    ]
    asked += ["/api/v1/coverage/townships?window=2026-11-01..2026-11-30", "/admin/", "/admin/geo/premises/"]
    found = []
    for one in asked:
        response = client.get(one)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        found.append((one, body.decode("utf-8", "replace") + repr(response.headers)))
    return found


def test_the_station_itself_finds_its_own_words(
    secrets: Premises, officer: Officer, client_of: Callable[[Officer | None], APIClient]
) -> None:
    where = [one for one, text in answers(client_of(officer)) if CANARY in text]
    assert "/api/v1/sync/pull" in where  # the scan would see a leak


@pytest.mark.parametrize("account", ["neighbour", "nobody"])
def test_nobody_else_ever_meets_a_word_of_the_station(
    secrets: Premises, accounts: dict[str, Officer], client_of: Callable[[Officer | None], APIClient], account: str
) -> None:
    assert [one for one, text in answers(client_of(accounts.get(account))) if CANARY in text] == []


def test_an_administrator_meets_no_case_content(
    secrets: Premises, administrator: Officer, client_of: Callable[[Officer | None], APIClient]
) -> None:
    leaks = [one for one, text in answers(client_of(administrator)) if CANARY in text and "/admin/geo/" not in one]
    assert leaks == []
