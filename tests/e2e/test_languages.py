"""Chinese first, English second: everything the app itself says changes, what people wrote stays."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PhoneShop

HAN = re.compile(r"[㐀-鿿]")


def pick_language(page: Page, code: str) -> None:
    page.get_by_test_id("nav-settings").click()
    page.get_by_test_id(f"language-{code}").click()


def test_the_whole_app_speaks_english_and_chinese_again(phones: PhoneShop) -> None:
    phone = phones.phone("officer")
    page = phone.open()
    phone.sign_in(page, "officer")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.get_by_test_id("log-visit")).to_contain_text("记走访")

    pick_language(page, "en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert not HAN.search(page.get_by_test_id("nav").inner_text())
    page.get_by_test_id("nav-today").click()
    expect(page.get_by_test_id("log-visit")).to_contain_text("Log a visit")
    assert not [words for words in page.get_by_role("heading", level=2).all_inner_texts() if HAN.search(words)]
    assert not HAN.search(page.get_by_test_id("sync-line").inner_text())
    assert not HAN.search(page.title())

    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_test_id("log-visit")).to_contain_text("Log a visit")

    pick_language(page, "zh")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.get_by_test_id("nav-today")).to_have_text("今日")
