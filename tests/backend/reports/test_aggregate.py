"""The townships' days: what is counted, and that counting again, late or in another order gives the same rows."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from backend.accounts.models import Officer
from backend.common.outcomes import Touched
from backend.reports.models import TownshipDay
from backend.reports.services import aggregate_days, aggregate_night, refresh_touched
from geo.models import Premises
from tests.backend.reports.conftest import DAY, aggregate, all_columns, all_rows, day_row
from tests.builders import dispute, dispute_event, mutation, outing, visit
from tests.conftest import City
from tests.factories import NOON, PremisesFactory, new_id
from visits.models import Visit

Push = Callable[..., list[dict[str, Any]]]
EVENING = NOON + timedelta(hours=9)  # 21:00 in the city, the same day


def test_a_visit_is_counted_on_its_day_in_its_township(
    push: Push, officer: Officer, door: Premises, city: City
) -> None:
    push(officer, visit(door.id))

    aggregate()

    row = day_row(city.township)
    assert (row.visits, row.visits_met, row.households_visited, row.enterprises_visited) == (1, 1, 1, 0)
    assert not TownshipDay.objects.exclude(area=city.township).exists()


def test_a_door_met_twice_a_day_is_one_household_and_two_visits(push: Push, officer: Officer, door: Premises) -> None:
    push(officer, visit(door.id), visit(door.id, at=EVENING))

    aggregate()

    # All: one door. By day and by night it was visited once each: the parts do not add up, and must not.
    assert [day_row(door.area, part=part).households_visited for part in ("all", "day", "night")] == [1, 1, 1]
    assert [day_row(door.area, part=part).visits for part in ("all", "day", "night")] == [2, 1, 1]


def test_nobody_home_is_an_attempt_and_no_household_visited(push: Push, officer: Officer, door: Premises) -> None:
    push(officer, visit(door.id, "nobody_home"))

    aggregate()

    assert (day_row(door.area).visits, day_row(door.area).households_visited) == (1, 0)


def test_running_twice_gives_the_same_rows_byte_for_byte(push: Push, officer: Officer, door: Premises) -> None:
    push(officer, visit(door.id), dispute(premises=door.id))
    aggregate()
    before = all_rows()

    report = aggregate_days(first=DAY, last=DAY)

    assert all_rows() == before
    assert (report.rows_seen, report.rows_changed) == (3, 0)


def test_a_change_raises_the_revision_of_its_own_row_only(push: Push, officer: Officer, door: Premises) -> None:
    push(officer, visit(door.id))
    aggregate()
    first = {part: day_row(door.area, part=part) for part in ("all", "day", "night")}

    push(officer, visit(door.id, at=NOON + timedelta(hours=1)))
    aggregate()

    # 13:00 lies in the day: the night row keeps its revision and its as_of.
    assert [day_row(door.area, part=part).revision for part in ("all", "day", "night")] == [2, 2, 1]
    assert day_row(door.area, part="night").as_of == first["night"].as_of
    assert day_row(door.area).as_of > first["all"].as_of


def test_the_order_of_arrival_does_not_matter(push: Push, officer: Officer, door: Premises) -> None:
    firm = PremisesFactory(area=door.area, kind="enterprise", name="示范公司")
    numbers = [column for column in all_columns() if column not in {"id", "on", "revision", "as_of"}]
    results = set()
    # Each order on a day of its own, aggregated after every single arrival.
    for days_ago, order in enumerate(permutations(range(3))):
        back = timedelta(days=days_ago)
        made = [
            visit(door.id, at=NOON - back),
            visit(firm.id, at=EVENING - back),
            dispute(premises=door.id, at=NOON - back),
        ]
        for position in order:
            push(officer, made[position])
            aggregate(DAY - back)
        rows = TownshipDay.objects.filter(on=DAY - back).order_by("part")
        results.add(tuple(rows.values_list(*numbers)))
    assert len(results) == 1


def test_a_late_visit_of_last_week_lands_in_its_own_day(push: Push, officer: Officer, door: Premises) -> None:
    last_week = NOON - timedelta(days=7)
    push(officer, visit(door.id, at=last_week))

    # The phone came online today; nobody asked for that day by name.
    aggregate_night(now=datetime.now(UTC))

    assert day_row(door.area, on=DAY - timedelta(days=7)).visits == 1
    assert not TownshipDay.objects.filter(on=DAY).exists()


def test_a_visit_is_of_the_citys_day_not_of_utc(push: Push, officer: Officer, door: Premises) -> None:
    # 2026-11-19 17:30 UTC is 01:30 on the 20th in the city: the night of the 20th.
    push(officer, visit(door.id, at=datetime(2026, 11, 19, 17, 30, tzinfo=UTC)))

    aggregate(DAY - timedelta(days=1), DAY)

    assert day_row(door.area, part="night").visits == 1
    assert not TownshipDay.objects.filter(on=DAY - timedelta(days=1)).exists()


def test_a_corrected_visit_moves_the_figure(push: Push, officer: Officer, door: Premises) -> None:
    wrong = visit(door.id, "met")
    push(officer, wrong)
    aggregate()

    push(
        officer,
        mutation(
            "visit.correct",
            {"premises": str(door.id), "outcome": "nobody_home", "corrects": wrong["record_id"], "reason": "点错了"},
        ),
    )
    aggregate()

    row = day_row(door.area)
    assert (row.visits, row.visits_met, row.households_visited, row.revision) == (1, 0, 0, 2)


def test_a_day_that_lost_its_only_visit_keeps_rows_of_zeros(push: Push, officer: Officer, door: Premises) -> None:
    other = PremisesFactory(area=door.area)
    day_before = NOON - timedelta(days=1)
    push(officer, visit(door.id, at=day_before))
    aggregate(DAY - timedelta(days=1), DAY)
    # Somebody moved the visit to another day by hand: the old day must not keep it.
    Visit.objects.update(occurred_at=NOON, occurred_on=DAY, premises=other)
    aggregate(DAY - timedelta(days=1), DAY)

    before = day_row(door.area, on=DAY - timedelta(days=1))
    assert (before.visits, before.revision) == (0, 2)
    assert day_row(door.area).visits == 1


def test_each_officer_of_an_outing_counts_once_and_visits_without_one_once_a_day(
    push: Push, officer: Officer, lead: Officer, door: Premises
) -> None:
    patrol_id, _, steps = outing()
    steps[0] = mutation("patrol.start", {"kind": "street", "officers": [str(lead.id)]}, record_id=patrol_id, at=NOON)
    inside = visit(door.id, patrol=str(patrol_id))
    push(officer, *steps, inside, visit(door.id, at=NOON + timedelta(hours=2)), visit(door.id, at=EVENING))

    aggregate()

    # Outing: officer and lead = 2. Two visits without an outing: the officer once more that day. By night: once.
    assert day_row(door.area).officer_deployments == 3
    assert [day_row(door.area, part=part).officer_deployments for part in ("day", "night")] == [3, 1]


def test_a_dispute_resolved_later_counts_for_the_day_it_was_found(push: Push, officer: Officer, door: Premises) -> None:
    case = dispute(premises=door.id, at=NOON - timedelta(days=10))
    push(officer, case)
    found_on = DAY - timedelta(days=10)
    aggregate(found_on, DAY)
    agreement = {"form": "oral", "terms": "各退一步"}
    push(
        officer,
        dispute_event(case["record_id"], "registered"),
        dispute_event(case["record_id"], "resolved", agreement=agreement, at=NOON + timedelta(hours=1)),
    )

    aggregate(found_on, DAY)

    row = day_row(door.area, on=found_on)
    assert (row.disputes_found, row.disputes_resolved, row.revision) == (1, 1, 2)
    assert not TownshipDay.objects.filter(on=DAY).exists()


def test_a_refresh_touches_only_the_townships_and_days_it_is_given(
    push: Push, officer: Officer, neighbour: Officer, door: Premises, foreign_door: Premises
) -> None:
    push(officer, visit(door.id), visit(door.id, at=NOON - timedelta(days=1)))
    push(neighbour, visit(foreign_door.id))

    refresh_touched(touched=[Touched(door.area_id, DAY)])

    assert set(TownshipDay.objects.values_list("area", "on")) == {(door.area_id, DAY)}


def test_a_refresh_of_nothing_does_nothing(city: City) -> None:
    assert refresh_touched(touched=[]).rows_changed == 0


def test_a_day_without_anything_has_no_rows(city: City) -> None:
    report = aggregate_days(first=date(2026, 1, 1), last=date(2026, 1, 3))

    assert (report.days, report.rows_seen) == (3, 0)
    assert not TownshipDay.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_second_aggregation_waits_for_the_first_instead_of_writing_over_it(
    push: Push, officer: Officer, door: Premises
) -> None:
    """The race of the comment in services: whoever writes later must have read later."""
    push(officer, visit(door.id))
    locked, release = Event(), Event()

    def hold_the_day() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [door.area_id, (DAY - date(2000, 1, 1)).days])
            locked.set()
            release.wait(10)
        connection.close()

    def aggregate_and_close() -> None:
        aggregate()
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        holder = pool.submit(hold_the_day)
        assert locked.wait(10)
        waiting = pool.submit(aggregate_and_close)
        # It has asked for the lock when PostgreSQL shows somebody who waits for it.
        waiter = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        with connection.cursor() as cursor:
            seen = 0
            while not seen and not waiting.done():
                cursor.execute(waiter)
                seen = cursor.fetchone()[0]
        assert seen == 1 and not waiting.done()
        push(officer, visit(door.id, at=NOON + timedelta(minutes=5)))
        release.set()
        holder.result(10)
        waiting.result(10)

    # The second visit was stored while the aggregation waited, and it read after the wait.
    assert day_row(door.area).visits == 2


def test_a_push_of_another_unit_does_not_move_our_figures(
    push: Push, neighbour: Officer, door: Premises, city: City
) -> None:
    outcomes = push(neighbour, visit(door.id, record_id=new_id()))
    assert outcomes[0]["outcome"] == "quarantined"

    aggregate()

    assert not TownshipDay.objects.filter(area=city.township).exists()
