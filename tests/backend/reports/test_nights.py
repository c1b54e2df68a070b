"""A night in steps: what is done stays done, what is lost is done again, and a bad track stops nobody else's."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from backend.accounts.models import Officer
from backend.common.outcomes import Touched
from backend.reports import services
from backend.reports.digest import derived_digests
from backend.reports.leg_counting import legs_stale_on
from backend.reports.missing import missing_by_area
from backend.reports.models import LegFailure, Run, RunKind, RunState, RunStep, TownshipDay
from backend.reports.runs import TRIES, nobody, run_begin, run_here, runs_resume, step_do, steps_left
from geo.models import Premises, StreetPiece, TouchedDay
from patrol.models import FixBlock, LegTownship
from tests.backend.reports.conftest import DAY, all_rows, day_row
from tests.builders import fixes, outing, visit
from tests.conftest import City
from tests.factories import NOON, StreetFactory
from tests.patrol.test_derivation import along, street, street_at
from tests.rings.nights.nights import recomputed
from visits.models import Visit

__all__ = ["street"]
Push = Callable[..., list[dict[str, Any]]]
# 03:00 in the city, the night after DAY.
NIGHT = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)


def walked(push: Push, officer: Officer, *, west: float = 114.05, minutes_late: int = 0) -> UUID:
    """Push an outing along the street; return its leg."""
    start = NOON + timedelta(minutes=minutes_late)
    _, leg_id, steps = outing(start=start, minutes=2)
    push(officer, *steps, fixes(leg_id, along(west, 10), every_s=10, start=start))
    return leg_id


def damaged(leg_id: UUID) -> None:
    """Make a leg's stored fixes unreadable, as a broken disk or an import by hand might."""
    block = FixBlock.objects.get(leg=leg_id)
    FixBlock.objects.filter(pk=block.pk).update(lon=block.lon[:3])


def test_a_night_counts_the_days_and_drops_their_notes(push: Push, officer: Officer, door: Premises) -> None:
    push(officer, visit(door.id))

    services.aggregate_night(now=NIGHT)

    assert day_row(door.area).visits == 1
    assert not TouchedDay.objects.exists() and not RunStep.objects.exists()
    assert Run.objects.get().state == RunState.DONE


def test_nights_that_did_not_happen_are_caught_up(push: Push, officer: Officer, door: Premises) -> None:
    services.aggregate_night(now=NIGHT - timedelta(days=5))
    push(officer, visit(door.id, at=NOON - timedelta(days=3)))
    TouchedDay.objects.all().delete()  # even where the notes were lost

    services.aggregate_night(now=NIGHT)

    assert day_row(door.area, on=DAY - timedelta(days=3)).visits == 1
    assert Run.objects.latest("pk").first == DAY - timedelta(days=4)


def test_a_day_of_long_ago_is_counted_only_where_it_was_touched(
    push: Push, officer: Officer, neighbour: Officer, door: Premises, foreign_door: Premises
) -> None:
    services.aggregate_night(now=NIGHT - timedelta(days=1))
    week_ago = NOON - timedelta(days=20)
    push(officer, visit(door.id, at=week_ago))
    push(neighbour, visit(foreign_door.id, at=week_ago))
    TouchedDay.objects.filter(area=foreign_door.area).delete()
    Visit.objects.filter(premises=foreign_door).update(received_at=NIGHT - timedelta(days=10))
    Visit.objects.filter(premises=door).update(received_at=NIGHT)

    services.aggregate_night(now=NIGHT)

    counted = TownshipDay.objects.filter(on=DAY - timedelta(days=20)).values_list("area", flat=True).distinct()
    assert list(counted) == [door.area_id]


def test_a_step_that_was_done_is_not_done_again(push: Push, officer: Officer, door: Premises) -> None:
    push(officer, visit(door.id))
    run = services.night_begin(nobody, now=NIGHT)
    first, *_ = steps_left(run.pk)

    assert step_do(first, nobody)
    before = all_rows()

    assert not step_do(first, nobody)
    assert all_rows() == before


@pytest.mark.django_db(transaction=True)
def test_a_step_that_somebody_does_is_left_to_them(push: Push, officer: Officer, door: Premises) -> None:
    push(officer, visit(door.id))
    run = services.night_begin(nobody, now=NIGHT)
    (step_id,) = steps_left(run.pk)
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT 1 FROM reports_runstep WHERE id = %s FOR UPDATE", [step_id])

        assert not step_do(step_id, nobody)
        assert steps_left(run.pk) == [step_id] and RunStep.objects.get().tries == 0


def test_a_run_that_stands_still_is_handed_out_again(push: Push, officer: Officer, door: Premises) -> None:
    push(officer, visit(door.id))
    run = services.night_begin(nobody, now=NIGHT)
    handed: list[int] = []

    assert runs_resume(handed.extend, now=timezone.now()) == 0
    assert runs_resume(handed.extend, now=timezone.now() + timedelta(minutes=2)) == 1

    assert handed == steps_left(run.pk) != []


