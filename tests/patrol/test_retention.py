"""Raw readings go when their time is over, never before their leg was derived; no figure changes by it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.gis.geos import LineString

from backend.accounts.models import Officer
from patrol.derivation import leg_derive, legs_derive, legs_stale
from patrol.models import FixBlock, Leg, LegCell, LegTownship, PieceLeg
from patrol.retention import RawDropped, raw_tracks_drop
from tests.builders import fixes, outing
from tests.conftest import City
from tests.factories import NOON, StreetFactory, StreetPieceFactory

Push = Callable[..., list[dict[str, Any]]]
DAY = date(2026, 11, 20)
END = NOON + timedelta(minutes=5)
OVER = END + timedelta(days=30, seconds=1)
POINTS = [(114.05 + step * 0.0002, 27.75) for step in range(21)]


@pytest.fixture
def leg(push: Push, officer: Officer, city: City) -> UUID:
    """A leg along a street of twenty pieces: a walk, a silence, and the walk again."""
    whole = StreetFactory(line=LineString(POINTS, srid=4326))
    for n in range(20):
        line = LineString(POINTS[n : n + 2], srid=4326)
        StreetPieceFactory(street=whole, ordinal=n, length_m=19.7, line=line, area=city.township)
    _, leg_id, steps = outing(minutes=5)
    push(officer, *steps, block(leg_id, POINTS[:8]), block(leg_id, POINTS[8:12], after_s=200))
    return leg_id


def block(leg_id: UUID, points: list[tuple[float, float]], after_s: float = 0) -> dict[str, Any]:
    return fixes(leg_id, points, start=NOON + timedelta(seconds=after_s), every_s=10)


def derived() -> list[list[tuple[Any, ...]]]:
    """Return every derived row, and the track."""
    return [
        sorted(LegTownship.objects.values_list("leg", "area", "on", "part", "km", "hours", "km_off", "hours_off")),
        sorted(PieceLeg.objects.values_list("leg", "piece", "on", "part", "state", "seconds", "passes")),
        sorted(LegCell.objects.values_list("leg", "on", "part", "cell", "seconds")),
        [(bytes(track),) for track in Leg.objects.values_list("track", flat=True) if track is not None],
    ]


def passed() -> set[int]:
    return set(PieceLeg.objects.filter(state="passed").values_list("piece__ordinal", flat=True))


def test_raw_readings_stay_for_their_time_and_go_after_it(leg: UUID) -> None:
    leg_derive(leg_id=leg)
    assert raw_tracks_drop(now=END + timedelta(days=30)) == RawDropped()
    assert FixBlock.objects.count() == 2
    assert raw_tracks_drop(now=OVER) == RawDropped(legs=1, blocks=2)
    assert not FixBlock.objects.exists()
    assert Leg.objects.get().raw_dropped_at == OVER


def test_what_was_not_derived_yet_is_kept_however_old_it_is(leg: UUID, push: Push, officer: Officer) -> None:
    assert raw_tracks_drop(now=OVER) == RawDropped(kept_legs=1)
    leg_derive(leg_id=leg)
    push(officer, block(leg, POINTS[12:15], after_s=240))  # its track does not hold this block
    assert raw_tracks_drop(now=OVER) == RawDropped(kept_legs=1)
    assert FixBlock.objects.count() == 3
    legs_derive(leg_ids=[leg])
    assert raw_tracks_drop(now=OVER) == RawDropped(legs=1, blocks=3)


def test_no_figure_changes_and_a_rebuild_gives_the_same_rows(leg: UUID) -> None:
    leg_derive(leg_id=leg)
    before = derived()
    assert all(before)
    raw_tracks_drop(now=OVER)
    assert derived() == before
    assert legs_stale(first=DAY, last=DAY) == []  # nothing to do again for the night
    legs_derive(leg_ids=[leg])
    assert derived() == before


def test_a_block_that_comes_in_after_all_joins_the_track_that_was_kept(leg: UUID, push: Push, officer: Officer) -> None:
    leg_derive(leg_id=leg)
    before = passed()
    raw_tracks_drop(now=OVER)
    push(officer, block(leg, POINTS[12:16], after_s=240))
    assert legs_stale(first=DAY, last=DAY) == [leg]
    legs_derive(leg_ids=[leg])
    assert passed() > before  # what was known and three pieces more
    whole = derived()
    assert raw_tracks_drop(now=later(OVER)) == RawDropped(legs=1, blocks=1)
    legs_derive(leg_ids=[leg])
    assert derived() == whole


def later(instant: datetime) -> datetime:
    return instant + timedelta(days=1)


def test_an_outing_that_goes_on_keeps_its_readings(push: Push, officer: Officer, city: City) -> None:
    _, leg_id, (start, leg, _) = outing()
    push(officer, start, leg, block(leg_id, POINTS))
    leg_derive(leg_id=leg_id)
    assert raw_tracks_drop(now=OVER) == RawDropped()
    assert FixBlock.objects.exists()
