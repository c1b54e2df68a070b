"""What is derived from a leg: by a real push of real fixes, into townships and street pieces."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.gis.geos import LineString

from backend.accounts.models import Officer
from geo.models import StreetPiece
from patrol.derivation import leg_derive, legs_stale
from patrol.models import Leg, LegTownship, Patrol, PieceLeg
from patrol.tasks import derive_leg
from tests.builders import fixes, mutation, outing
from tests.conftest import City
from tests.factories import NOON, StreetFactory, StreetPieceFactory, new_id

Push = Callable[..., list[dict[str, Any]]]
DAY = date(2026, 11, 20)

# At 27.75° N a degree of longitude is 98.6 km: 0.0002° are 19.7 m.
STEP_DEG = 0.0002
SOUTH, NORTH = 27.75, 27.76


def along(west: float, steps: int, lat: float = SOUTH) -> list[tuple[float, float]]:
    """Return points 19.7 m apart going east."""
    return [(west + position * STEP_DEG, lat) for position in range(steps + 1)]


@pytest.fixture
def street(city: City) -> list[StreetPiece]:
    """Twenty pieces of a street in the first township, from 114.05° E going east."""
    points = along(114.05, 20)
    whole = StreetFactory(line=LineString(points, srid=4326))
    return [
        StreetPieceFactory(
            street=whole, ordinal=n, length_m=19.7, line=LineString(points[n : n + 2], srid=4326), area=city.township
        )
        for n in range(20)
    ]


def walked(push: Push, officer: Officer, *blocks: Any, minutes: float = 2, mode: str = "foot") -> UUID:
    """Push an outing with blocks made by `blocks` from the leg's id; return the leg's id."""
    _, leg_id, steps = outing(minutes=minutes, mode=mode)
    push(officer, *steps, *(block(leg_id) for block in blocks))
    return leg_id


def walk_of(points: list[tuple[float, float]], **options: Any) -> Callable[[UUID], Any]:
    # 19.7 m in 10 s: 2 m/s.
    return lambda leg_id: fixes(leg_id, points, **{"every_s": 10, **options})


def states(leg_id: UUID) -> dict[int, str]:
    return dict(PieceLeg.objects.filter(leg=leg_id).order_by("piece__ordinal").values_list("piece__ordinal", "state"))


def test_a_walk_along_a_street_passes_its_pieces(
    push: Push, officer: Officer, street: list[StreetPiece], city: City
) -> None:
    leg_id = walked(push, officer, walk_of(along(114.05, 10)))

    leg_derive(leg_id=leg_id)

    # Walked from piece 0 to the end of piece 9: piece 10 was not entered.
    assert states(leg_id) == dict.fromkeys(range(10), "passed")
    effort = LegTownship.objects.get(leg=leg_id)
    # 10 × 19.71 m in 100 s.
    assert (effort.area, effort.on, effort.part) == (city.township, DAY, "day")
    assert effort.km == pytest.approx(0.197, abs=0.001)
    assert effort.hours == pytest.approx(100 / 3600, abs=0.0001)


def test_deriving_twice_changes_nothing(push: Push, officer: Officer, street: list[StreetPiece]) -> None:
    leg_id = walked(push, officer, walk_of(along(114.05, 10)))
    derive_leg(str(leg_id))
    columns = ("piece", "on", "part", "state")
    before = sorted(PieceLeg.objects.values_list(*columns))

    derive_leg(str(leg_id))

    assert sorted(PieceLeg.objects.values_list(*columns)) == before
    assert LegTownship.objects.count() == 1


def test_the_order_in_which_blocks_arrive_does_not_matter(
    push: Push, officer: Officer, street: list[StreetPiece]
) -> None:
    first = walk_of(along(114.05, 5))
    later = walk_of(along(114.05 + 6 * STEP_DEG, 4), start=NOON + timedelta(seconds=60))
    results = []
    for blocks in ((first, later), (later, first)):
        leg_id = walked(push, officer, *blocks)
        leg_derive(leg_id=leg_id)
        results.append((states(leg_id), *LegTownship.objects.filter(leg=leg_id).values_list("km", "hours")))
    assert results[0] == results[1]


def test_a_gap_leaves_unknown_what_lies_within_reach_and_passes_nothing(
    push: Push, officer: Officer, street: list[StreetPiece]
) -> None:
    # Walks pieces 0–1, is silent for 80 s (120 m on foot, and 118 m apart: with a fifth of detour 142 m), walks 8–9.
    before = walk_of(along(114.05, 2))
    after = walk_of(along(114.05 + 8 * STEP_DEG, 2), start=NOON + timedelta(seconds=100))
    leg_id = walked(push, officer, before, after)

    leg_derive(leg_id=leg_id)

    found = states(leg_id)
    assert {n for n, state in found.items() if state == "passed"} == {0, 1, 8, 9}
    assert {n for n, state in found.items() if state == "unknown"} == {2, 3, 4, 5, 6, 7}
    # 20 s and 20 s; the gap is no patrolled time.
    assert LegTownship.objects.get(leg=leg_id).hours == pytest.approx(40 / 3600, abs=0.0001)


def test_an_outing_counts_for_the_township_where_most_of_its_time_was_spent(
    push: Push, officer: Officer, city: City
) -> None:
    # The border lies at 114.1° E. One step before it, five behind it.
    leg_id = walked(push, officer, walk_of(along(114.1 - STEP_DEG, 6)))
    outing_of_leg = Patrol.objects.get(legs=leg_id)
    assert outing_of_leg.area == city.township

    touched = leg_derive(leg_id=leg_id)

    outing_of_leg.refresh_from_db()
    assert outing_of_leg.area == city.next_township
    # Both townships' deployments of that day changed.
    assert {(one.area_id, one.day) for one in touched} == {(city.township.pk, DAY), (city.next_township.pk, DAY)}


def test_an_outing_without_a_usable_fix_stays_in_its_units_township(push: Push, officer: Officer, city: City) -> None:
    leg_id = walked(push, officer, walk_of(along(114.15, 3), accuracy_m=[500.0] * 4))

    leg_derive(leg_id=leg_id)

    assert Patrol.objects.get(legs=leg_id).area == city.township
    assert not LegTownship.objects.exists()


def test_a_leg_is_stale_until_derived_and_again_after_a_late_block(
    push: Push, officer: Officer, street: list[StreetPiece]
) -> None:
    leg_id = walked(push, officer, walk_of(along(114.05, 3)))
    assert legs_stale(first=DAY, last=DAY) == [leg_id]
    leg_derive(leg_id=leg_id)
    assert legs_stale(first=DAY, last=DAY) == []

    late = fixes(leg_id, along(114.05 + 3 * STEP_DEG, 3), start=NOON + timedelta(seconds=30), every_s=10)
    push(officer, late)

    assert legs_stale(first=DAY, last=DAY) == [leg_id]
    leg_derive(leg_id=leg_id)
    assert states(leg_id) == dict.fromkeys(range(6), "passed")


def test_a_leg_ends_where_the_next_one_begins(push: Push, officer: Officer, street: list[StreetPiece]) -> None:
    leg_id = walked(push, officer, walk_of(along(114.05, 10)))
    leg_derive(leg_id=leg_id)
    outing_of_leg = Patrol.objects.get(legs=leg_id)

    # Into the car after 50 s: what the foot leg recorded later does not belong to it.
    ride = {"patrol": str(outing_of_leg.id), "mode": "car"}
    push(officer, mutation("patrol.leg", ride, record_id=new_id(), at=NOON + timedelta(seconds=50)))

    assert leg_id in legs_stale(first=DAY, last=DAY)
    leg_derive(leg_id=leg_id)
    assert LegTownship.objects.get(leg=leg_id).hours == pytest.approx(50 / 3600, abs=0.0001)


def test_a_leg_that_is_not_there_is_no_failure(db: None) -> None:
    assert leg_derive(leg_id=new_id()) == frozenset()
    assert not Leg.objects.exists()