def test_a_second_call_goes_on_with_the_night_that_has_not_ended(city: City) -> None:
    first = services.night_begin(nobody, now=NIGHT)

    assert services.night_begin(nobody, now=NIGHT).pk == first.pk
    assert Run.objects.count() == 1


def test_beat_begins_a_night_once_and_not_before_two(city: City) -> None:
    one_oclock = NIGHT - timedelta(hours=2)

    assert services.night_catch_up(nobody, now=one_oclock) is None
    assert services.night_catch_up(nobody, now=NIGHT) is not None
    assert services.night_catch_up(nobody, now=NIGHT + timedelta(hours=9)) is None
    assert services.night_catch_up(nobody, now=NIGHT + timedelta(hours=24)) is not None


def test_another_network_is_matched_by_day_as_well(
    push: Push, officer: Officer, street: list[StreetPiece], city: City
) -> None:
    walked(push, officer)
    services.aggregate_night(now=NIGHT)
    noon = NIGHT + timedelta(hours=9)
    assert services.night_catch_up(nobody, now=noon) is None

    street_at(city.township, edition="newer")

    run = services.night_catch_up(nobody, now=noon)
    assert run is not None
    assert services.night_catch_up(nobody, now=noon) is None  # one is enough
    run_here(run)
    assert day_row(city.township).street_m_covered == 197.0
    assert services.night_catch_up(nobody, now=noon) is None


def test_what_a_track_touches_is_noted_in_the_commit_that_derives_it(
    push: Push, officer: Officer, street: list[StreetPiece], city: City
) -> None:
    leg_id = walked(push, officer)
    TouchedDay.objects.all().delete()
    run = run_begin(kind=RunKind.DAYS, first=DAY, last=DAY, legs=[leg_id], as_of=NIGHT)

    step_do(steps_left(run.pk)[0], nobody)  # and here the worker dies: nobody takes the steps of the second part

    assert set(TouchedDay.objects.values_list("area", "day")) == {(city.township.pk, DAY)}
    services.refresh_waiting()
    assert day_row(city.township).patrol_km > 0


def test_a_track_that_cannot_be_read_is_marked_and_the_others_go_on(
    push: Push, officer: Officer, street: list[StreetPiece], city: City
) -> None:
    bad, good = walked(push, officer), walked(push, officer, minutes_late=10)
    damaged(bad)

    report = services.aggregate_night(now=NIGHT)

    assert (report.legs_derived, report.legs_failed) == (1, 1)
    assert LegFailure.objects.get().leg_id == bad and LegFailure.objects.get().code == "track_not_derived"
    assert set(LegTownship.objects.values_list("leg", flat=True)) == {good}
    missing = missing_by_area([city.township.pk], now=timezone.now())[city.township.pk]
    assert ("tracks_failed", 1) in [(one["kind"], one["count"]) for one in missing]


def test_days_that_nobody_counts_are_said(push: Push, officer: Officer, door: Premises) -> None:
    push(officer, visit(door.id), visit(door.id, at=NOON - timedelta(days=1)))

    soon, late = (missing_by_area([door.area_id], now=timezone.now() + timedelta(minutes=wait)) for wait in (1, 3))

    assert soon[door.area_id] == []
    assert [(one["kind"], one["count"]) for one in late[door.area_id]] == [("days_waiting", 2)]


def test_while_tracks_wait_for_other_streets_the_figures_say_so_and_after_the_night_no_more(
    push: Push, officer: Officer, street: list[StreetPiece], city: City
) -> None:
    walked(push, officer)
    services.aggregate_night(now=NIGHT)
    said = [lacking(city)]

    StreetFactory(edition="newer", line=street[0].street.line)
    said.append(lacking(city))
    services.night_catch_up(nobody, now=NIGHT + timedelta(minutes=1))
    said.append(lacking(city))
    services.aggregate_night(now=NIGHT + timedelta(minutes=2))
    said.append(lacking(city))

    assert said == [False, True, True, False]


def lacking(city: City) -> bool:
    """Return whether a township and the whole say that streets have changed."""
    missing = missing_by_area([city.township.pk], now=timezone.now())
    found = {key: "ground_changed" in [one["kind"] for one in entries] for key, entries in missing.items()}
    assert len(set(found.values())) <= 1
    return any(found.values())


def test_the_tracks_of_a_night_are_shared_out_by_station_and_not_by_the_hour(
    push: Push, officer: Officer, neighbour: Officer, street: list[StreetPiece]
) -> None:
    first, second = (walked(push, who, minutes_late=n) for n, who in enumerate((neighbour, officer)))
    third = walked(push, neighbour, minutes_late=2)

    # A bundle of a province that lies everywhere loads the streets of all of it: a night took hours.
    assert legs_stale_on([DAY]) == [second, first, third]


