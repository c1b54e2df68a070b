"""One small story of Helsinki for all tests that only look at it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from backend.demo.cities import HELSINKI
from backend.demo.ground import StoryPlan
from backend.demo.story import seed_story

PLAN = StoryPlan(HELSINKI, seed=7, scale=0.05, today=date(2026, 11, 20), days=3)


@pytest.fixture(scope="package")
def told_once(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The story, told in a transaction around all tests of this folder: it costs seconds."""
    around = transaction.atomic()
    # As Django's own TestCase says of its transactions: one that is meant to be durable may run inside.
    around._from_testcase = True  # type: ignore[attr-defined]
    with django_db_blocker.unblock(), around:
        seed_story(PLAN, lambda line: None)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def told(told_once: None, db: None) -> None:
    """The story; what a test changes is gone after it."""
