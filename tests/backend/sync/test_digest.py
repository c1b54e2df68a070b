"""Phone and server can compare all they hold by one number: equal when idle, unequal when a single record differs."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from backend.common.canonical_json import canonical_bytes
from backend.common.outcomes import Change
from backend.sync.feed import epoch_renew, feed_append
from geo.models import Premises
from tests.builders import dispute, dispute_event, visit
from tests.conftest import City
from tests.factories import PremisesFactory, new_id
from visits.models import Visit

Push = Callable[..., list[dict[str, Any]]]
ClientOf = Callable[[Officer | None], APIClient]
Held = dict[str, dict[str, dict[str, Any]]]
TYPES = ("premises", "visit", "dispute", "dispute_event")


def pulled(client: APIClient, limit: int = 3) -> tuple[Held, str]:
    """Return what a phone holds after pulling everything in small pages, by type and id, and its cursor."""
    held: Held = {name: {} for name in TYPES}
    cursor = ""
    while True:
        page = client.get("/api/v1/sync/pull", {"limit": limit, **({"cursor": cursor} if cursor else {})}).json()
        for change in page["changes"]:
            rows = held.setdefault(change["type"], {})
            rows.pop(change["id"], None)
            if change["op"] == "put":
                rows[change["id"]] = change["record"]
        cursor = page["cursor"]
        if not page["has_more"]:
            return held, cursor


def digest_of(rows: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the digest of records as the protocol describes it, written out by hand."""
    lines = sorted(
        f"{row['id']} {row['version']} {hashlib.sha256(canonical_bytes(row)).hexdigest()}\n" for row in rows.values()
    )
    return {"count": len(lines), "sha256": hashlib.sha256("".join(lines).encode()).hexdigest()}


@pytest.fixture
def station(
    push: Push, officer: Officer, neighbour: Officer, city: City, door: Premises, foreign_door: Premises
) -> None:
    """A station with records of every digested type, some of them changed since; and a neighbour's record."""
    case = new_id()
    feed_append([Change(door.unit_id, "premises", door.id, 1)])
    sent = [
        visit(
            door.id, help_asked="换灯泡 😀", hazards=[{"id": str(new_id()), "kind": "gas", "note": "软管老化"}],
            place={"lon": 114.05, "lat": 27.750001, "accuracy_m": 5.0, "age_s": 0.5},
        ),
        visit(door.id, "nobody_home"),
        dispute(record_id=case, premises=door.id),
        dispute_event(case, "registered"),
    ]  # fmt: skip
    push(officer, *sent)
    push(neighbour, visit(foreign_door.id))


def test_a_phone_that_has_pulled_everything_holds_what_the_server_holds(
    station: None, client_of: ClientOf, officer: Officer
) -> None:
    client = client_of(officer)
    held, cursor = pulled(client)
    answer = client.get("/api/v1/sync/digest", {"cursor": cursor}).json()
    assert answer["cursor_is_current"] is True
    assert answer["types"] == {name: digest_of(held[name]) for name in TYPES}
    assert {name: one["count"] for name, one in answer["types"].items()} == {
        "premises": 1, "visit": 2, "dispute": 1, "dispute_event": 1,
    }  # fmt: skip
    assert client.get("/api/v1/sync/digest", {"cursor": cursor}).json() == answer


def test_a_single_record_changed_behind_the_feed_shows(station: None, client_of: ClientOf, officer: Officer) -> None:
    client = client_of(officer)
    held, cursor = pulled(client)
    Visit.objects.filter(unit=officer.unit, outcome="met").update(note="没有进变更流")
    types = client.get("/api/v1/sync/digest", {"cursor": cursor}).json()["types"]
    assert [name for name in TYPES if types[name] != digest_of(held[name])] == ["visit"]


def test_a_door_that_was_never_in_the_feed_shows(
    station: None, client_of: ClientOf, officer: Officer, city: City
) -> None:
    client = client_of(officer)
    held, cursor = pulled(client)
    PremisesFactory(area=city.township)
    types = client.get("/api/v1/sync/digest", {"cursor": cursor}).json()["types"]
    assert types["premises"]["count"] == len(held["premises"]) + 1


def test_a_phone_that_lacks_changes_is_told_to_pull_first(
    station: None, push: Push, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    client = client_of(officer)
    _, cursor = pulled(client)
    push(officer, visit(door.id))
    not_current = {"cursor_is_current": False, "types": {}}
    assert client.get("/api/v1/sync/digest", {"cursor": cursor}).json() == not_current
    assert client.get("/api/v1/sync/digest").json() == not_current
    _, cursor = pulled(client)
    assert client.get("/api/v1/sync/digest", {"cursor": cursor}).json()["cursor_is_current"] is True
    epoch_renew()
    assert client.get("/api/v1/sync/digest", {"cursor": cursor}).json() == not_current


def test_a_digest_needs_a_cursor_that_can_be_read(client_of: ClientOf, officer: Officer) -> None:
    answer = client_of(officer).get("/api/v1/sync/digest", {"cursor": "x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


def test_an_empty_station_has_the_digest_of_nothing(client_of: ClientOf, officer: Officer) -> None:
    client = client_of(officer)
    _, cursor = pulled(client)
    answer = client.get("/api/v1/sync/digest", {"cursor": cursor}).json()
    nothing = {"count": 0, "sha256": hashlib.sha256(b"").hexdigest()}
    assert answer == {"cursor_is_current": True, "types": dict.fromkeys(TYPES, nothing)}
    assert json.dumps(answer)
