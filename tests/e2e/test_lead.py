"""What only a lead sees and does: records held for a decision, the unit's devices, codes to enrol one."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.e2e.conftest import DESK, Phone, PhoneShop, Server, running_server
from tests.e2e.steps import SENT, due_doors, log_visit, own_device, wait_until_installed

# An outcome that no server knows, as an app of another version may send it; the hash is that of the changed content.
_CHANGE_OUTCOMES = """
async () => {
  const ask = (request) => new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  const canonical = (value) => Array.isArray(value) ? `[${value.map(canonical).join(',')}]`
    : value !== null && typeof value === 'object'
      ? `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`
      : JSON.stringify(value);
  const every = (await indexedDB.databases()).map((found) => found.name);
  const database = await ask(indexedDB.open(every.find((name) => /^xunfang-[0-9a-f-]+$/.test(name))));
  const rows = await ask(database.transaction('outbox').objectStore('outbox').getAll());
  const changed = await Promise.all(rows.map(async (row) => {
    const payload = { ...row.mutation.payload, outcome: 'danced' };
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonical(payload)));
    const payload_sha256 = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return { ...row, mutation: { ...row.mutation, payload, payload_sha256 } };
  }));
  const change = database.transaction('outbox', 'readwrite');
  for (const row of changed) change.objectStore('outbox').put(row);
  await new Promise((done) => { change.oncomplete = done; });
  database.close();
}
"""


def decide(page: Page, action: str, reason: str) -> None:
    """Take the second step of a decision."""
    page.get_by_test_id(f"held-{action}").click()
    if action == "correct":
        page.get_by_test_id("field-outcome").select_option("met")
    page.get_by_test_id("decide-reason").fill(reason)
    page.get_by_test_id("decide-confirm").click()
    expect(page.get_by_test_id("held-decided")).to_be_visible()


def test_a_lead_corrects_one_held_record_and_discards_another_and_the_officer_sees_it(phones: PhoneShop) -> None:
    officer = phones.phone("officer")
    page = officer.open()
    officer.sign_in(page, "officer")
    wait_until_installed(page)
    officer.network(on=False)
    for door in due_doors(page)[:2]:
        log_visit(page, "met", door=door)
    page.evaluate(_CHANGE_OUTCOMES)
    officer.network(on=True)
    page.get_by_test_id("nav-unsent").click()
    held = page.locator('[data-testid="unsent-row"][data-state="attention"]')
    expect(held).to_have_count(2, timeout=SENT)
    expect(held.first).to_contain_text("等所长决定")

    lead = phones.phone("lead", viewport=DESK)
    desk = lead.open()
    lead.sign_in(desk, "lead")
    expect(desk.get_by_test_id("held-badge")).to_have_text("2")
    desk.get_by_test_id("nav-quarantine").click()
    desk.get_by_test_id("held-row").first.click()
    expect(desk.get_by_test_id("payload")).to_contain_text("不符合要求")
    desk.get_by_test_id("held-release").click()
    desk.get_by_test_id("decide-reason").fill("先试一下")
    desk.get_by_test_id("decide-confirm").click()
    expect(desk.get_by_test_id("decide-problem")).to_contain_text("走访结果")
    desk.get_by_test_id("decide-cancel").click()
    decide(desk, "correct", "问过本人，见到了人")
    desk.get_by_test_id("back").click()
    desk.get_by_test_id("held-row").first.click()
    decide(desk, "discard", "重复记录")
    desk.get_by_test_id("back").click()
    expect(desk.get_by_test_id("nothing-held")).to_be_visible()
    expect(desk.get_by_test_id("held-badge")).to_have_count(0)
    desk.get_by_test_id("held-state-decided").click()
    expect(desk.get_by_test_id("held-row")).to_have_count(2)

    page.get_by_test_id("offer-again").click()
    expect(page.get_by_test_id("receipt-row")).to_have_count(1, timeout=SENT)
    expect(page.get_by_test_id("unsent-row")).to_have_count(1)
    expect(page.get_by_test_id("unsent-row")).to_contain_text("已被退回")


def test_a_revoked_device_reads_nothing_more_and_what_it_sends_is_held(phones: PhoneShop) -> None:
    officer = phones.phone("officer")
    page = officer.open()
    officer.sign_in(page, "officer")
    wait_until_installed(page)
    device = own_device(page)
    officer.network(on=False)
    log_visit(page, "met")

    lead = phones.phone("lead", viewport=DESK)
    desk = lead.open()
    lead.sign_in(desk, "lead")
    desk.get_by_test_id("nav-devices").click()
    row = desk.locator(f'[data-device="{device}"]')
    row.get_by_test_id("revoke-open").click()
    row.get_by_test_id("revoke-confirm").click()  # without a reason nothing happens
    row.get_by_test_id("revoke-reason").fill("手机丢失")
    row.get_by_test_id("revoke-confirm").click()
    expect(row).to_contain_text("已停用")
    expect(row).to_contain_text("手机丢失")

    officer.network(on=True)
    page.get_by_test_id("nav-unsent").click()
    expect(page.get_by_test_id("unsent-row")).to_contain_text("停用", timeout=SENT)
    expect(page.get_by_test_id("unsent-badge")).to_have_text("1")


def test_unsent_records_go_into_an_encrypted_file_and_come_back_once(phones: PhoneShop, tmp_path: Path) -> None:
    phone = phones.phone("officer")
    page = phone.open()
    phone.sign_in(page, "officer")
    wait_until_installed(page)
    phone.network(on=False)
    log_visit(page, "met")
    page.get_by_test_id("nav-settings").click()
    page.get_by_test_id("sign-out").click()
    expect(page.get_by_test_id("sign-out-refused")).to_contain_text("1")
    page.get_by_test_id("sign-out-seal").click()
    page.get_by_test_id("passphrase").fill("correct horse")
    page.get_by_test_id("passphrase-again").fill("correct house")
    page.get_by_test_id("seal").click()
    expect(page.get_by_test_id("seal-problem")).to_be_visible()
    page.get_by_test_id("passphrase-again").fill("correct horse")
    with page.expect_download() as download:
        page.get_by_test_id("seal").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert "met" not in file.read_text(encoding="latin-1")

    page.get_by_test_id("nav-unsent").click()
    for passphrase, said in (("wrong horse", "口令不对"), ("correct horse", "读回 0 条记录，另有 1 条本机已有")):
        if not page.get_by_test_id("read-form").is_visible():
            page.get_by_test_id("read-open").click()
        page.get_by_test_id("sealed-file").set_input_files(file)
        page.get_by_test_id("read-passphrase").fill(passphrase)
        page.get_by_test_id("read-file").click()
        expect(page.get_by_test_id("file-said")).to_contain_text(said)
    expect(page.get_by_test_id("unsent-badge")).to_have_text("1")


@pytest.fixture(scope="module")
def strict_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server where a device needs a lead's code."""
    name = f"xunfang_e2e_code_{os.getpid()}"
    with running_server(name, tmp_path_factory.mktemp("strict"), {"DEVICE_ENROLMENT": "code"}) as made:
        yield made


