"""The lock of a phone: closed when out of sight and at each start, unreadable on the disk, no record lost with it."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Phone, PhoneShop
from tests.e2e.steps import wait_until_installed

NOTE = "门口有煤气味一二三"
PIN = "483920"
DEVICE = "JSON.parse(localStorage[Object.keys(localStorage).find(key => key.includes('marker'))]).device"


def set_pin(page: Page) -> None:
    """Set the PIN as an officer does who has just signed in."""
    page.get_by_test_id("lock-offer").get_by_role("link").click()
    page.get_by_test_id("lock-new").fill(PIN)
    page.get_by_test_id("lock-new-again").fill(PIN)
    page.get_by_test_id("lock-save").click()
    expect(page.get_by_test_id("lock-now")).to_be_visible()


def enter(page: Page, pin: str) -> None:
    """Type a PIN on the pad of the closed phone."""
    for digit in pin:
        page.get_by_test_id("pin").get_by_role("button", name=digit, exact=True).click()


def leave_for(page: Page, time: str) -> None:
    """Put the app out of sight for a time; a page without a screen can only say so."""
    see = "seen => { Object.defineProperty(document, 'visibilityState', { value: seen, configurable: true });"
    see += " document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(see, "hidden")
    page.clock.fast_forward(time)
    page.evaluate(see, "visible")


def visit_with_note(page: Page) -> None:
    """Save a visit with a note at the first due door."""
    page.get_by_test_id("nav-today").click()
    page.get_by_test_id("due-list").locator("a").first.click()
    page.get_by_test_id("outcome-met").click()
    page.get_by_test_id("section-note").click()
    page.get_by_test_id("note").fill(NOTE)
    page.get_by_test_id("save-visit").click()
    expect(page.get_by_test_id("today")).to_be_visible()


def found_on_disk(phone: Phone, text: str) -> list[str]:
    """Return the files of the browser's profile that hold a text, as UTF-8 or as the browser keeps Chinese."""
    spellings = [text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")]
    files = [path for path in Path(phone.profile).rglob("*") if path.is_file()]
    return [path.name for path in files if any(one in path.read_bytes() for one in spellings)]


def test_a_phone_with_a_pin_keeps_its_secrets_and_loses_no_record(phones: PhoneShop) -> None:
    phone = phones.phone("locked")
    page = phone.open()
    page.clock.install()
    page.reload()
    phone.sign_in(page, "officer")
    wait_until_installed(page)
    set_pin(page)
    phone.network(on=False)
    visit_with_note(page)

    leave_for(page, "04:00")
    expect(page.get_by_test_id("today")).to_be_visible()
    leave_for(page, "05:01")
    expect(page.get_by_test_id("pin")).to_be_visible()
    expect(page.get_by_text(NOTE)).to_have_count(0)
    enter(page, PIN)
    expect(page.get_by_test_id("today")).to_be_visible()
    device = page.evaluate(DEVICE)
    phone.close()

    assert found_on_disk(phone, device), "the search finds nothing at all"
    assert found_on_disk(phone, NOTE) == []

    page = phone.open(offline=True)
    page.clock.install()
    page.reload()
    expect(page.get_by_test_id("lock-unsent")).to_contain_text("1")
    for wrong in range(10):
        enter(page, "600700")
        if wrong < 9:
            expect(page.get_by_test_id("lock-said")).to_contain_text(str(9 - wrong))
            page.clock.fast_forward("30:01")
    expect(page.get_by_test_id("sign-in")).to_be_visible()
    expect(page.get_by_test_id("left-behind")).to_contain_text("1")
    phone.network(on=True)
    page.evaluate("dispatchEvent(new Event('online'))")
    # A try that the network lets down is made again after half a minute.
    expect(page.get_by_test_id("left-behind")).not_to_contain_text("1 条", timeout=60_000)

    phone.sign_in(page, "officer")
    expect(page.get_by_test_id("due-list").locator("li").first).to_be_visible()
    notes = "from visits.models import Visit; print(*Visit.objects.values_list('note', flat=True))"
    assert phone.server.manage("shell", "-c", notes).count(NOTE) == 1
