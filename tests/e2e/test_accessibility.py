"""Every screen: axe-core finds nothing, the keyboard reaches all, at 200 % text nothing is cut; in every look.

The screens are read from domain/routes.ts: a new one that has no address here fails the test.
"""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESK, PHONE, ROOT, PhoneShop
from tests.e2e.steps import due_doors

AXE = (ROOT / "frontend_pwa/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
ROUTES = (ROOT / "frontend_pwa/src/domain/routes.ts").read_text(encoding="utf-8")
SCREENS = set(
    re.findall(r"screen: '(\w+)'", ROUTES[ROUTES.index("export type Route =") : ROUTES.index("const DOOR_TABS")])
)
# Only an administrator has these; the last test here walks them.
ADMINISTRATOR_SCREENS = {
    "imports": "#/imports",
    "import_job": "#/imports/none",
    "editions": "#/editions",
    "start_codes": "#/start-codes",
}
# Two looks a size: every language, theme and size comes with every other.
LOOKS = {"phone": [("zh", "light"), ("en", "dark")], "desk": [("zh", "dark"), ("en", "light")]}
SIZES = {"phone": PHONE, "desk": DESK}

# The first id of each kind that lies on the phone.
_IDS = """
async () => {
  const ask = (request) => new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  const every = (await indexedDB.databases()).map((found) => found.name);
  const database = await ask(indexedDB.open(every.find((name) => /^xunfang-[0-9a-f-]{36}$/.test(name))));
  const first = async (table) => (await ask(database.transaction(table).objectStore(table).getAllKeys(null, 1)))[0];
  const ids = { visit: await first('visits'), dispute: await first('disputes') };
  database.close();
  return ids;
}
"""
TROUBLES = (ROOT / "tests/e2e/troubles.js").read_text(encoding="utf-8")


def objections(page: Page, where: str) -> list[str]:
    """Return what axe objects to on the screen as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], elementRef: false}).then(result => result.violations)"
    )
    return [f"{where}: {one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found]


def troubles(page: Page, where: str) -> list[str]:
    """Return what axe objects to, what no key reaches and what is cut at 200 % text."""
    return objections(page, where) + [f"{where}: {one}" for one in page.evaluate(TROUBLES)]


def dress(page: Page, language: str, theme: str) -> None:
    """Change language and theme by hand, in the settings."""
    page.get_by_test_id("nav-settings").click()
    page.get_by_test_id(f"language-{language}").click()
    page.get_by_test_id(f"theme-{theme}").click()
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    expect(page.locator("html")).to_have_attribute("lang", "en" if language == "en" else "zh-Hans")


def go(page: Page, address: str, screen: str) -> None:
    """Open a screen and wait until its own part stands there."""
    page.evaluate("address => { location.hash = address }", address)
    root = page.get_by_test_id(screen).or_(page.get_by_test_id(screen.replace("_", "-"))).first
    expect(root.locator("h1")).to_be_visible()


def ended_outing(page: Page) -> tuple[str, list[str]]:
    """Make an outing; return its address and what is wrong with the screens on the way."""
    go(page, "#/outing", "outing")
    found = troubles(page, "outing before the start")
    page.get_by_test_id("outing-start").click()
    expect(page.get_by_test_id("outing-end")).to_be_visible()
    found += troubles(page, "running outing")
    page.get_by_test_id("outing-end").click()
    page.get_by_test_id("outing-end-now").click()
    expect(page.get_by_test_id("outing_done")).to_be_visible()
    return page.evaluate("location.hash"), found


def addresses(page: Page, outing: str) -> list[tuple[str, str]]:
    """Return every screen with an address at which it has something to show."""
    ids = page.evaluate(_IDS)
    visit, dispute = ids["visit"], ids["dispute"]
    go(page, "#/today", "today")
    plain = [
        "today",
        "outing",
        "outings",
        "recorders",
        "map",
        "unsent",
        "disputes",
        "settings",
        "quarantine",
        "devices",
    ]
    return [
        *((screen, f"#/{screen}") for screen in plain),
        *(("doors", f"#/doors?tab={tab}") for tab in ("due", "nearby", "search")),
        *(("help", f"#/help/{page_of}") for page_of in ("", "visit")),
        *(
            ("coverage", f"#/coverage?{query}")
            for query in (
                "show=map",
                "show=table&area=360902001&metric=disputes_found",
                "level=streets&in=360902001&show=table&area=1",
            )
        ),
        *(("dispute_step", f"#/disputes/{dispute}/step/{step}") for step in ("session_held", "agreement_signed")),
        ("visit", f"#/visit/{due_doors(page)[0]}"),
        ("new_door", "#/doors/new"),
        ("scan", "#/doors/scan"),
        ("visit_record", f"#/visits/{visit}"),
        ("correct", f"#/visits/{visit}/correct"),
        ("outing_done", outing),
        ("dispute", f"#/disputes/{dispute}"),
        ("dispute_new", "#/disputes/new"),
        ("agreement", f"#/disputes/{dispute}/agreement"),
        ("lock_settings", "#/lock"),
        ("devices", "#/devices"),
        ("enrol", "#/enrol/"),
        ("held", "#/quarantine/none"),
    ]


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_no_screen_shuts_anybody_out(phones: PhoneShop, size: str) -> None:
    phone = phones.phone("lead", viewport=SIZES[size])
    page = phone.open()
    expect(page.get_by_test_id("sign-in")).to_be_visible()
    found = troubles(page, "sign-in")
    page.get_by_test_id("switch-language").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    found += troubles(page, "sign-in en")
    phone.sign_in(page, "lead")
    expect(page.get_by_test_id("due-list")).to_be_visible()
    outing, on_the_way = ended_outing(page)
    found += on_the_way
    all_screens = addresses(page, outing)
    assert {screen for screen, _ in all_screens} == SCREENS - set(ADMINISTRATOR_SCREENS)
    for language, theme in LOOKS[size]:
        dress(page, language, theme)
        for screen, address in all_screens:
            go(page, address, screen)
            found += troubles(page, f"{address} {language} {theme}")
    assert found == [], json.dumps(found, indent=1, ensure_ascii=False)


@pytest.mark.parametrize(("account", "ready"), [("analyst", "legend"), ("administrator", "administrator")])
def test_the_screen_of_an_account_without_records_shuts_nobody_out_either(
    phones: PhoneShop, account: str, ready: str
) -> None:
    phone = phones.phone(account, viewport=DESK)
    page = phone.open()
    phone.sign_in(page, account)
    expect(page.get_by_test_id(ready)).to_be_visible()
    assert objections(page, account) == []
    for screen, address in ADMINISTRATOR_SCREENS.items() if account == "administrator" else ():
        go(page, address, screen)
        assert troubles(page, address) == []
