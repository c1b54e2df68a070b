"""What is derived from a leg: by a real push of real fixes, into townships, street pieces and squares."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from django.contrib.gis.geos import LineString, MultiPolygon, Polygon
from django.db import connection

from backend.accounts.models import Officer
from geo.models import Area, Street, StreetPiece
from geo.networks import Grounds, street_edition
from geo.selectors import deployment
from patrol.derivation import leg_derive, legs_derive, legs_stale
from patrol.leg_times import Gaps, boxes_of, fixes_of
from patrol.leg_ways import legs_ways
from patrol.models import FixBlock, Leg, LegCell, LegTownship, Patrol, PieceLeg
from patrol.tasks import derive_leg
from patrol.track_blob import decode_tracks
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


def street_at(area: Area, *, west: float = 114.05, lat: float = SOUTH, edition: str = "test") -> list[StreetPiece]:
    """Return the twenty pieces of a street going east."""
    points = along(west, 20, lat)
    whole = StreetFactory(line=LineString(points, srid=4326), edition=edition)
    return [
        StreetPieceFactory(
            street=whole, ordinal=n, length_m=19.7, line=LineString(points[n : n + 2], srid=4326), area=area
        )
        for n in range(20)
    ]


@pytest.fixture
def street(city: City) -> list[StreetPiece]:
    """Twenty pieces of a street in the first township, from 114.05° E going east."""
    return street_at(city.township)


def walked(push: Push, officer: Officer, *blocks: Any, minutes: float = 2, mode: str = "foot") -> UUID:
    """Push an outing with blocks made by `blocks` from the leg's id; return the leg's id."""
    _, leg_id, steps = outing(minutes=minutes, mode=mode)
    push(officer, *steps, *(block(leg_id) for block in blocks))
    return leg_id


def walk_of(points: list[tuple[float, float]], **options: Any) -> Callable[[UUID], Any]:
    # 19.7 m in 10 s: 2 m/s.
    return lambda leg_id: fixes(leg_id, points, **{"every_s": 10, **options})


def derived(*leg_ids: UUID) -> list[list[tuple[Any, ...]]]:
    """Return all derived rows of the legs, leg by leg, without their ids."""
    columns = {
        LegTownship: ("area", "on", "part", "km", "hours", "km_off", "hours_off"),
        LegCell: ("cell", "on", "part", "seconds"),
        PieceLeg: ("piece", "on", "part", "state", "seconds", "passes"),
    }
    return [
        [row for table, names in columns.items() for row in sorted(table.objects.filter(leg=one).values_list(*names))]
        for one in leg_ids
    ]


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
    legs = [walked(push, officer, *blocks) for blocks in ((first, later), (later, first))]
    legs_derive(leg_ids=legs)
    one, other = derived(*legs)
    assert one == other
    assert sum(len(row) == 6 for row in one) == 10  # street pieces


def test_a_leg_gives_the_same_rows_alone_and_among_others(
    push: Push, officer: Officer, street: list[StreetPiece]
) -> None:
    legs = [walked(push, officer, walk_of(along(114.05 + n * STEP_DEG, 4 + n))) for n in range(5)]
    legs_derive(leg_ids=legs)
    together = derived(*legs)

    for leg_id in reversed(legs):
        leg_derive(leg_id=leg_id)

    assert derived(*legs) == together


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


def test_a_walk_over_midnight_counts_on_both_days(push: Push, officer: Officer, street: list[StreetPiece]) -> None:
    midnight = NOON + timedelta(hours=12)
    begun = midnight - timedelta(seconds=50)
    _, leg_id, steps = outing(start=begun, minutes=2)
    push(officer, *steps, fixes(leg_id, along(114.05, 10), start=begun, every_s=10))

    leg_derive(leg_id=leg_id)

    nights = PieceLeg.objects.filter(leg=leg_id, part="night").order_by("piece__ordinal")
    assert list(nights.values_list("piece__ordinal", flat=True)) == list(range(10))
    assert set(nights.filter(on=DAY).values_list("piece__ordinal", flat=True)) == {0, 1, 2, 3, 4}
    hours = dict(LegTownship.objects.filter(leg=leg_id).values_list("on", "hours"))
    assert hours == {DAY: 0.0139, DAY + timedelta(days=1): 0.0139}  # 50 s each


def test_an_alley_off_the_map_counts_hours_and_kilometres_but_no_street(
    push: Push, officer: Officer, street: list[StreetPiece]
) -> None:
    # 300 m north of the street.
    leg_id = walked(push, officer, walk_of(along(114.05, 10, SOUTH + 0.0027)))

    leg_derive(leg_id=leg_id)

    assert states(leg_id) == {}
    effort = LegTownship.objects.get(leg=leg_id)
    assert effort.hours == effort.hours_off == pytest.approx(100 / 3600, abs=0.0001)
    assert effort.km == effort.km_off == pytest.approx(0.197, abs=0.02)
    assert sum(LegCell.objects.filter(leg=leg_id).values_list("seconds", flat=True)) == 100


def test_the_parallel_street_is_not_passed(push: Push, officer: Officer, street: list[StreetPiece], city: City) -> None:
    beside = street_at(city.township, lat=SOUTH + 0.00018)  # 20 m north
    # Two metres off the street that is walked.
    leg_id = walked(push, officer, walk_of(along(114.05, 10, SOUTH + 0.00002)))

    leg_derive(leg_id=leg_id)

    passed = set(PieceLeg.objects.filter(leg=leg_id).values_list("piece", flat=True))
    assert passed == {piece.pk for piece in street[:10]}
    assert passed.isdisjoint(piece.pk for piece in beside)


def test_there_and_back_is_passed_twice(push: Push, officer: Officer, street: list[StreetPiece]) -> None:
    there = along(114.05, 8)
    leg_id = walked(push, officer, walk_of([*there, *there[-2::-1]]), minutes=3)

    leg_derive(leg_id=leg_id)

    rows = PieceLeg.objects.filter(leg=leg_id, piece__ordinal__range=(1, 6))
    assert set(rows.values_list("passes", flat=True)) == {2}
    assert sum(PieceLeg.objects.filter(leg=leg_id).values_list("seconds", flat=True)) == pytest.approx(160, abs=12)


def test_another_edition_of_the_streets_is_matched_anew(
    push: Push, officer: Officer, street: list[StreetPiece], city: City
) -> None:
    here = walked(push, officer, walk_of(along(114.05, 10)))
    far = walked(push, officer, walk_of(along(114.15, 10)))
    legs_derive(leg_ids=[here, far])

    newer = street_at(city.township, edition="newer")

    # The other track lies ten kilometres from what changed.
    assert legs_stale(first=DAY, last=DAY) == [here]
    leg_derive(leg_id=here)
    assert set(PieceLeg.objects.filter(leg=here).values_list("piece", flat=True)) == {one.pk for one in newer[:10]}
    assert legs_stale(first=DAY, last=DAY) == []


def test_a_newer_edition_elsewhere_makes_tracks_on_the_former_one_stale(
    push: Push, officer: Officer, street: list[StreetPiece], city: City
) -> None:
    here = walked(push, officer, walk_of(along(114.05, 10)))
    leg_derive(leg_id=here)

    # Its streets lie ten kilometres away, and the one walked on is in none of them.
    street_at(city.township, west=114.15, edition="newer")

    assert legs_stale(first=DAY, last=DAY) == [here]
    leg_derive(leg_id=here)
    assert states(here) == {}
    Street.objects.filter(edition="newer").delete()
    assert legs_stale(first=DAY, last=DAY) == [here]
    leg_derive(leg_id=here)
    assert states(here) == dict.fromkeys(range(10), "passed")


def test_a_street_that_completes_an_older_edition_does_not_bring_it_back(street: list[StreetPiece], city: City) -> None:
    street_at(city.township, edition="newer")
    street_at(city.township, lat=NORTH, edition="test")
    assert street_edition() == "newer"


def test_an_outing_that_loses_its_track_counts_for_its_station_again(push: Push, lead: Officer, city: City) -> None:
    leg_id = walked(push, lead, walk_of(along(114.12, 10)))
    leg_derive(leg_id=leg_id)
    assert Patrol.objects.get().area == city.next_township

    FixBlock.objects.all().delete()
    touched = leg_derive(leg_id=leg_id)

    assert Patrol.objects.get().area == city.township
    assert {one.area_id for one in touched} == {city.township.pk, city.next_township.pk}


def test_what_changes_the_ground_of_a_track_and_nothing_else_makes_it_stale(
    push: Push, officer: Officer, street: list[StreetPiece], city: City
) -> None:
    leg_id = walked(push, officer, walk_of(along(114.05, 4)))
    pieces = StreetPiece.objects.filter(pk=street[2].pk)
    township = Area.objects.filter(pk=city.township.pk)
    smaller = MultiPolygon(
        city.township.boundary[0].intersection(Polygon.from_bbox((114.0, 27.0, 114.09, 28.0))), srid=4326
    )
    changes: list[tuple[Callable[[], object], bool]] = [
        (lambda: pieces.update(beat=None), False),
        (lambda: pieces.update(line=street[2].line), False),
        (lambda: township.update(name="新名"), False),
        (lambda: pieces.update(area=city.next_township), True),
        (lambda: pieces.update(line=street[3].line), True),
        (lambda: Street.objects.update(line=LineString(along(114.05, 19), srid=4326)), True),
        (lambda: township.update(boundary=smaller), True),
        (lambda: Area.objects.filter(pk=city.far_township.pk).update(boundary=city.far_township.boundary), False),
    ]
    for change, is_stale in changes:
        leg_derive(leg_id=leg_id)
        change()
        assert legs_stale(first=DAY, last=DAY) == ([leg_id] if is_stale else [])


def test_what_was_passed_goes_with_the_piece(push: Push, officer: Officer, street: list[StreetPiece]) -> None:
    leg_id = walked(push, officer, walk_of(along(114.05, 4)), minutes=1)
    leg_derive(leg_id=leg_id)

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM geo_streetpiece WHERE id = %s", [street[1].pk])

    assert states(leg_id) == dict.fromkeys((0, 2, 3), "passed")
    assert legs_stale(first=DAY, last=DAY) == [leg_id]


def test_phone_and_recorder_at_once_are_one_track(push: Push, officer: Officer, street: list[StreetPiece]) -> None:
    path = along(114.05, 10)
    # The recorder stands 40 m away and hears less often: taken together the track would jump to and fro.
    away = [(lon, lat + 0.0004) for lon, lat in path[::3]]
    recorder = walk_of(away, source="owntracks", every_s=30, start=NOON + timedelta(seconds=5))
    leg_id = walked(push, officer, walk_of(path), recorder)

    leg_derive(leg_id=leg_id)

    assert states(leg_id) == dict.fromkeys(range(10), "passed")
    assert LegTownship.objects.get(leg=leg_id).km == pytest.approx(0.197, abs=0.003)


def test_after_its_raw_blocks_are_gone_the_track_stands_for_them(
    push: Push, officer: Officer, street: list[StreetPiece]
) -> None:
    leg_id = walked(push, officer, walk_of(along(114.05, 5)))
    leg_derive(leg_id=leg_id)
    before = derived(leg_id)
    Leg.objects.filter(pk=leg_id).update(raw_dropped_at=NOON)
    FixBlock.objects.filter(leg=leg_id).delete()

    leg_derive(leg_id=leg_id)
    assert derived(leg_id) == before

    late = fixes(leg_id, along(114.05 + 5 * STEP_DEG, 5), start=NOON + timedelta(seconds=50), every_s=10)
    push(officer, late)
    tracks = []
    for _ in range(2):
        leg_derive(leg_id=leg_id)
        assert states(leg_id) == dict.fromkeys(range(10), "passed")
        tracks.append(bytes(Leg.objects.get(pk=leg_id).track or b""))
    # The block that came late is in the track by now, and not put in again.
    assert tracks[0] == tracks[1]


def test_a_province_is_matched_in_squares_with_the_same_result(
    push: Push, officer: Officer, street: list[StreetPiece]
) -> None:
    leg_id = walked(push, officer, walk_of(along(114.05, 10)))
    leg_derive(leg_id=leg_id)
    track, epsg = bytes(Leg.objects.get(pk=leg_id).track), deployment().metric_epsg
    tracks = decode_tracks([track])
    boxes = boxes_of(fixes_of(tracks, ["foot"]), 1)
    no_gaps = Gaps(np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, 5)))
    city, province = (Grounds(0, "test", epsg) for _ in range(2))
    province.is_small = False

    whole, squares = (legs_ways(one, [track], ["foot"], boxes, no_gaps)[0] for one in (city, province))

    assert len(whole.piece) == 10
    assert [column.tolist() for column in squares] == [column.tolist() for column in whole]
