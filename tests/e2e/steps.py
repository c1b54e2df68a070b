"""What officers do again and again, in the words of the tests."""

import re

from playwright.sync_api import Locator, Page, expect

SENT = 60_000


def wait_until_installed(page: Page) -> None:
    """Wait until doors are on the phone and the service worker would serve a cold start."""
    expect(page.get_by_test_id("due-list").locator("li").first).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # the first page is not yet controlled by the worker it installed
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    expect(page.get_by_test_id("due-list").locator("li").first).to_be_visible()


def log_visit(page: Page, outcome: str, *, door: str | None = None) -> None:
    """Log a visit from Today: at the first due door, or at the one with this id."""
    page.get_by_test_id("nav-today").click()
    page.get_by_test_id("log-visit").click()
    doors = page.get_by_test_id("door-list").locator("a")
    (doors.first if door is None else page.locator(f'a[href="#/visit/{door}"]').first).click()
    page.get_by_test_id(f"outcome-{outcome}").click()
    page.get_by_test_id("save-visit").click()
    expect(page.get_by_test_id("today")).to_be_visible()


def due_doors(page: Page, at_least: int = 2) -> list[str]:
    """Return the ids of the due doors on Today, once there are so many: a first sync brings them page by page."""
    expect(page.get_by_test_id("due-list").locator("a").nth(at_least - 1)).to_be_visible()
    addresses = page.get_by_test_id("due-list").locator("a").evaluate_all("links => links.map(link => link.hash)")
    return [found[1] for address in addresses if (found := re.fullmatch(r"#/visit/(.+)", address))]


def township_row(page: Page, name: str) -> Locator:
    """Return the row of a township in the table of Coverage."""
    return page.get_by_test_id("township-row").filter(has_text=name)


def own_device(page: Page) -> str:
    """Return the identity of this phone once it signs."""
    page.get_by_test_id("nav-settings").click()
    expect(page.get_by_test_id("signing")).to_contain_text("已签名", timeout=SENT)
    shown = page.get_by_test_id("device-short")
    expect(shown).to_have_attribute("title", re.compile(".+"))
    return shown.get_attribute("title") or ""
