"""Plans: what an officer is to walk, first due first."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rest_framework.test import APIClient

from backend.accounts.models import Officer, UnitKind
from backend.common.canonical_json import payload_sha256
from patrol.models import PatrolPlan
from patrol.plans import plans_of
from tests.builders import outing
from tests.conftest import City, codes_of
from tests.factories import BeatFactory, PlanFactory, UnitFactory

Push = Callable[..., list[dict[str, Any]]]
ClientOf = Callable[[Officer | None], APIClient]
TODAY = date(2026, 11, 20)


def names(officer: Officer, city: City, today: date = TODAY) -> list[str]:
    """Return the names of an officer's plans, in order."""
    return [plan["name"] for plan in plans_of(officer, city.station, today=today)]


def walk(push: Push, officer: Officer, plan: PatrolPlan, at: datetime) -> None:
    """Let an officer start an outing that answers a plan."""
    _, _, (start, *_) = outing(start=at)
    start["payload"]["plan"] = str(plan.id)
    push(officer, rehashed(start))


def rehashed(mutation: dict[str, Any]) -> dict[str, Any]:
    """Return the mutation with the hash of its payload as it is now."""
    return {**mutation, "payload_sha256": payload_sha256(mutation["payload"])}


def test_a_plan_names_officers_or_is_for_everybody_of_the_unit(officer: Officer, lead: Officer, city: City) -> None:
    PlanFactory(unit=city.station, name="大家的")
    PlanFactory(unit=city.station, name="我的").officers.set([officer, lead])
    PlanFactory(unit=city.station, name="所长的").officers.set([lead])
    PlanFactory(unit=city.next_station, name="邻所的")
    assert names(officer, city) == ["大家的", "我的"]


def test_only_plans_that_run_on_the_day_are_there(officer: Officer, city: City) -> None:
    PlanFactory(unit=city.station, name="将来", starts_on=TODAY + timedelta(days=1))
    PlanFactory(unit=city.station, name="过去", ends_on=TODAY - timedelta(days=1))
    PlanFactory(unit=city.station, name="今天", starts_on=TODAY, ends_on=TODAY)
    assert names(officer, city) == ["今天"]


def test_a_plan_is_due_so_many_days_after_it_was_done_whoever_went(
    push: Push, officer: Officer, lead: Officer, city: City
) -> None:
    done = PlanFactory(unit=city.station, name="走过", every_days=3, part="night")
    done.beats.set([BeatFactory(area=city.township, name="第一责任区")])
    PlanFactory(unit=city.station, name="没走过", starts_on=date(2026, 11, 5))
    walk(push, lead, done, datetime(2026, 11, 10, 4, tzinfo=UTC))
    walk(push, lead, done, datetime(2026, 11, 18, 17, tzinfo=UTC))  # 01:00 of the 19th in the city
    late, later = plans_of(officer, city.station, today=TODAY)
    assert (late["name"], late["due_on"], late["last_done_on"]) == ("没走过", date(2026, 11, 5), None)
    assert (later["due_on"], later["last_done_on"]) == (date(2026, 11, 22), date(2026, 11, 19))
    assert (later["every_days"], later["part"], [b["name"] for b in later["beats"]]) == (3, "night", ["第一责任区"])


def test_a_plan_of_the_beat_team_is_its_officers_plan_too(officer: Officer, city: City) -> None:
    team = UnitFactory(kind=UnitKind.BEAT_TEAM, code="T1", parent=city.station)
    officer.unit = team
    officer.save()
    PlanFactory(unit=team, name="警务区")
    PlanFactory(unit=city.station, name="所里")
    assert names(officer, city) == ["所里", "警务区"]


def test_an_outing_for_the_plan_of_another_unit_is_not_one_of_ours(push: Push, officer: Officer, city: City) -> None:
    foreign = PlanFactory(unit=city.next_station)
    _, _, (start, *_) = outing()
    start["payload"]["plan"] = str(foreign.id)
    assert codes_of(push(officer, rehashed(start))) == ["plan_unknown"]


def test_a_phone_learns_its_plans(
    client_of: Callable[[Officer | None], APIClient], officer: Officer, city: City
) -> None:
    PlanFactory(unit=city.station, name="夜巡", starts_on=date(2026, 1, 1))
    assert [plan["name"] for plan in client_of(officer).get("/api/v1/me").json()["plans"]] == ["夜巡"]