def test_a_phone_is_enrolled_with_the_code_that_the_lead_shows(
    playwright: Playwright, strict_server: Server, tmp_path: Path
) -> None:
    desk, phone = (
        Phone(playwright, tmp_path / name, strict_server, size)
        for name, size in (("desk", DESK), ("phone", {"width": 360, "height": 740}))
    )
    try:
        lead_page = desk.open()
        desk.sign_in(lead_page, "lead")
        lead_page.get_by_test_id("nav-devices").click()
        lead_page.get_by_test_id("make-code").click()
        code = lead_page.get_by_test_id("enrolment-code").inner_text()

        page = phone.open()
        phone.sign_in(page, "officer")
        expect(page.get_by_test_id("enrolment-needed")).to_be_visible()
        page.get_by_test_id("to-enrol").click()
        page.get_by_test_id("enrol-code").fill("aaaa bbbb")
        page.get_by_test_id("enrol-submit").click()
        expect(page.get_by_test_id("enrol-problem")).to_contain_text("登记码不对")
        page.evaluate("code => { location.hash = `#/enrol/${code}` }", code)  # as the QR opens it
        expect(page.get_by_test_id("enrol-code")).to_have_value(code)
        page.get_by_test_id("enrol-submit").click()
        expect(page.get_by_test_id("enrolled")).to_be_visible()
        page.get_by_test_id("nav-today").click()
        expect(page.get_by_test_id("due-list").locator("li").first).to_be_visible()
        log_visit(page, "met")
        expect(page.get_by_test_id("unsent-badge")).to_have_count(0, timeout=SENT)
    finally:
        desk.close()
        phone.close()
