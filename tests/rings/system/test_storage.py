"""A phone that is full, a database that the browser threw away, a session that ended in airplane mode."""

import json

from playwright.sync_api import expect

from tests.e2e.conftest import DESK, PhoneShop, Server
from tests.rings.system.conftest import Hand, unsent
from tests.rings.system.gate import Gate
from tests.rings.system.records import assert_nothing_is_lost, connect, rows_of, store_on


def test_a_full_phone_says_not_saved_and_keeps_the_draft(hand: Hand, server: Server, gate: Gate) -> None:
    doors = hand.install()
    hand.phone.network(on=False)
    hand.save(doors, 1)
    hand.phone.close()
    # The browser asks for the quota when it opens the database: it must be small before the app is there.
    page = hand.phone.open(route="/healthz")
    hand.phone.network(on=False)
    protocol = hand.protocol()
    protocol.send("Storage.overrideQuotaForOrigin", {"origin": gate.url, "quotaSize": 1})
    page.goto(gate.url)
    page.evaluate("door => { location.hash = `#/visit/${door}` }", doors[1])
    page.get_by_test_id("outcome-refused").click()
    page.get_by_test_id("save-visit").click()
    expect(page.get_by_test_id("save-failed")).to_be_visible()
    expect(page.get_by_test_id("unsent-badge")).to_have_text("1")
    assert len(store_on(page).records) == 1

    protocol.send("Storage.overrideQuotaForOrigin", {"origin": gate.url})
    page.get_by_test_id("save-visit").click()
    unsent(page, 2)
    hand.phone.network(on=True)
    unsent(page, 0)
    store = store_on(page)
    assert len(store.records) == 2
    assert_nothing_is_lost(store, server)


def test_a_database_that_the_browser_threw_away_is_noticed_and_the_list_of_devices_shows_it(
    phones: PhoneShop, hand: Hand, server: Server, gate: Gate
) -> None:
    doors = hand.install()
    hand.save(doors, 2)
    unsent(hand.page, 0)
    before = store_on(hand.page)
    hand.page.goto("about:blank")
    hand.protocol().send("Storage.clearDataForOrigin", {"origin": gate.url, "storageTypes": "indexeddb"})
    page = hand.page
    page.goto(gate.url)
    expect(page.get_by_test_id("evicted")).to_contain_text("2")
    expect(page.get_by_test_id("due-list").locator("li").first).to_be_visible()
    hand.save(doors, 1)
    unsent(page, 0)
    after = store_on(page)
    assert after.device != before.device
    assert_nothing_is_lost(after, server)
    assert len(rows_of(server, before.device)) == 2

    lead = phones.phone("lead", viewport=DESK)
    desk = lead.open()
    lead.sign_in(desk, "lead")
    desk.get_by_test_id("nav-devices").click()
    for store, made in ((before, 2), (after, 1)):
        row = desk.locator(f'[data-device="{store.device}"]')
        expect(row.get_by_test_id("device-made")).to_have_text(str(made))
        expect(row.get_by_test_id("device-received")).to_have_text(str(made))


def test_a_session_that_ended_in_airplane_mode_costs_no_record_and_heals(hand: Hand, server: Server) -> None:
    doors = hand.install()
    page = hand.page
    hand.phone.network(on=False)
    hand.save(doors, 2)
    with connect(server) as connection:
        connection.execute("DELETE FROM django_session")
    hand.phone.network(on=True)
    expect(page.get_by_test_id("signed-out")).to_be_visible(timeout=60_000)
    page.get_by_test_id("nav-unsent").click()
    expect(page.locator('[data-testid="unsent-row"][data-state="attention"]')).to_have_count(2, timeout=60_000)
    expect_quarantined(server, store_on(page).device)

    page.get_by_test_id("sign-in-again").click()
    hand.phone.sign_in(page, "officer")
    unsent(page, 0)
    assert_nothing_is_lost(store_on(page), server)


def expect_quarantined(server: Server, device: str) -> None:
    """What arrived without a session is on the server, held, and says why."""
    with connect(server) as connection:
        found = connection.execute(
            "SELECT outcome, problem FROM sync_mutation WHERE device_id = %s", [device]
        ).fetchall()
    assert [outcome for outcome, _ in found] == ["quarantined"] * 2
    assert {(json.loads(why) if isinstance(why, str) else why)["code"] for _, why in found} == {"session_ended"}
