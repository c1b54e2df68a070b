"""Fixtures that every test may use: a small city and the five accounts that make a permission test one line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import hypothesis
import pytest
from rest_framework.test import APIClient

from backend.accounts.models import Officer, Role, Unit, UnitKind
from geo.models import Area, Deployment, Premises, UnitArea
from tests.builders import batch
from tests.factories import AreaFactory, DeploymentFactory, OfficerFactory, PremisesFactory, UnitFactory

# A deadline would be a timed assertion: a busy machine is no defect.
hypothesis.settings.register_profile("xunfang", deadline=None)
hypothesis.settings.load_profile("xunfang")

ACCOUNTS = ("officer", "lead", "neighbour", "analyst", "administrator")


@dataclass(frozen=True)
class City:
    """Two townships side by side, a station for each, in one branch of one bureau; and a second branch with a third."""

    deployment: Deployment
    bureau: Unit
    branch: Unit
    station: Unit
    next_station: Unit
    far_station: Unit
    township: Area
    next_township: Area
    far_township: Area


@pytest.fixture
def city(db: None) -> City:
    deployment = DeploymentFactory()
    bureau = UnitFactory(kind=UnitKind.BUREAU, code="B", name="测试市局")
    branch = UnitFactory(kind=UnitKind.BRANCH, code="B1", parent=bureau, name="第一分局")
    far_branch = UnitFactory(kind=UnitKind.BRANCH, code="B2", parent=bureau, name="第二分局")
    stations, townships = [], []
    for column, (code, parent) in enumerate([("S1", branch), ("S2", branch), ("S3", far_branch)]):
        stations.append(UnitFactory(code=code, parent=parent, name=f"{code}派出所"))
        townships.append(AreaFactory(column=column, code=f"99090000{column + 1}"))
        UnitArea.objects.create(unit=stations[-1], area=townships[-1])
    return City(deployment, bureau, branch, *stations, *townships)


@pytest.fixture
def accounts(city: City) -> dict[str, Officer]:
    """The five accounts of every permission test, by name."""
    return {
        "officer": OfficerFactory(username="officer", unit=city.station, roles=[Role.OFFICER]),
        "lead": OfficerFactory(username="lead", unit=city.station, roles=[Role.LEAD]),
        "neighbour": OfficerFactory(username="neighbour", unit=city.next_station, roles=[Role.OFFICER]),
        "analyst": OfficerFactory(username="analyst", unit=city.bureau, roles=[Role.ANALYST]),
        "administrator": OfficerFactory(
            username="administrator", unit=city.bureau, roles=[Role.ADMINISTRATOR], is_staff=True
        ),
    }


@pytest.fixture
def officer(accounts: dict[str, Officer]) -> Officer:
    return accounts["officer"]


@pytest.fixture
def lead(accounts: dict[str, Officer]) -> Officer:
    return accounts["lead"]


@pytest.fixture
def neighbour(accounts: dict[str, Officer]) -> Officer:
    return accounts["neighbour"]


@pytest.fixture
def analyst(accounts: dict[str, Officer]) -> Officer:
    return accounts["analyst"]


@pytest.fixture
def administrator(accounts: dict[str, Officer]) -> Officer:
    return accounts["administrator"]


@pytest.fixture
def door(city: City) -> Premises:
    """A household of the officer's station."""
    return PremisesFactory(area=city.township)


@pytest.fixture
def foreign_door(city: City) -> Premises:
    """A household of the neighbouring station."""
    return PremisesFactory(area=city.next_township)


@pytest.fixture
def client_of() -> Callable[[Officer | None], APIClient]:
    """A function that returns an HTTP client with the officer's session (None: signed out)."""

    def client(officer: Officer | None) -> APIClient:
        made = APIClient()
        if officer is not None:
            made.force_login(officer)
        return made

    return client


@pytest.fixture
def push(client_of: Callable[[Officer | None], APIClient]) -> Callable[..., list[dict[str, Any]]]:
    """A function that pushes mutations over HTTP as an officer and returns the outcomes."""

    def send(officer: Officer, *mutations: Any, **header: Any) -> list[dict[str, Any]]:
        response = client_of(officer).post("/api/v1/sync/push", batch(mutations, **header), format="json")
        assert response.status_code == 200, response.content
        outcomes: list[dict[str, Any]] = response.json()["outcomes"]
        return outcomes

    return send


@pytest.fixture
def pull(client_of: Callable[[Officer | None], APIClient]) -> Callable[..., list[dict[str, Any]]]:
    """A function that pulls everything an officer may see, page by page, and returns the changes."""

    def fetch(officer: Officer, limit: int = 500) -> list[dict[str, Any]]:
        client, cursor, changes = client_of(officer), "", []
        while True:
            page = client.get(
                "/api/v1/sync/pull", {"cursor": cursor, "limit": limit} if cursor else {"limit": limit}
            ).json()
            changes += page["changes"]
            cursor = page["cursor"]
            if not page["has_more"]:
                return changes

    return fetch


def outcomes_of(outcomes: Sequence[dict[str, Any]]) -> list[str]:
    """Return the outcome words in order."""
    return [one["outcome"] for one in outcomes]


def codes_of(outcomes: Sequence[dict[str, Any]]) -> list[str | None]:
    """Return the problem codes in order."""
    return [one["problem"]["code"] if one["problem"] else None for one in outcomes]
