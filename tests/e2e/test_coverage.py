"""Coverage: one number, wherever it stands, and the records behind it; a view that can be sent to a colleague."""

import csv
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESK, PHONE, PhoneShop
from tests.e2e.steps import township_row

OWN = "灵泉街道"


def open_coverage(page: Page) -> None:
    """Choose the figures of seven days; return when they are there."""
    page.get_by_test_id("nav-coverage").click()
    page.get_by_test_id("metric").select_option("visits")
    page.get_by_test_id("window").select_option("7d")
    expect(page).to_have_url(re.compile(r"metric=visits.*window=7d|window=7d.*metric=visits"))
    expect(township_row(page, OWN)).to_be_visible()


def all_records(page: Page) -> int:
    """Open every page of the records behind the number and count them."""
    rows, more = page.get_by_test_id("record-row"), page.get_by_test_id("records-more")
    expect(rows.first).to_be_visible()
    while more.count():
        before = rows.count()
        more.click()
        expect(rows).not_to_have_count(before)
    return rows.count()


def visits_in_file(path: Path) -> str:
    """Return the visits of the own township in a downloaded CSV; lines before the header tell where it is from."""
    lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if not line.startswith("#")]
    return next(row["visits"] for row in csv.DictReader(lines) if row["name"] == OWN)


def test_panel_table_records_and_file_say_the_same_number_of_visits(phones: PhoneShop) -> None:
    desk = phones.phone("lead", viewport=DESK)
    page = desk.open()
    desk.sign_in(page, "lead")
    open_coverage(page)
    with page.expect_response(lambda answer: "/coverage/townships?" in answer.url and "window=7d" in answer.url):
        page.reload()
    number = township_row(page, OWN).locator("td[data-metric=visits]").inner_text()
    township_row(page, OWN).get_by_role("link").click()
    figure = page.get_by_test_id("figure-visits")
    expect(figure).to_have_text(number)
    figure.click()
    expect(page.get_by_test_id("rule")).not_to_be_empty()
    assert all_records(page) == int(number.replace(",", ""))
    with page.expect_download() as download:
        page.get_by_test_id("csv").click()
    assert visits_in_file(download.value.path()) == number.replace(",", "")


def test_the_address_of_a_view_opens_the_same_view_in_another_window(phones: PhoneShop) -> None:
    desk = phones.phone("lead", viewport=DESK)
    page = desk.open()
    desk.sign_in(page, "lead")
    open_coverage(page)
    page.get_by_test_id("part").select_option("day")
    page.get_by_test_id("sort-visits").click()
    township_row(page, OWN).get_by_role("link").click()
    expect(page.get_by_test_id("township-panel")).to_be_visible()
    assert desk.context is not None
    colleague = desk.context.new_page()
    colleague.goto(page.url)
    for control, value in {"metric": "visits", "window": "7d", "part": "day"}.items():
        expect(colleague.get_by_test_id(control)).to_have_value(value)
    expect(colleague.get_by_test_id("township-panel").get_by_role("heading", name=OWN)).to_be_visible()
    expect(colleague.locator("th[aria-sort=descending]")).to_have_count(1)
    names = page.get_by_test_id("township-row").all_inner_texts()
    assert colleague.get_by_test_id("township-row").all_inner_texts() == names


def test_on_a_phone_map_and_table_take_turns_and_close_up_the_map_shows_doors(phones: PhoneShop) -> None:
    phone = phones.phone("lead", viewport=PHONE)
    page = phone.open()
    phone.sign_in(page, "lead")
    page.get_by_test_id("nav-coverage").click()
    expect(page.get_by_test_id("map")).to_have_attribute("data-idle", "true", timeout=60_000)
    expect(page.get_by_test_id("coverage-table")).to_be_hidden()
    expect(page.get_by_test_id("legend-doors").get_by_role("listitem")).to_have_count(3)
    with page.expect_response(lambda answer: re.search(r"/tiles/doors/14/.*window=", answer.url) is not None) as doors:
        for _ in range(9):
            page.locator(".maplibregl-ctrl-zoom-in").click()
    assert doors.value.status in (200, 204)
    page.get_by_test_id("show-table").click()
    expect(page.get_by_test_id("coverage-table")).to_be_visible()
    expect(page.get_by_test_id("map")).to_be_hidden()
