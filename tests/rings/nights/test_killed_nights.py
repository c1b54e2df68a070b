"""Three nights on a real Celery worker that is killed -9 while it counts; the long form is `make ring-nights`."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.rings.nights.nights import Nights
from tests.rings.nights.town import lay_town
from tests.rings.nights.workers import workers_up

pytestmark = pytest.mark.ring


@pytest.mark.django_db(transaction=True)
def test_killed_nights_give_the_figures_of_a_recomputation_byte_for_byte(settings: Any) -> None:
    settings.TASKS_AFTER_PUSH = []
    with workers_up(Path(os.environ["XUNFANG_HOME"]) / "ring_nights.log") as workers:
        nights = Nights(workers, lay_town(), "3", kills=0.5, whole=0.0)

        found = nights.simulate(timezone.now().date() - timedelta(days=40), 3, compare_every=3)

    assert found.different == [] and found.failures_marked == 0
    assert found.kills["child"] > 0 and found.legs > 0
