"""From a walk to the street figures of a township: passed, unknown, and neither."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from backend.accounts.models import Officer
from geo.models import StreetPiece
from tests.backend.reports.conftest import aggregate, all_rows, day_row
from tests.builders import fixes, outing
from tests.conftest import City
from tests.factories import NOON
from tests.patrol.test_derivation import STEP_DEG, along, street, street_at

__all__ = ["street"]
Push = Callable[..., list[dict[str, Any]]]
Ask = Callable[..., dict[str, Any]]


def test_aggregating_derives_the_tracks_first(
    push: Push, figures_of: Ask, officer: Officer, street: list[StreetPiece], city: City
) -> None:
    _, leg_id, steps = outing(minutes=2)
    push(officer, *steps, fixes(leg_id, along(114.05, 10), every_s=10))

    aggregate()

    # 10 of 20 pieces of 19.7 m; 197 m walked in 100 s.
    figures = figures_of(officer, city.township)
    assert (figures["street_m"], figures["street_m_covered"], figures["street_coverage"]) == (394.0, 197.0, 0.5)
    assert figures["patrol_km"] == pytest.approx(0.197, abs=0.001)
    assert day_row(city.township).street_m_covered == 197.0
    assert (day_row(city.township, part="night").street_m_covered, figures["officer_deployments"]) == (0, 1)


def test_what_one_outing_left_unknown_another_one_passes(
    push: Push, figures_of: Ask, officer: Officer, street: list[StreetPiece], city: City
) -> None:
    _, leg_id, steps = outing(minutes=2)
    silent = fixes(leg_id, along(114.05 + 8 * STEP_DEG, 2), start=NOON + timedelta(seconds=100), every_s=10)
    push(officer, *steps, fixes(leg_id, along(114.05, 2), every_s=10), silent)
    aggregate()
    # Pieces 2–7 of 19.7 m lie within reach of the gap.
    assert figures_of(officer, city.township)["street_m_unknown"] == 118.2

    at = NOON + timedelta(hours=1)
    _, second, steps = outing(start=at, minutes=2)
    push(officer, *steps, fixes(second, along(114.05, 10), every_s=10, start=at))
    aggregate()

    figures = figures_of(officer, city.township)
    assert (figures["street_m_covered"], figures["street_m_unknown"]) == (197.0, 0.0)


def test_a_second_edition_of_the_streets_does_not_double_their_metres(
    push: Push, figures_of: Ask, officer: Officer, street: list[StreetPiece], city: City
) -> None:
    _, leg_id, steps = outing(minutes=2)
    push(officer, *steps, fixes(leg_id, along(114.05, 10), every_s=10))
    aggregate()
    before = figures_of(officer, city.township)

    street_at(city.township, edition="newer")

    # Until the tracks lie on it nothing of it is passed; what was passed of the former one is not in it.
    waiting = figures_of(officer, city.township)
    assert (waiting["street_m"], waiting["street_m_covered"], waiting["street_coverage"]) == (394.0, 0, 0)
    aggregate()
    assert figures_of(officer, city.township) == before


def test_aggregating_tracks_twice_gives_the_same_rows(push: Push, officer: Officer, street: list[StreetPiece]) -> None:
    _, leg_id, steps = outing(minutes=2)
    push(officer, *steps, fixes(leg_id, along(114.05, 10), every_s=10))
    aggregate()
    before = all_rows()

    aggregate()

    assert all_rows() == before


def test_a_walk_into_the_next_township_moves_the_deployment_there(
    push: Push, figures_of: Ask, lead: Officer, city: City
) -> None:
    _, leg_id, steps = outing(minutes=2)
    push(lead, *steps, fixes(leg_id, along(114.1 - STEP_DEG, 6), every_s=10))

    aggregate()

    assert figures_of(lead, city.township)["officer_deployments"] == 0
    assert figures_of(lead, city.next_township)["officer_deployments"] == 1
    assert day_row(city.township).patrol_km > 0 and day_row(city.next_township).patrol_km > 0
