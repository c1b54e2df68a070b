"""Outings: nothing of an officer's position outside them, whatever the order of arrival."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from backend.accounts.models import Officer
from backend.sync.models import FeedEntry, Mutation
from backend.sync.push import receive_batch
from backend.sync.tasks import end_overdue_patrols
from backend.sync.wire import BatchHeader
from patrol.models import FixBlock, Patrol
from tests.builders import batch, fixes, mutation, outing
from tests.conftest import City, codes_of, outcomes_of
from tests.factories import NOON, new_id

Push = Callable[..., list[dict[str, Any]]]
POINTS = [(114.05 + step / 10_000, 27.75) for step in range(120)]  # one a 5 s: ten minutes


def test_an_outing_arrives_with_its_leg_fixes_and_end(push: Push, officer: Officer, city: City) -> None:
    _, leg_id, (start, leg, end) = outing(minutes=30)
    assert set(outcomes_of(push(officer, start, leg, fixes(leg_id, POINTS), end))) == {"applied"}
    stored = Patrol.objects.get()
    assert (stored.area, stored.ended_how) == (city.township, "officer")
    assert stored.ended_at == NOON + timedelta(minutes=30)
    assert len(FixBlock.objects.get().t_ms) == 120


def test_fixes_after_the_end_are_counted_and_never_stored(push: Push, officer: Officer, city: City) -> None:
    _, leg_id, (start, leg, end) = outing(minutes=5)
    push(officer, start, leg, end, fixes(leg_id, POINTS))
    block = FixBlock.objects.get()
    # one fix every 5 s from the start: 0 s … 300 s are inside, 61 of them
    assert (len(block.t_ms), len(block.lon), block.outside_count) == (61, 61, 59)
    assert Mutation.objects.get(kind="patrol.fixes").payload is None


def test_fixes_that_arrived_before_the_end_are_trimmed_by_it(push: Push, officer: Officer, city: City) -> None:
    _, leg_id, (start, leg, end) = outing(minutes=5)
    push(officer, start, leg, fixes(leg_id, POINTS), end)
    assert (len(FixBlock.objects.get().t_ms), FixBlock.objects.get().outside_count) == (61, 59)


def test_phone_held_another_count_of_fixes_than_a_new_one_when_the_end_trimmed_a_block_it_had_pulled(
    push: Push, officer: Officer, city: City
) -> None:
    _, leg_id, (start, leg, end) = outing(minutes=5)
    push(officer, start, leg, fixes(leg_id, POINTS))
    pulled_to = FeedEntry.objects.latest("n").n

    push(officer, end)

    block = FixBlock.objects.get()
    heard = FeedEntry.objects.filter(n__gt=pulled_to, record_id=block.id).values_list("type", "version")
    assert list(heard) == [("fix_block", 2)]
    assert block.version == 2


def test_fixes_before_the_start_are_not_stored(push: Push, officer: Officer, city: City) -> None:
    _, leg_id, (start, leg, end) = outing(minutes=30)
    push(officer, start, leg, fixes(leg_id, POINTS, start=NOON - timedelta(minutes=5)), end)
    assert FixBlock.objects.get().outside_count == 60


def test_a_phone_clock_an_hour_ahead_keeps_its_fixes_inside_the_outing(
    push: Push, officer: Officer, city: City
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    begun, ahead = now - timedelta(minutes=40), timedelta(hours=1)
    _, leg_id, (start, leg, end) = outing(start=begun + ahead, minutes=30)
    push(officer, start, leg, fixes(leg_id, POINTS, start=begun + ahead), end, sent_at=now + ahead)
    block = FixBlock.objects.get()
    assert (len(block.t_ms), block.outside_count) == (120, 0)
    assert abs(block.t_ms[0] / 1000 - begun.timestamp()) < 60


def test_first_fix_lost_when_two_pushes_measured_a_wrong_clock_differently(officer: Officer, city: City) -> None:
    ahead = timedelta(hours=1)
    _, leg_id, (start, leg, end) = outing(start=NOON + ahead, minutes=30)
    block = fixes(leg_id, POINTS, start=NOON + ahead)

    def push_with_latency(latency: timedelta, *mutations: dict[str, Any]) -> None:
        sent_at = NOON + ahead + timedelta(minutes=31)
        header = BatchHeader.model_validate(batch(mutations, sent_at=sent_at))
        outcomes = receive_batch(officer=officer, batch=header, received_at=sent_at - ahead + latency)
        assert set(outcomes_of(outcomes)) == {"applied"}

    push_with_latency(timedelta(milliseconds=2100.4), start, leg)  # the clock seems 3597.9 s ahead
    push_with_latency(timedelta(milliseconds=0.3), block, end)  # and here 3600.0 s: the fixes move before the start
    assert FixBlock.objects.get().outside_count == 0


def test_columns_of_unequal_length_are_quarantined(push: Push, officer: Officer, city: City) -> None:
    _, leg_id, (start, leg, _) = outing()
    uneven = fixes(leg_id, POINTS, lat=[27.75])
    assert codes_of(push(officer, start, leg, uneven)) == [None, None, "payload_invalid"]
    assert Mutation.objects.get(kind="patrol.fixes").payload is not None


def test_an_unknown_leg_or_outing_waits_for_a_person(push: Push, officer: Officer, city: City) -> None:
    unknown_leg = fixes(new_id(), POINTS[:2])
    unknown_patrol = mutation("patrol.leg", {"patrol": str(new_id()), "mode": "foot"})
    assert codes_of(push(officer, unknown_leg, unknown_patrol)) == ["leg_unknown", "patrol_unknown"]


def test_an_outing_open_for_more_than_twelve_hours_ends_by_itself_and_phones_learn_it(
    push: Push, officer: Officer, city: City
) -> None:
    now = datetime.now(UTC)
    _, _, (old_start, *_) = outing(start=now - timedelta(hours=13))
    _, _, (new_start, *_) = outing(start=now - timedelta(hours=11))
    push(officer, old_start, new_start, sent_at=now)
    assert end_overdue_patrols() == 1
    ended = Patrol.objects.get(ended_how="timeout")
    assert ended.ended_at == ended.started_at + timedelta(hours=12)
    assert FeedEntry.objects.filter(record_id=ended.id).latest("n").version == 2
    assert end_overdue_patrols() == 0


def test_the_officers_own_end_replaces_the_assumed_one_and_nothing_replaces_the_officers(
    push: Push, officer: Officer, city: City
) -> None:
    now = datetime.now(UTC)
    patrol_id, _, (start, _, end) = outing(start=now - timedelta(hours=20), minutes=90)
    push(officer, start, sent_at=now)
    end_overdue_patrols()
    assert outcomes_of(push(officer, end)) == ["applied"]
    assert Patrol.objects.get(id=patrol_id).ended_how == "officer"
    second = mutation("patrol.end", {"patrol": str(patrol_id)}, record_id=patrol_id, at=now)
    assert codes_of(push(officer, second)) == ["base_values_changed"]


def test_an_outing_of_another_station_is_not_ours_to_end(
    push: Push, officer: Officer, neighbour: Officer, city: City
) -> None:
    _, _, (start, _, end) = outing()
    push(officer, start)
    assert codes_of(push(neighbour, end)) == ["record_of_another_unit"]
