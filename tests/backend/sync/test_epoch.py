"""A restored database begins a new epoch by itself, and no phone takes the numbers of the past for new ones."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from backend.sync.cursor import Cursor, write_cursor
from backend.sync.feed import epoch_id, epoch_renew
from backend.sync.models import FeedCounter, FeedEntry, FeedEpoch
from geo.models import Premises
from tests.builders import visit
from tests.factories import NOON

Push = Callable[..., list[dict[str, Any]]]
ClientOf = Callable[[Officer | None], APIClient]
PULL = "/api/v1/sync/pull"


def life_now() -> str:
    """Return what names the life of the test database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())"
            " || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) FROM pg_control_system()"
        )
        found: str = cursor.fetchone()[0]
    return found


def test_the_epoch_stays_as_long_as_the_database_is_the_same(db: None) -> None:
    first = epoch_id()
    assert [epoch_id() for _ in range(3)] == [first] * 3
    assert FeedEpoch.objects.get().database == life_now()


@pytest.mark.parametrize("part", [0, 1, 2], ids=["another cluster", "another database", "another timeline"])
def test_a_restore_into_another_life_begins_a_new_epoch_at_the_first_question(db: None, part: int) -> None:
    before = epoch_id()
    other = life_now().split("/")
    other[part] = "00000009"
    FeedEpoch.objects.update(database="/".join(other))  # what a restored copy finds written down
    after = epoch_id()
    assert after != before
    assert epoch_id() == after


def test_an_epoch_of_before_this_was_written_down_is_kept(db: None) -> None:
    before = epoch_id()
    FeedEpoch.objects.update(database="")  # a row of the version before
    assert (epoch_id(), FeedEpoch.objects.get().database) == (before, life_now())


def test_an_operator_can_begin_one_by_hand(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    before = epoch_id()
    call_command("renew_epoch")
    assert epoch_id() != before
    assert str(epoch_id()) in capsys.readouterr().out


def test_a_phone_of_the_epoch_before_is_told_to_start_anew_and_gets_everything(
    push: Push, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id))
    client = client_of(officer)
    cursor = client.get(PULL).json()["cursor"]
    epoch_renew()
    page = client.get(PULL, {"cursor": cursor}).json()
    assert (page["reset"], page["changes"], page["has_more"]) == (True, [], True)
    assert len(client.get(PULL, {"cursor": page["cursor"]}).json()["changes"]) == 2


def forget_the_last_visit() -> None:
    """Do to the feed what starting from a copied folder does: the newest numbers were never given."""
    FeedEntry.objects.filter(n__gt=2).delete()
    FeedCounter.objects.update(n=2)


def test_a_phone_that_has_seen_numbers_which_were_never_given_proves_a_restore_to_all(
    push: Push, client_of: ClientOf, officer: Officer, neighbour: Officer, door: Premises
) -> None:
    push(officer, visit(door.id, "nobody_home"))
    push(officer, visit(door.id))
    client = client_of(officer)
    cursor, before = client.get(PULL).json()["cursor"], epoch_id()
    forget_the_last_visit()
    page = client.get(PULL, {"cursor": cursor}).json()
    assert (page["reset"], page["epoch"] != str(before)) == (True, True)
    assert client_of(neighbour).get(PULL).json()["epoch"] == page["epoch"]


def test_after_a_restore_in_place_other_records_took_the_lost_numbers_and_nobody_noticed(
    push: Push, client_of: ClientOf, officer: Officer, lead: Officer, door: Premises
) -> None:
    push(officer, visit(door.id), visit(door.id))
    client = client_of(officer)
    newest = client.get(PULL).json()["cursor"]
    before = epoch_id()
    # pg_restore --clean of a dump taken before these visits; then another phone pushes on.
    FeedEntry.objects.all().delete()
    FeedCounter.objects.all().delete()
    push(lead, *(visit(door.id, at=NOON + timedelta(minutes=n)) for n in range(5)))
    page = client.get(PULL, {"cursor": newest}).json()
    assert (page["reset"], epoch_id() != before) == (True, True)


def test_a_feed_that_only_grew_goes_on_where_the_phone_stood(
    push: Push, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id))
    client = client_of(officer)
    page = client.get(PULL).json()
    again = client.get(PULL, {"cursor": page["cursor"]}).json()
    assert (again["reset"], again["changes"], again["cursor"]) == (False, [], page["cursor"])
    push(officer, visit(door.id, at=NOON - timedelta(days=1)))
    more = client.get(PULL, {"cursor": page["cursor"]}).json()
    assert (more["reset"], [change["type"] for change in more["changes"]]) == (False, ["visit"])


def test_a_made_up_cursor_ahead_of_the_feed_resets_only_the_phone_that_sent_it(
    push: Push, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id))
    before = epoch_id()
    made_up = write_cursor(Cursor(before, {"S1": 10**9}))
    for text in (made_up, f"{made_up}.0123456789abcdef0123456789abcdef"):
        page = client_of(officer).get(PULL, {"cursor": text}).json()
        assert (page["reset"], page["epoch"]) == (True, str(before))


def test_a_cursor_of_an_app_before_seals_goes_on_where_it_stood(
    push: Push, client_of: ClientOf, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id))
    client = client_of(officer)
    unsealed = client.get(PULL, {"limit": 1}).json()["cursor"].partition(".")[0]
    assert [change["n"] for change in client.get(PULL, {"cursor": unsealed}).json()["changes"]] == [2]
