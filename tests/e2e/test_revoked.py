"""A phone that was revoked: what it read is gone, what it made is not, and with a new identity it works again."""

from playwright.sync_api import expect

from tests.e2e.conftest import PhoneShop, Server
from tests.e2e.steps import SENT, due_doors, log_visit, own_device, wait_until_installed

_ROWS_HELD = """async () => {
  const every = (await indexedDB.databases()).map((found) => found.name);
  const ask = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const database = await ask(indexedDB.open(every.find((name) => /^xunfang-[0-9a-f-]+$/.test(name))));
  const count = (name) => ask(database.transaction(name).objectStore(name).count());
  const counts = await Promise.all(['doors', 'visits', 'disputes', 'dispute_events', 'drafts'].map(count));
  database.close();
  return counts;
}"""


def test_a_phone_that_hears_of_its_revocation_shows_no_address_any_more(phones: PhoneShop, server: Server) -> None:
    phone = phones.phone("officer")
    page = phone.open()
    phone.sign_in(page, "officer")
    wait_until_installed(page)
    device = own_device(page)
    page.get_by_test_id("nav-today").click()
    drafted, visited = due_doors(page)[:2]
    address = page.get_by_test_id("due-door").first.locator(".address").inner_text()
    phone.network(on=False)
    log_visit(page, "met", door=visited)
    page.evaluate("door => { location.hash = `#/visit/${door}` }", drafted)
    page.get_by_test_id("outcome-refused").click()
    revoke(server, device)

    phone.network(on=True)  # in the middle of a visit
    expect(page.get_by_test_id("enrolment-needed")).to_contain_text("停用", timeout=SENT)
    for route in ("#/today", "#/doors?tab=search", f"#/visit/{drafted}", "#/disputes", "#/coverage"):
        page.evaluate("route => { location.hash = route }", route)
        expect(page.get_by_test_id("unsent")).to_be_visible()
        expect(page.locator("body")).not_to_contain_text(address)
    expect(page.get_by_test_id("unsent-row")).to_have_count(1)

    # Neither on its disk nor without a network.
    phone.close()
    page = phone.open(offline=True, route="/#/today")
    expect(page.get_by_test_id("enrolment-needed")).to_contain_text("停用")
    expect(page.get_by_test_id("sync-line")).to_contain_text("停用")
    expect(page.get_by_test_id("unsent-row")).to_have_count(1)
    assert page.evaluate(_ROWS_HELD) == [0, 0, 0, 0, 0]

    # A new identity, a new sign-in, and the doors are there again; what waits for the lead is not lost.
    phone.network(on=True)
    page.get_by_test_id("to-enrol").click()
    page.get_by_test_id("as-new-device").click()
    page.get_by_test_id("sign-in-again").click(timeout=SENT)
    phone.sign_in(page, "officer")
    page.get_by_test_id("nav-today").click(timeout=SENT)
    expect(page.get_by_test_id("due-door").first).to_be_visible(timeout=SENT)
    expect(page.get_by_test_id("enrolment-needed")).to_have_count(0)
    # It waits for the lead, or has been accepted: that hangs on whether it had left before the phone heard.
    page.get_by_test_id("nav-unsent").click()
    kept = page.locator('[data-testid="receipt-row"], [data-testid="unsent-row"][data-state="attention"]')
    expect(kept).to_have_count(1, timeout=SENT)


def revoke(server: Server, device: str) -> None:
    """Revoke a device behind its back."""
    server.manage(
        "shell",
        "-c",
        "from django.utils import timezone; from backend.accounts.models import Device;"
        f"assert Device.objects.filter(pk='{device}').update(revoked_at=timezone.now()) == 1",
    )
