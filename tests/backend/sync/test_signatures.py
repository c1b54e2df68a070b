"""A device signs what it sends; its signature alone lets it send, and only a live session lets anybody read."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from backend.sync.models import Mutation
from geo.models import Premises
from tests.builders import visit
from tests.conftest import codes_of, outcomes_of
from tests.signing import SigningPhone

ClientOf = Callable[[Officer | None], APIClient]


@pytest.fixture
def phone(officer: Officer) -> SigningPhone:
    """A phone enrolled by the officer."""
    made = SigningPhone()
    made.enrolled(officer)
    return made


def refused(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


@pytest.mark.parametrize("compressed", [False, True])
def test_a_signed_push_with_a_live_session_is_applied(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises, compressed: bool
) -> None:
    answer = phone.push(client_of(officer), visit(door.id), compressed=compressed)
    assert outcomes_of(answer.json()["outcomes"]) == ["applied"]


def test_a_signed_push_without_a_session_is_kept_in_quarantine(
    phone: SigningPhone, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    outcomes = phone.push(client_of(None), visit(door.id)).json()["outcomes"]
    assert (outcomes_of(outcomes), codes_of(outcomes)) == (["quarantined"], ["session_ended"])
    kept = Mutation.objects.get()
    assert (kept.officer, kept.unit, kept.outcome) == (officer, officer.unit, "quarantined")
