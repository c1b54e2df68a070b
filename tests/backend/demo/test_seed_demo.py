"""`seed_demo` fills an empty installation once, the same way every time, and can be continued."""

import hashlib
import io
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from backend.accounts.models import Officer, Unit
from backend.demo.cities import YICHUN
from backend.demo.ground import StoryPlan, lay_ground
from backend.demo.organisation import ACCOUNTS
from backend.demo.story import is_unfinished, seed_story
from backend.reports.models import TownshipDay
from backend.sync.models import FeedCounter, FeedEntry, Mutation
from geo.models import Area, Deployment, Premises
from patrol.models import FixBlock, Patrol
from tests.backend.demo.conftest import PLAN
from visits.models import Campaign, Dispute, Party, Visit

# Everything of a story but what the clock and the database's own sequences put in.
ROWS = {
    Unit: ("id", "path", "name"),
    Officer: ("id", "username", "name", "roles"),
    Premises: (
        "id",
        "external_ref",
        "area__code",
        "beat",
        "unit",
        "address",
        "last_visited_at",
        "next_due_on",
        "version",
    ),
    Patrol: ("id", "kind", "area__code", "started_at", "ended_at", "payload_sha256"),
    FixBlock: ("id", "t_ms", "lon", "lat", "payload_sha256"),
    Visit: ("id", "premises", "outcome", "occurred_at", "payload_sha256"),
    Dispute: ("id", "state", "opened_at", "resolved_on", "payload_sha256"),
    Mutation: ("id", "seq", "kind", "outcome", "received_at", "payload_sha256"),
    FeedEntry: ("unit", "n", "type", "record_id", "version", "op"),
    TownshipDay: ("area__code", "on", "part", "visits", "patrol_km", "street_m_covered", "disputes_found"),
}


def quiet(line: str) -> None:
    pass


def story_hash() -> str:
    """Return one hash of all rows of the story."""
    hashed = hashlib.sha256()
    for model, columns in ROWS.items():
        rows = sorted(map(repr, model._default_manager.values_list(*columns)))
        hashed.update("\n".join([model.__name__, *rows]).encode())
    return hashed.hexdigest()


def empty_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE accounts_unit, accounts_officer, geo_area, geo_street, geo_deployment CASCADE")


def run(*arguments: Any) -> str:
    out = io.StringIO()
    call_command("seed_demo", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_a_story_cut_off_and_continued_on_another_day_is_the_same_row_for_row(told: None) -> None:
    first = story_hash()
    assert Visit.objects.exists()
    assert FixBlock.objects.exists()
    empty_database()
    lay_ground(PLAN, quiet)
    assert is_unfinished()
    said: list[str] = []
    # Other arguments: the story remembers its own.
    seed_story(StoryPlan(YICHUN, seed=1, scale=1.0, today=date(2027, 1, 1)), said.append)
    assert said[0] == "an earlier seed of helsinki was interrupted: continuing it"
    assert not is_unfinished()
    assert story_hash() == first


def test_every_record_went_through_the_push_and_was_applied(told: None) -> None:
    assert set(Mutation.objects.values_list("outcome", flat=True)) == {"applied"}
    assert Mutation.objects.filter(kind="visit.record").count() == Visit.objects.count()
    assert not Mutation.objects.exclude(clock_skew_s=0).exists()
    # The feed of each unit is numbered 1..N without a gap.
    for counter in FeedCounter.objects.all():
        numbers = FeedEntry.objects.filter(unit=counter.unit).order_by("n").values_list("n", flat=True)
        assert list(numbers) == list(range(1, counter.n + 1))


def test_nothing_of_the_story_lies_after_the_morning_of_its_last_day(told: None) -> None:
    last = Mutation.objects.order_by("-recorded_at").values_list("recorded_at", flat=True)[0]
    assert last.isoformat() < "2026-11-20T10:00"


def test_the_campaign_counts_the_doors_of_its_first_day(told: None) -> None:
    campaign = Campaign.objects.get()
    assert campaign.frozen_at is not None
    assert campaign.denominator.count() == Premises.objects.count()


def test_the_accounts_find_a_form_plans_and_contacts_that_open(told: None, client_of: Any) -> None:
    officer = Officer.objects.get(username="officer")
    client = client_of(officer)
    me = client.get("/api/v1/me").json()
    assert (me["campaign"]["form"]["form"], {plan["part"] for plan in me["plans"]}) == (
        "winter-safety",
        {"day", "night"},
    )
    assert Visit.objects.exclude(checklist=None).exists()
    for party in Party.objects.filter(dispute__unit=officer.unit).exclude(sealed=""):
        address = f"/api/v1/disputes/{party.dispute_id}/parties/{party.id}/reveal"
        found = client.post(address, {"reason": "测试"}, format="json").json()
        assert (found["phone"][:3], found["phone"][-4:]) == tuple(party.phone_masked.split("****"))
        assert found["name"].startswith(party.name_masked[0])


def test_there_are_five_accounts_and_nobody_else_can_sign_in(told: None) -> None:
    usable = {officer.username for officer in Officer.objects.all() if officer.has_usable_password()}
    assert usable == set(ACCOUNTS)
    officer, lead, neighbour = (Officer.objects.get(username=name) for name in ("officer", "lead", "neighbour"))
    assert officer.unit == lead.unit != neighbour.unit
    assert any(ord(character) > 0xFFFF for character in officer.name)
    assert not Officer.objects.filter(is_superuser=True).exists()


def test_an_installation_with_units_is_left_alone(told: None) -> None:
    before = story_hash()
    assert "nothing was done" in run("--if-empty")
    with pytest.raises(CommandError, match="units exist already"):
        run()
    assert story_hash() == before


def test_the_accounts_can_be_taken_away(told: None) -> None:
    assert "deactivated: 5" in run("--remove-accounts")
    assert not Officer.objects.filter(username__in=ACCOUNTS, is_active=True).exists()
    assert "deactivated: 0" in run("--remove-accounts")


def test_the_ground_of_yichun_is_laid(told: None) -> None:
    empty_database()
    lay_ground(StoryPlan(YICHUN, seed=7, scale=0.02, today=date(2026, 11, 20)), quiet)
    kinds = list(Unit.objects.values_list("kind", flat=True))
    assert [kinds.count(kind) for kind in ("bureau", "branch", "station")] == [1, 10, 186]
    assert Area.objects.filter(level="township").count() == 186
    assert Deployment.objects.get().schematic_boundaries
    assert Premises.objects.filter(unit__officers__username="officer").exists()
