"""`manage.py aggregate` and the Celery tasks: what one types, what beat and a push call."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from backend.accounts.models import Officer
from backend.celery import app
from backend.reports.models import TownshipDay
from backend.reports.tasks import refresh_townships
from geo.models import Premises
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


def test_a_push_calls_the_refresh_by_its_name_with_what_json_can_carry(
    push: Push, officer: Officer, door: Premises
) -> None:
    push(officer, visit(door.id))

    refresh_townships(touched=[[door.area_id, DAY.isoformat()], [door.area_id, DAY.isoformat()]])

    assert day_row(door.area).visits == 1
    assert TownshipDay.objects.count() == 3


def test_every_task_that_beat_or_a_push_calls_by_name_exists() -> None:
    app.loader.import_default_modules()
    called = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} | set(settings.TASKS_AFTER_PUSH)
    assert called <= set(app.tasks)
