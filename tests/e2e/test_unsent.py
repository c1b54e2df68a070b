"""Nothing that was saved gets out of sight: signing out, another officer on the phone, a record the server refuses."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import PhoneShop, Server
from tests.e2e.steps import SENT, due_doors, log_visit, wait_until_installed


def test_signing_out_is_refused_while_something_is_unsent(phones: PhoneShop) -> None:
    phone = phones.phone("officer")
    page = phone.open()
    phone.sign_in(page, "officer")
    wait_until_installed(page)
    phone.network(on=False)
    log_visit(page, "met")
    page.get_by_test_id("nav-settings").click()
    page.get_by_test_id("sign-out").click()
    expect(page.get_by_test_id("sign-out-refused")).to_contain_text("1")
    expect(page.get_by_test_id("nav")).to_be_visible()
    phone.network(on=True)
    expect(page.get_by_test_id("unsent-badge")).to_have_count(0, timeout=SENT)
    page.get_by_test_id("sign-out").click()
    expect(page.get_by_test_id("sign-in")).to_be_visible()
    expect(page.get_by_test_id("unsent-of-others")).to_have_count(0)


def test_a_record_waits_for_its_officer_while_another_uses_the_phone(phones: PhoneShop) -> None:
    phone = phones.phone("shared")
    page = phone.open()
    phone.sign_in(page, "officer")
    wait_until_installed(page)
    name = page.get_by_role("heading", level=1).inner_text()
    phone.network(on=False)
    log_visit(page, "refused")
    assert phone.context is not None
    phone.context.clear_cookies()  # the session has run out
    phone.network(on=True)
    page.get_by_test_id("sign-in-again").click(timeout=SENT)
    expect(page.get_by_test_id("unsent-of-others")).to_have_count(0)

    phone.sign_in(page, "lead")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(name)
    expect(page.get_by_test_id("unsent-badge")).to_have_count(0)
    page.get_by_test_id("nav-settings").click()
    page.get_by_test_id("sign-out").click()
    expect(page.get_by_test_id("unsent-of-others")).to_contain_text("1")

    phone.sign_in(page, "officer")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_test_id("unsent-badge")).to_have_count(0, timeout=SENT)
    page.get_by_test_id("nav-unsent").click()
    expect(page.get_by_test_id("receipt-row")).to_have_count(1)


def test_a_refused_record_says_what_to_do_and_does_not_block_the_next(phones: PhoneShop, server: Server) -> None:
    phone = phones.phone("officer")
    page = phone.open()
    phone.sign_in(page, "officer")
    wait_until_installed(page)
    moved, stayed = due_doors(page)[:2]
    phone.network(on=False)
    own = move_door(server, moved, "Officer.objects.get(username='neighbour').unit_id")
    try:
        log_visit(page, "met", door=moved)
        log_visit(page, "met", door=stayed)
        phone.network(on=True)
        page.get_by_test_id("nav-unsent").click()
        expect(page.get_by_test_id("receipt-row")).to_have_count(1, timeout=SENT)
        row = page.get_by_test_id("unsent-row")
        expect(row).to_have_count(1)
        expect(row).to_have_attribute("data-state", "attention")
        expect(row).to_contain_text("这户属于其他单位")
        expect(page.get_by_test_id("unsent-badge")).to_have_text("1")
    finally:
        move_door(server, moved, own)


def move_door(server: Server, door: str, unit: str) -> str:
    """Let another station answer for a door, as an import does; return the unit before, ready to move it back."""
    printed = server.manage(
        "shell",
        "-c",
        "from backend.accounts.models import Officer; from geo.models import Premises;"
        f"door = Premises.objects.get(pk='{door}'); print('unit=' + str(door.unit_id));"
        f"Premises.objects.filter(pk=door.pk).update(unit={unit})",
    )
    found = re.search(r"unit=([0-9a-f-]{36})", printed)
    assert found is not None, printed
    return f"'{found[1]}'"
