"""The main job: a visit logged with no network, in a browser that was restarted, reaches the lead's map by itself."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import DESK, PHONE, PhoneShop, Server
from tests.e2e.steps import log_visit, wait_until_installed

_IS_ON_TOP = """element => {
  const box = element.getBoundingClientRect();
  const points = [[0.5, 0.5], [0.05, 0.5], [0.95, 0.5], [0.5, 0.1], [0.5, 0.9]];
  return points.every(([across, down]) => {
    const top = document.elementFromPoint(box.left + across * box.width, box.top + down * box.height);
    return element.contains(top);
  });
}"""


def visits_of_own_township(page: Page) -> Locator:
    """Return the cell of the lead's table with the number of visits in the township of the demo station."""
    return page.get_by_test_id("township-row").filter(has_text="灵泉街道").locator("td[data-metric=visits]")


def test_a_visit_logged_offline_after_a_restart_reaches_the_leads_map_with_no_tap(
    phones: PhoneShop, server: Server
) -> None:
    officer = phones.phone("officer")
    page = officer.open()
    officer.sign_in(page, "officer")
    wait_until_installed(page)

    desk = phones.phone("lead", viewport=DESK)
    lead_page = desk.open()
    desk.sign_in(lead_page, "lead")
    lead_page.get_by_test_id("nav-coverage").click()
    before = int(visits_of_own_township(lead_page).inner_text())

    # No network: the phone is in airplane mode, and its browser starts from nothing.
    officer.close()
    page = officer.open(offline=True)
    expect(page.get_by_test_id("today")).to_be_visible()
    taps = [
        page.get_by_test_id("log-visit"),
        page.get_by_test_id("door-list").locator("a, button").first,
        page.get_by_test_id("outcome-met"),
        page.get_by_test_id("save-visit"),
    ]
    for tap in taps:
        tap.click()
    assert len(taps) <= 5
    expect(page.get_by_test_id("saved-toast")).to_be_visible()
    expect(page.get_by_test_id("unsent-badge")).to_have_text("1")

    # The browser dies before anything was sent: the visit is still there.
    officer.close()
    page = officer.open(offline=True)
    expect(page.get_by_test_id("unsent-badge")).to_have_text("1")

    # The network comes back: nobody touches anything.
    officer.network(on=True)
    expect(page.get_by_test_id("unsent-badge")).to_have_count(0, timeout=60_000)
    expect(visits_of_own_township(lead_page)).to_have_text(str(before + 1), timeout=60_000)


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_the_next_visit_can_be_saved_at_once_while_the_last_can_still_be_undone(
    phones: PhoneShop, viewport: dict[str, int]
) -> None:
    phone = phones.phone("officer", viewport=viewport)
    page = phone.open()
    phone.sign_in(page, "officer")
    wait_until_installed(page)
    phone.network(on=False)
    page.clock.install()  # the five seconds do not pass while the test looks
    log_visit(page, "met")
    toast = page.get_by_test_id("saved-toast")
    steps = [
        page.get_by_test_id("log-visit"),
        page.get_by_test_id("door-list").locator("a").first,
        page.get_by_test_id("outcome-refused"),
        page.get_by_test_id("save-visit"),
    ]
    for step in steps:
        expect(toast).to_be_visible()
        expect(step).to_be_visible()
        assert step.evaluate(_IS_ON_TOP), "something lies over what the officer taps next"
        if step is not steps[0]:
            assert page.get_by_test_id("back").evaluate(_IS_ON_TOP)
        step.click()
    expect(page.get_by_test_id("unsent-badge")).to_have_text("2")


def test_a_visit_logged_while_the_server_is_away_is_sent_when_it_returns(phones: PhoneShop, server: Server) -> None:
    officer = phones.phone("officer")
    page = officer.open()
    officer.sign_in(page, "officer")
    wait_until_installed(page)
    server.stop()
    try:
        log_visit(page, "nobody_home")
        expect(page.get_by_test_id("unsent-badge")).to_have_text("1")
        page.get_by_test_id("nav-unsent").click()
        expect(page.get_by_test_id("unsent-row")).to_have_count(1)
    finally:
        server.start()
    expect(page.get_by_test_id("unsent-row")).to_have_count(0, timeout=60_000)
    expect(page.get_by_test_id("receipt-row").first).to_be_visible()
