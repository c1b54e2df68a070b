"""`manage.py aggregate` and the Celery tasks: what one types, what beat and a push call."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from backend.accounts.models import Officer
from backend.celery import app
from backend.common.outcomes import Touched
from backend.reports.models import TownshipDay
from backend.reports.services import REFRESH_LOCK, refresh_waiting
from backend.reports.tasks import refresh_townships
from geo.models import Premises, TouchedDay
from geo.touched_days import touched_days_waiting
from tests.backend.reports.conftest import DAY, all_rows, day_row
from tests.builders import visit
from tests.conftest import City

Push = Callable[..., list[dict[str, Any]]]


def aggregate(*arguments: str) -> str:
    out = StringIO()
    call_command("aggregate", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_command_says_what_it_did_and_the_second_time_that_nothing_changed(
    push: Push, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id))

    assert aggregate("--day", DAY.isoformat()) == "1 days, 0 tracks derived, 3 rows, 3 new or changed\n"
    before = all_rows()
    assert aggregate("--from", "2026-11-01", "--to", "2026-11-20").endswith("3 rows, 0 new or changed\n")
    assert all_rows() == before


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--day", "yesterday"], "not a day"),
        (["--day", "2026-11-20", "--from", "2026-11-20"], "either"),
        (["--to", "2026-11-20"], "needs --from"),
        (["--from", "2026-11-20", "--to", "2026-11-19"], "lies before"),
    ],
)
def test_a_wrong_day_is_one_clear_line(city: City, arguments: list[str], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        aggregate(*arguments)


def test_before_anything_is_set_up_the_command_says_so(db: None) -> None:
    with pytest.raises(CommandError, match="Nothing is set up"):
        aggregate()


def test_a_push_notes_what_it_touched_and_the_refresh_counts_it_once(
    push: Push, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id), visit(door.id))

    refresh_townships()

    assert day_row(door.area).visits == 2
    assert (TownshipDay.objects.count(), TouchedDay.objects.count()) == (3, 0)


def test_a_worker_killed_while_it_counts_leaves_the_days_to_the_next_one(
    push: Push, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id))
    notes, days = touched_days_waiting(10)  # the worker read them and died
    assert (len(notes), days) == (1, {Touched(door.area_id, DAY)})

    refresh_townships()

    assert day_row(door.area).visits == 1


@pytest.mark.django_db(transaction=True)
def test_a_refresh_beside_another_leaves_the_work_to_it(push: Push, officer: Officer, door: Premises) -> None:
    push(officer, visit(door.id))
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [REFRESH_LOCK])
        assert refresh_waiting().days == 0
        other.execute("SELECT pg_advisory_unlock(%s)", [REFRESH_LOCK])
        assert refresh_waiting().days == 1


def test_every_task_that_beat_or_a_push_calls_by_name_exists() -> None:
    app.loader.import_default_modules()
    called = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} | set(settings.TASKS_AFTER_PUSH)
    assert called <= set(app.tasks)
