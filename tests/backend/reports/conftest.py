"""What the tests of the figures share: facts made by real pushes, rows compared byte for byte."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from backend.reports.models import TownshipDay
from backend.reports.services import aggregate_days

# NOON of tests.factories is 12:00 on this day in Asia/Shanghai.
DAY = date(2026, 11, 20)


def aggregate(first: date = DAY, last: date | None = None) -> None:
    """Bring the days up to date."""
    aggregate_days(first=first, last=last or first)


def day_row(area: Any, on: date = DAY, part: str = "all") -> TownshipDay:
    """Return one row of TownshipDay."""
    return TownshipDay.objects.get(area=area, on=on, part=part)


def all_rows() -> list[tuple[Any, ...]]:
    """Return every column of every row, revision and as_of included."""
    return list(TownshipDay.objects.order_by("area", "on", "part").values_list())


def all_columns() -> list[str]:
    """Return the names of the columns of TownshipDay."""
    return [field.attname for field in TownshipDay._meta.fields]


@pytest.fixture
def coverage(client_of: Callable[[Officer | None], APIClient]) -> Callable[..., dict[str, Any]]:
    """A function that asks for coverage as an officer and returns the answer."""

    def ask(officer: Officer, window: str = "30d", **query: Any) -> dict[str, Any]:
        asked = {"window": window, "as_of": DAY.isoformat(), "geometry": "none", **query}
        response = client_of(officer).get("/api/v1/coverage/townships", asked)
        assert response.status_code == 200, response.content
        answer: dict[str, Any] = response.json()
        return answer

    return ask


@pytest.fixture
def figures_of(coverage: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A function that returns the properties of one township as an officer sees them."""

    def ask(officer: Officer, area: Any, window: str = "30d", **query: Any) -> dict[str, Any]:
        features = coverage(officer, window, **query)["features"]
        return next(feature["properties"] for feature in features if feature["id"] == area.pk)

    return ask


@pytest.fixture
def records_of(client_of: Callable[[Officer | None], APIClient]) -> Callable[..., list[dict[str, Any]]]:
    """A function that returns all records behind a figure, page by page."""

    def ask(officer: Officer, area: Any, figure: str, window: str = "30d", **query: Any) -> list[dict[str, Any]]:
        client, found = client_of(officer), []
        address: str | None = f"/api/v1/coverage/townships/{area.code}/records"
        asked = {"figure": figure, "window": window, "as_of": DAY.isoformat(), **query}
        while address:
            response = client.get(address, asked)
            assert response.status_code == 200, response.content
            page = response.json()
            found += page["results"]
            address, asked = page["next"], {}
        return found

    return ask
