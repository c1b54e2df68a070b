"""The server ring: histories of saving, syncing and breaking, found by Hypothesis, against the real server.

Every history ends by healing, waiting until all outboxes are empty, and comparing phones, server and what was saved.
RING_EXAMPLES=200 runs more of them, with a new seed each time (`make ring-server`); a failing one is printed as steps.
"""

import asyncio
import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.rings.faults.chaos import ACTIONS, POINTS
from tests.rings.faults.clerk import EVERY_KIND
from tests.rings.faults.proxy import WEIGHTS
from tests.rings.server.conftest import Place
from tests.rings.server.world import Person, World

EXAMPLES = int(os.environ.get("RING_EXAMPLES") or 0)
SLOWEST_S = [0.0]
TEN_YEARS_S = 10 * 365.25 * 86400
NETWORK_FAULTS = sorted(set(WEIGHTS) - {"stalled"})  # a stall costs its timeout; the soak has them
SERVER_FAULTS = ("kill_web_worker", "kill_postgres_backend", "restart_postgres", "kill_postgres")
who = st.integers(0, 3)


class SyncRing(RuleBasedStateMachine):
    """One history. The steps are rules; Hypothesis chooses them."""

    place: Place
    histories = 0

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        """Four officers of two stations come to work."""
        self.world = World(self.place.server, self.place.failpoints, self.place.town(), seed)
        type(self).histories += 1

    def person(self, number: int) -> Person:
        """Return one of the four."""
        return self.world.people[number]

    @rule(number=who, count=st.integers(1, 8))
    def save(self, number: int, count: int) -> None:
        """Somebody works."""
        self.person(number).clerk.save(count)

    @rule(number=who, kind=st.sampled_from(EVERY_KIND))
    def save_one_of_a_kind(self, number: int, kind: object) -> None:
        """Somebody saves this: also what is wrong, foreign, or an old id with another content."""
        kind(self.person(number).clerk)  # type: ignore[operator]

    @rule(number=who)
    def sync(self, number: int) -> None:
        """The network is good."""
        self.world.do(self.person(number).phone.round())

    @rule(number=who, faults=st.lists(st.sampled_from(NETWORK_FAULTS), min_size=1, max_size=3))
    def sync_badly(self, number: int, faults: list[str]) -> None:
        """The network is bad in this way."""
        self.person(number).clerk.save(2)
        self.world.proxy.script.extend(faults)
        self.world.do(self.person(number).phone.round())

    @rule(rate=st.sampled_from([0.3, 0.6]))
    def all_sync_badly(self, rate: float) -> None:
        """Everybody at once on a bad network."""
        self.world.proxy.rate = rate
        self.world.do(self.world.together())
        self.world.proxy.rate = 0.0

    @rule(number=who, times=st.integers(2, 5))
    def several_senders(self, number: int, times: int) -> None:
        """The same records arrive several times at once."""
        self.person(number).clerk.save(3)
        self.world.do(self.person(number).phone.parallel(times))

    @rule()
    def partition(self) -> None:
        """Nobody reaches the server."""
        self.world.proxy.is_cut = True

    @rule()
    def partition_ends(self) -> None:
        """The network is back."""
        self.world.proxy.is_cut = False

    @rule(number=who, event=st.sampled_from(SERVER_FAULTS))
    def server_breaks_before_a_commit(self, number: int, event: str) -> None:
        """A push stands before its commit, and then this happens to the server."""
        if self.world.proxy.is_cut:
            return
        self.person(number).clerk.save(3)
        self.world.do(self.world.while_pushing(self.person(number).phone, event))

    @rule(event=st.sampled_from((*SERVER_FAULTS, "disk_full", "deadlock")))
    def server_breaks_meanwhile(self, event: str) -> None:
        """Everybody syncs while this happens to the server."""
        for person in self.world.people:
            person.clerk.save(2)

        async def both() -> None:
            await asyncio.gather(self.world.together(), self.world.chaos.do(event))

        self.world.do(both())

    @rule(number=who, point=st.sampled_from(POINTS), action=st.sampled_from(ACTIONS))
    def failpoint(self, number: int, point: str, action: str) -> None:
        """The server fails at this point."""
        self.world.chaos.arm(point, action)
        self.person(number).clerk.save(2)
        self.world.do(self.person(number).phone.round())

    @rule(number=who, off_s=st.sampled_from([-TEN_YEARS_S, -3600.0, 0.0, 3600.0, TEN_YEARS_S]))
    def clock_jumps(self, number: int, off_s: float) -> None:
        """The phone's clock is wrong by years, or right again."""
        self.person(number).phone.install.clock_off_s = off_s

    @rule(number=who)
    def session_ends(self, number: int) -> None:
        """The session ends with unsent records on the phone."""
        self.person(number).clerk.save(2)
        self.world.end_session(self.person(number))

    @rule(number=who)
    def sign_in(self, number: int) -> None:
        """Somebody signs in again."""
        self.world.sign_in(self.person(number))

    @precondition(lambda self: all(one.clerk.has_rights for one in self.world.people))
    @rule(number=who)
    def deactivated_while_offline(self, number: int) -> None:
        """An officer is deactivated while the phone holds unsent records."""
        self.person(number).clerk.save(3)
        self.world.deactivate(self.person(number))

    @precondition(lambda self: all(one.clerk.has_rights for one in self.world.people))
    @rule(number=who)
    def moved_while_offline(self, number: int) -> None:
        """An officer is moved to the other station while the phone holds unsent records."""
        self.person(number).clerk.save(3)
        self.world.move(self.person(number))

    @precondition(lambda self: not self.world.chaos.faults["scope_move"])
    @rule(number=who)
    def border_moves_while_offline(self, number: int) -> None:
        """A door changes hands while a phone holds unsent records."""
        self.person(number).clerk.save(4)
        self.world.border_moves()

    @precondition(lambda self: not self.world.backup and not self.world.chaos.faults["restore"])
    @rule()
    def back_up(self) -> None:
        """Somebody copies the database."""
        self.world.back_up()

    @precondition(lambda self: self.world.backup)
    @rule()
    def restore(self) -> None:
        """The database is lost and the copy takes its place."""
        self.world.do(self.world.together())
        self.world.restore()

    def teardown(self) -> None:
        """Heal, drain, compare."""
        if not hasattr(self, "world"):
            return
        try:
            found = self.world.heal_and_compare()
            SLOWEST_S.append(self.world.drain_s)
            assert not found, str(found)
        finally:
            self.world.close()


@pytest.fixture
def ring(place: Place) -> type[SyncRing]:
    SyncRing.place = place
    return SyncRing


def test_no_history_loses_doubles_alters_or_holds_a_record(ring: type[SyncRing]) -> None:
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    how = settings(
        max_examples=EXAMPLES or 5,
        stateful_step_count=16,
        deadline=None,
        derandomize=not EXAMPLES,
        database=None,
        # No shrinking: an example takes seconds of a real server, and its steps are printed as they are.
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=quiet,
    )
    run_state_machine_as_test(ring, settings=how)
    print(f"\nserver ring: {ring.histories} histories, all drained (slowest {max(SLOWEST_S):.1f} s) and equal")
