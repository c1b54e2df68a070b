"""kill -9 of the browser while it saves and while it sends: what was called saved arrives once and unaltered."""

import os
import random

from playwright.sync_api import expect

from tests.e2e.conftest import Server
from tests.rings.system.conftest import Hand, unsent
from tests.rings.system.gate import Gate
from tests.rings.system.records import assert_nothing_is_lost, store_on, wait_until_on_server

RUNS = int(os.environ.get("RUNS", "10"))
SEED = int(os.environ.get("SEED", "7"))
WORDS_BEFORE_DEATH = 12


def test_killed_while_saving_nothing_that_was_called_saved_is_lost(hand: Hand, server: Server) -> None:
    chance = random.Random(SEED)
    doors = hand.install()
    held = 0
    for run in range(RUNS):
        called_saved = held + hand.save_until(doors, chance.randint(1, WORDS_BEFORE_DEATH)) if run else 0
        hand.kill()
        page = hand.phone.open(offline=True)
        expect(page.get_by_test_id("today")).to_be_visible()
        store = store_on(page)
        assert [row.seq for row in sorted(store.records, key=lambda row: row.seq)] == list(
            range(1, len(store.records) + 1)
        ), f"a hole in the records after run {run} of seed {SEED}"
        assert len(store.records) >= called_saved, f"lost after run {run} of seed {SEED}"
        held = len(store.records)
    assert held > 0
    hand.phone.network(on=True)
    hand.send_all(page)
    assert_nothing_is_lost(store_on(page), server)


def test_killed_after_the_server_committed_and_before_the_answer_came(hand: Hand, server: Server, gate: Gate) -> None:
    doors = hand.install()
    gate.close()
    hand.save(doors, 3)
    gate.wait_until_answered()
    hand.kill()
    gate.open()
    page = hand.phone.open()
    hand.send_all(page)
    store = store_on(page)
    assert "duplicate" in {row.outcome for row in store.records}, "the server had committed before the phone died"
    assert_nothing_is_lost(store, server)


def test_the_tab_closed_while_its_records_are_on_their_way(hand: Hand, server: Server, gate: Gate) -> None:
    doors = hand.install()
    device = store_on(hand.page).device
    gate.close()
    hand.save(doors, 3)
    gate.wait_until_answered()
    assert hand.phone.context is not None
    page = hand.phone.context.new_page()
    hand.phone.context.pages[0].close()
    gate.open()
    page.goto(gate.url)
    wait_until_on_server(page, server, device, 3)
    unsent(page, 0)
    assert_nothing_is_lost(store_on(page), server)
