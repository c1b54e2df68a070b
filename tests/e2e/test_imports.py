"""What an administrator does: a file with mistakes comes, is asked about, reported by row; the rest is let in."""

from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, PhoneShop

# The second has no address, the third lies in the sea, the fourth is there twice.
DOORS = """编号,门牌地址,经度,纬度
E2E-1,示范路 901 号,{lon},{lat}
E2E-2,,{lon},{lat}
E2E-3,示范路 903 号,120,25
E2E-1,示范路 901 号,{lon},{lat}
"""


def test_a_file_with_mistakes_is_reported_by_row_and_the_rest_comes_in(phones: PhoneShop) -> None:
    phone = phones.phone("administrator", viewport=PHONE)
    page = phone.open()
    phone.sign_in(page, "administrator")
    text = DOORS.format(lon=114.402, lat=27.8)
    page.get_by_test_id("import-kind-premises").click()
    file = {"name": "门牌.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")}
    page.get_by_test_id("import-file").set_input_files([file])
    page.get_by_test_id("import-send").click()
    page.get_by_test_id("import-encoding-GB18030").click()
    page.get_by_test_id("import-look-again").click()

    # The columns are found by their names; coordinates and kinds are asked for.
    page.get_by_test_id("import-check").click()
    expect(page.get_by_test_id("import-missing")).to_be_visible()
    expect(page.get_by_test_id("column-lon_field")).to_have_value("经度")
    page.get_by_test_id("crs-wgs84").click()
    page.get_by_test_id("import-doors-household").click()
    page.get_by_test_id("import-check").click()

    expect(page.get_by_test_id("count-created")).to_have_text("1")
    expect(page.get_by_test_id("count-refused")).to_have_text("3")
    page.get_by_test_id("remark-outside_city").click()
    expect(page.get_by_test_id("remark-list").locator("li")).to_have_count(1)
    expect(page.get_by_test_id("remark-list")).to_contain_text("E2E-3")

    page.reload()
    page.get_by_test_id("import-apply").click()
    page.get_by_test_id("import-apply-now").click()
    expect(page.get_by_test_id("import-applied")).to_be_visible()
    page.get_by_test_id("back").click()
    expect(page.locator('[data-testid="import-row"][data-state="applied"]')).to_contain_text("门牌.csv")