def test_a_marked_track_is_tried_every_night_and_unmarked_when_it_can_be_read(
    push: Push, officer: Officer, street: list[StreetPiece]
) -> None:
    leg_id = walked(push, officer)
    lon = FixBlock.objects.get(leg=leg_id).lon
    damaged(leg_id)
    services.aggregate_night(now=NIGHT)
    services.aggregate_night(now=NIGHT)
    assert LegFailure.objects.get().tries == 2

    FixBlock.objects.filter(leg=leg_id).update(lon=lon)
    services.aggregate_night(now=NIGHT)

    assert not LegFailure.objects.exists() and LegTownship.objects.exists()


def test_a_bundle_that_costs_workers_is_cut_up_and_the_track_that_does_it_is_marked(
    push: Push, officer: Officer, street: list[StreetPiece]
) -> None:
    legs = [walked(push, officer, minutes_late=10 * number) for number in range(2)]
    run = run_begin(kind=RunKind.DAYS, first=DAY, last=DAY, legs=legs, as_of=NIGHT)
    lost: list[int] = []
    RunStep.objects.update(tries=TRIES)

    step_do(steps_left(run.pk)[0], lost.extend)
    assert len(lost) == 2
    RunStep.objects.filter(pk=lost[0]).update(tries=TRIES)
    run_here(run)

    assert [one.code for one in LegFailure.objects.all()] == ["track_interrupted"]
    assert LegTownship.objects.values("leg").distinct().count() == 1


def test_a_rebuild_from_raw_tracks_gives_the_same_bytes(
    push: Push, officer: Officer, lead: Officer, door: Premises, street: list[StreetPiece]
) -> None:
    walked(push, officer)
    walked(push, lead, west=114.051, minutes_late=3)
    push(officer, visit(door.id), visit(door.id, "refused", at=NOON + timedelta(hours=9)))
    services.refresh_waiting()
    before, rows = derived_digests(), all_rows()

    assert recomputed(NIGHT) == before  # from empty tables
    report = services.aggregate_rebuild(now=NIGHT)  # over the full ones

    assert derived_digests() == before
    assert (all_rows(), report.legs_derived, report.rows_changed) == (rows, 2, 0)


def test_the_digest_sees_the_last_bit_of_a_float(push: Push, officer: Officer, street: list[StreetPiece]) -> None:
    walked(push, officer)
    services.refresh_waiting()
    before = derived_digests()
    row = TownshipDay.objects.filter(part="all").get()

    TownshipDay.objects.filter(pk=row.pk).update(patrol_km=row.patrol_km + 2**-50)

    differs = {name for name, digest in derived_digests().items() if digest != before[name]}
    assert differs == {"township days"}


def test_a_stopped_command_leaves_nothing_half_done_and_says_so(push: Push, officer: Officer, door: Premises) -> None:
    push(officer, visit(door.id))

    def stop(_phase: str, _done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.aggregate_days(first=DAY, last=DAY, progress=stop)

    assert Run.objects.get().state == RunState.CANCELLED
    assert list(TouchedDay.objects.values_list("area", "day")) == [(door.area_id, DAY)]


def test_the_status_says_what_ran_and_what_waits(
    push: Push, officer: Officer, door: Premises, street: list[StreetPiece]
) -> None:
    damaged(walked(push, officer))
    services.aggregate_night(now=NIGHT)
    push(officer, visit(door.id))
    out = StringIO()

    call_command("aggregate", "--status", stdout=out)

    first, *rest = out.getvalue().splitlines()
    assert "night 2026-11-20 – 2026-11-21: done" in first and "0 tracks, 1 failed" in first
    assert any(line.startswith("1 township-days wait") for line in rest)
    assert any("track_not_derived" in line for line in rest)


def test_a_rebuild_takes_the_days_asked_and_refuses_them_backwards(
    push: Push, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id))
    out = StringIO()

    call_command("aggregate", "--rebuild", stdout=out, stderr=StringIO())

    assert out.getvalue().endswith("3 rows, 3 new or changed\n")
    with pytest.raises(CommandError, match="lies before"):
        call_command("aggregate", "--rebuild", "--from", "2026-11-20", "--to", "2026-11-19")


def test_a_refresh_leaves_what_failed_a_moment_ago(push: Push, officer: Officer, street: list[StreetPiece]) -> None:
    leg_id = walked(push, officer)
    damaged(leg_id)
    assert services.refresh_waiting().legs_failed == 1

    again = services.refresh_touched(touched=[Touched(street[0].area_id or 0, DAY)])

    assert (again.legs_failed, LegFailure.objects.get().tries) == (0, 1)
