"""axe-core finds nothing to object to: every screen, both languages and themes, on a phone and at a desk."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESK, PHONE, ROOT, PhoneShop
from tests.e2e.steps import due_doors

AXE = (ROOT / "frontend_pwa/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
LOOKS = [(language, theme) for language in ("zh", "en") for theme in ("light", "dark")]


def objections(page: Page, where: str) -> list[str]:
    """Return what axe objects to on the screen as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], elementRef: false}).then(result => result.violations)"
    )
    return [f"{where}: {one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found]


def dress(page: Page, language: str, theme: str) -> None:
    """Change language and theme by hand, in the settings."""
    page.get_by_test_id("nav-settings").click()
    page.get_by_test_id(f"language-{language}").click()
    page.get_by_test_id(f"theme-{theme}").click()
    expect(page.locator("html")).to_have_attribute("data-theme", theme)


def screens(page: Page) -> dict[str, str]:
    """Return the address of every screen and what is there when it is ready."""
    door = due_doors(page)[0]
    page.get_by_test_id("nav-disputes").click()
    dispute = page.get_by_test_id("dispute-row").first.get_attribute("data-dispute")
    return {
        "#/today": "due-list",
        "#/doors?tab=due": "door-list",
        "#/doors?tab=nearby": "doors",
        "#/doors?tab=search": "door-search",
        f"#/visit/{door}": "save-visit",
        "#/unsent": "unsent",
        "#/disputes": "dispute-list",
        f"#/disputes/{dispute}": "timeline",
        "#/coverage?show=map": "legend",
        "#/coverage?show=table&area=360902001&metric=disputes_found": "figure-visits",
        "#/settings": "storage",
        "#/quarantine": "quarantine",
        "#/devices": "device-list",
        "#/enrol/": "enrol-code",
    }


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_no_screen_has_an_accessibility_violation(phones: PhoneShop, viewport: dict[str, int]) -> None:
    phone = phones.phone("lead", viewport=viewport)
    page = phone.open()
    expect(page.get_by_test_id("sign-in")).to_be_visible()
    found = objections(page, "sign-in")
    page.get_by_test_id("switch-language").click()
    found += objections(page, "sign-in en")
    phone.sign_in(page, "lead")
    expect(page.get_by_test_id("due-list")).to_be_visible()
    all_screens = screens(page)
    for language, theme in LOOKS:
        dress(page, language, theme)
        for address, ready in all_screens.items():
            page.evaluate("address => { location.hash = address }", address)
            expect(page.get_by_test_id(ready)).to_be_visible()
            found += objections(page, f"{address} {language} {theme}")
    assert found == [], json.dumps(found, indent=1, ensure_ascii=False)


@pytest.mark.parametrize(("account", "ready"), [("analyst", "legend"), ("administrator", "administrator")])
def test_the_screen_of_an_account_without_records_has_none_either(phones: PhoneShop, account: str, ready: str) -> None:
    phone = phones.phone(account, viewport=DESK)
    page = phone.open()
    phone.sign_in(page, account)
    expect(page.get_by_test_id(ready)).to_be_visible()
    assert objections(page, account) == []
