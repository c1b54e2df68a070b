"""Facts and the note that they changed are one commit; the nudges after it come spaced and never not at all."""

from typing import Any

from backend.accounts.models import Officer
from backend.sync.announce import Spacing
from geo.models import Premises, TouchedDay
from tests.builders import visit


def test_a_crowd_of_nudges_is_one_now_and_one_late() -> None:
    spacing = Spacing(1.0)
    delays_s = [spacing.delay_s(at_s) for at_s in (10.0, 10.25, 10.5, 10.75, 11.5, 20.0)]
    assert delays_s == [0, 0.75, None, None, 0.5, 0]


def test_a_push_notes_the_township_and_day_it_touched(push: Any, officer: Officer, door: Premises) -> None:
    push(officer, visit(door.id))
    assert list(TouchedDay.objects.values_list("area", flat=True)) == [door.area_id]


def test_a_visit_that_is_refused_touches_no_day(push: Any, officer: Officer, foreign_door: Premises) -> None:
    push(officer, visit(foreign_door.id))
    assert not TouchedDay.objects.exists()
