"""Mistakes that other systems have made: the ring's comparison finds each, and finds nothing in the product."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rings.server.conftest import Place
from tests.rings.server.world import World

DRAIN_LIMIT_S = 10.0
# What each mistake does to a record; the names are those of tests/rings/server/seeded/strategies.py.
FINDS = {
    "check_then_insert": "duplicated",
    "receipt_before_commit": "lost",
    "unique_content": "lost",
    "batch_fails_whole": "lost",
    "error_for_invalid": "stuck",
    "last_writer_wins": "altered",
    "silent_after_scope_change": "lost",
    "forgets_the_client": "duplicated",
    "quarantine_dropped": "lost",
    "silent_on_duplicates": "stuck",
    "normalises": "altered",
    "checkpoint_before_data": "stuck",
    "numbers_outside_the_transaction": "stuck",
    "epoch_survives_restore": "lost",
}


def gauntlet(world: World) -> None:
    """Let everything happen once that some server somewhere was not ready for."""
    anna, boris, carl, dora = world.people
    everyday(world)
    world.proxy.script.append("lost_answer")
    boris.clerk.save(4)
    world.do(boris.phone.round())
    world.do(boris.phone.round())
    for _ in range(3):
        boris.clerk.visit()
    world.do(boris.phone.parallel(4))
    world.chaos.arm("push.before_commit", "disk_full")
    carl.clerk.save(3)
    world.do(carl.phone.round())
    anna.clerk.same_id_other_content()
    world.do(anna.phone.round())
    dora.clerk.save(3)
    world.deactivate(dora)
    world.do(dora.phone.round())
    restored(world)
    killed(world)


def everyday(world: World) -> None:
    """An ordinary day with two equal visits, something invalid in the middle, and another station's door."""
    anna = world.people[0]
    for act in ("visit", "twins", "invalid", "visit", "foreign", "dispute", "outing"):
        getattr(anna.clerk, act)()
    for person in world.people[1:]:
        person.clerk.save(3)
    world.do(world.together())


def restored(world: World) -> None:
    """The database is copied, work goes on and is received, the database is lost and the copy takes its place."""
    world.back_up()
    world.people[0].clerk.save(4)
    world.do(world.people[0].phone.round())
    world.restore()


def killed(world: World) -> None:
    """Web workers are killed just after they answered, and while the answer was under way."""
    _, boris, carl, _ = world.people
    world.proxy.script.append("lost_answer")
    carl.clerk.save(3)
    world.do(carl.phone.round())
    boris.clerk.save(3)
    world.do(boris.phone.round())
    world.do(all_workers_killed(world))
    world.do(carl.phone.round())


async def all_workers_killed(world: World) -> None:
    """Kill -9 both web workers and wait for new ones."""
    old = set(world.server.web_workers())
    while old & set(world.server.web_workers()):
        await world.chaos.do("kill_web_worker")
        await asyncio.sleep(0.02)


@pytest.fixture
def seed_bug(place: Place) -> Iterator[Path]:
    """The file that names the mistake in force; the product is in force again afterwards."""
    file = place.failpoints.parent / "seeded_bug"
    yield file
    file.unlink(missing_ok=True)


def counts_after(place: Place) -> dict[str, int]:
    """Run the gauntlet in a town of its own and return how many findings there were of each sort."""
    world = World(place.server, place.failpoints, place.town(), "gauntlet", DRAIN_LIMIT_S)
    try:
        gauntlet(world)
        found = world.heal_and_compare()
        print(found)
        return found.counts()
    finally:
        world.close()


def test_the_product_passes_what_every_mistake_fails(place: Place) -> None:
    assert counts_after(place) == {"lost": 0, "duplicated": 0, "altered": 0, "stuck": 0}


@pytest.mark.parametrize("mistake", FINDS)
def test_the_ring_catches_a_server_that(mistake: str, place: Place, seed_bug: Path) -> None:
    seed_bug.write_text(mistake)
    assert counts_after(place)[FINDS[mistake]] > 0
