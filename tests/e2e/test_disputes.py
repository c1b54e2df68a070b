"""A dispute found on a visit goes to its end with no network while a colleague works on it too; both phones agree."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Phone, PhoneShop
from tests.e2e.steps import wait_until_installed

SUMMARY = "楼上漏水，双方争执不下"
STEPS = """steps => steps.map(step => [
  step.dataset.event,
  step.querySelector('[data-testid=misfit]') !== null,
  step.querySelector('[data-testid=step-pending]') !== null,
])"""


def signed_in(phones: PhoneShop, name: str) -> tuple[Phone, Page]:
    """Return the phone of an officer with the unit's records on it."""
    phone = phones.phone(name)
    page = phone.open()
    phone.sign_in(page, name)
    wait_until_installed(page)
    return phone, page


def visit_with_dispute(page: Page) -> None:
    """Log a visit on which a dispute was found."""
    page.get_by_test_id("nav-today").click()
    page.get_by_test_id("log-visit").click()
    page.get_by_test_id("door-list").locator("a").first.click()
    page.get_by_test_id("outcome-met").click()
    page.get_by_test_id("section-dispute").click()
    page.get_by_test_id("category-neighbour").click()
    page.get_by_test_id("dispute-summary").fill(SUMMARY)
    page.get_by_test_id("save-visit").click()
    expect(page.get_by_test_id("today")).to_be_visible()


def open_case(page: Page) -> None:
    """Find the dispute in the list and open it."""
    page.get_by_test_id("nav-disputes").click()
    page.get_by_test_id("dispute-filter-unit").click()
    page.get_by_test_id("dispute-search").fill(SUMMARY)
    page.get_by_test_id("dispute-row").first.click()
    expect(page.get_by_test_id("timeline")).to_be_visible()


def take_step(page: Page, event: str, chip: str | None = None) -> None:
    """Take the next step: three taps at most."""
    page.get_by_test_id(f"next-{event}").click()
    if chip is not None:
        page.get_by_test_id(chip).click()
    page.get_by_test_id("save-step").click()
    expect(page.get_by_test_id("timeline").locator(f'[data-event="{event}"]').last).to_be_visible()


def steps_of(page: Page) -> list[list[Any]]:
    """Return of each step in the timeline: what, whether it is marked as a misfit, whether it still waits."""
    found: list[list[Any]] = page.get_by_test_id("step").evaluate_all(STEPS)
    return found


def wait_until_sent(phone: Phone, page: Page) -> None:
    phone.network(on=True)
    expect(page.get_by_test_id("unsent-badge")).to_have_count(0, timeout=60_000)


def test_a_dispute_of_an_offline_visit_is_resolved_while_a_colleague_adds_a_step_and_both_phones_end_alike(
    phones: PhoneShop,
) -> None:
    officer, page = signed_in(phones, "officer")
    lead, lead_page = signed_in(phones, "lead")
    officer.network(on=False)
    visit_with_dispute(page)
    open_case(page)
    take_step(page, "registered")
    wait_until_sent(officer, page)

    lead_page.reload()
    open_case(lead_page)
    lead.network(on=False)
    take_step(lead_page, "session_held")
    officer.network(on=False)
    take_step(page, "session_held")
    page.get_by_test_id("next-agreement_signed").click()
    page.get_by_test_id("terms-phrases").locator("button").first.click()
    page.get_by_test_id("save-step").click()
    take_step(page, "resolved")
    # The phone says by itself when to ask after it, before the server does.
    expect(page.get_by_test_id("deadline")).to_contain_text("30")
    take_step(page, "follow_up", "follow-up-kept")
    expect(page.get_by_test_id("dispute-state")).to_have_attribute("data-state", "followed_up")
    assert [pending for _, _, pending in steps_of(page)] == [False, True, True, True, True]

    wait_until_sent(officer, page)
    # The colleague's session comes too late for the state: kept, marked, and told on both phones.
    wait_until_sent(lead, lead_page)
    for phone_page in (page, lead_page):
        phone_page.reload()
        expect(phone_page.get_by_test_id("step")).to_have_count(6)
        expect(phone_page.get_by_test_id("step-pending")).to_have_count(0)
        expect(phone_page.get_by_test_id("dispute-state")).to_have_attribute("data-state", "followed_up")
    ends = ["registered", "session_held", "agreement_signed", "resolved", "follow_up", "session_held"]
    assert steps_of(page) == [[event, index == 5, False] for index, event in enumerate(ends)]
    assert steps_of(lead_page) == steps_of(page)
    expect(lead_page.get_by_test_id("came-late")).to_be_visible()
    expect(page.get_by_test_id("came-late")).to_have_count(0)
