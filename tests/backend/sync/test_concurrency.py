"""What happens when many phones send at once: once means once, and no reader of the feed misses a number."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from django.db import close_old_connections, connection

from backend.accounts.models import Officer
from backend.sync.models import FeedCounter, FeedEntry
from backend.sync.push import receive_batch
from backend.sync.wire import BatchHeader
from geo.models import Premises
from tests.builders import batch, visit
from tests.conftest import outcomes_of
from tests.factories import PremisesFactory
from visits.models import Visit

pytestmark = pytest.mark.django_db(transaction=True)


def send(officer: Officer, mutations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Push in a thread of its own, with a database connection of its own."""
    close_old_connections()
    try:
        header = BatchHeader.model_validate(batch(mutations))
        return receive_batch(officer=officer, batch=header, received_at=datetime.now(UTC))
    finally:
        connection.close()


def in_parallel(work: Callable[[int], Any], times: int) -> list[Any]:
    with ThreadPoolExecutor(max_workers=times) as pool:
        return list(pool.map(work, range(times)))


def test_eight_parallel_deliveries_of_one_batch_apply_each_visit_once(officer: Officer, door: Premises) -> None:
    sent = [visit(door.id) for _ in range(5)]
    answers = in_parallel(lambda _: send(officer, sent), 8)
    words = sorted(word for answer in answers for word in outcomes_of(answer))
    assert words == ["applied"] * 5 + ["duplicate"] * 35
    assert Visit.objects.count() == 5


def test_parallel_batches_over_the_same_doors_in_opposite_order_all_get_through(officer: Officer, city: Any) -> None:
    doors = [PremisesFactory(area=city.township) for _ in range(6)]
    orders = [doors if turn % 2 else doors[::-1] for turn in range(6)]
    answers = in_parallel(lambda turn: send(officer, [visit(door.id) for door in orders[turn]]), 6)
    assert {word for answer in answers for word in outcomes_of(answer)} == {"applied"}
    assert Visit.objects.count() == 36


def test_a_reader_beside_four_writers_sees_every_number_once_and_in_order(officer: Officer, city: Any) -> None:
    doors = [PremisesFactory(area=city.township) for _ in range(4)]
    unit = city.station
    done = Event()
    seen: list[int] = []

    def read() -> None:
        last = 0
        while True:
            finished = done.is_set()  # before the query: what was committed before it is in the query's snapshot
            fresh = list(FeedEntry.objects.filter(unit=unit, n__gt=last).order_by("n").values_list("n", flat=True)[:7])
            seen.extend(fresh)
            last = fresh[-1] if fresh else last
            if finished and not fresh:
                connection.close()
                return

    with ThreadPoolExecutor(max_workers=1) as reader:
        reading = reader.submit(read)
        in_parallel(lambda turn: [send(officer, [visit(doors[turn].id)]) for _ in range(10)], 4)
        done.set()
        reading.result()
    assert seen == list(range(1, FeedCounter.objects.get(unit=unit).n + 1))
