"""Two tabs of one officer, two devices of one account, a new version of the app while it sends."""

from playwright.sync_api import expect

from tests.e2e.conftest import PhoneShop, Server
from tests.rings.system.conftest import Hand, unsent
from tests.rings.system.gate import Gate
from tests.rings.system.records import assert_nothing_is_lost, store_on, wait_until_on_server


def test_two_tabs_of_one_officer_save_and_one_of_them_sends(hand: Hand, server: Server, gate: Gate) -> None:
    doors = hand.install()
    first = hand.page
    assert hand.phone.context is not None
    second = hand.phone.context.new_page()
    second.goto(gate.url)
    expect(second.get_by_test_id("today")).to_be_visible()
    pushes = gate.pushes
    gate.close()
    for _ in range(3):
        hand.save(doors[:2], 2, page=first)
        hand.save(doors[2:4], 2, page=second)
    gate.wait_until_answered()
    gate.open()
    unsent(first, 0)
    unsent(second, 0)
    assert gate.pushes > pushes
    assert gate.most_pushes_at_once == 1, "two tabs were sending at once"
    store = store_on(first)
    assert len(store.records) == 12
    assert_nothing_is_lost(store, server)


def test_two_devices_of_one_account_keep_their_own_count_and_see_each_others_visits(
    phones: PhoneShop, server: Server, gate: Gate
) -> None:
    hands = [Hand(phones.phone(name), gate) for name in ("pocket", "tablet")]
    stores = []
    for hand in hands:
        doors = hand.install()
        hand.phone.network(on=False)
        hand.save(doors, 4)
    for hand in hands:
        hand.phone.network(on=True)
    for hand in hands:
        unsent(hand.page, 0)
        stores.append(store_on(hand.page))
        assert_nothing_is_lost(stores[-1], server)
    assert stores[0].device != stores[1].device
    assert [store.made_total for store in stores] == [4, 4]


def test_a_new_version_takes_over_while_records_are_on_their_way(hand: Hand, server: Server, gate: Gate) -> None:
    doors = hand.install()
    page = hand.page
    device = store_on(hand.page).device
    gate.close()
    hand.save(doors, 3)
    gate.wait_until_answered()
    gate.new_worker = True
    page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update())")
    update = page.get_by_test_id("update-ready").locator("button").first
    with page.expect_navigation():
        update.click()
    gate.open()
    wait_until_on_server(page, server, device, 3)
    unsent(page, 0)
    expect(page.get_by_test_id("today")).to_be_visible()
    assert_nothing_is_lost(store_on(page), server)
