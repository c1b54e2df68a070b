"""A photo taken without network goes after its visit, without saying where it was taken, and the lead can see it."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESK, Phone, PhoneShop, Server
from tests.e2e.steps import wait_until_installed


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo as a camera makes it: 12 megapixels, lying on its side, with a position."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "CANARY-CAMERA"
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (27.0, 47.0, 44.9), 3: "E", 4: (114.0, 22.0, 53.0)})
    file = tmp_path / "IMG_0001.jpg"
    noise = Image.effect_noise((400, 300), 60).convert("RGB").resize((4000, 3000))
    noise.save(file, format="JPEG", exif=exif)
    return file


def open_visit(phone: Phone, page: Page) -> None:
    page.get_by_test_id("nav-today").click()
    page.get_by_test_id("log-visit").click()
    page.get_by_test_id("door-list").locator("a").first.click()
    page.get_by_test_id("section-photos").click()


def attachments(server: Server) -> list[dict[str, Any]]:
    """Return what the server holds of the photos that were declared."""
    code = (
        "import json; from visits.models import Attachment; from backend.uploads.models import StoredFile, Upload;"
        "files = StoredFile.objects.in_bulk();"
        "print(json.dumps([{'id': str(a.id), 'record': str(a.record_id), 'stored': a.stored_at is not None,"
        " 'size': a.size_bytes, 'signed': Upload.objects.filter(attachment_ref=a.id, device=a.device_id).exists(),"
        " 'state': files[a.sha256].state if a.sha256 in files else None}"
        " for a in Attachment.objects.filter(kind='photo')]))"
    )
    answer: list[dict[str, Any]] = json.loads(server.manage("shell", "--verbosity", "0", "-c", code))
    return answer


def fetched(page: Page, address: str) -> tuple[int, bytes]:
    """Return status and bytes of an address, asked by the page with its session."""
    answer = page.evaluate(
        "async (address) => { const r = await fetch(address);"
        " return [r.status, [...new Uint8Array(await r.arrayBuffer())]] }",
        address,
    )
    return answer[0], bytes(answer[1])


def test_photos_survive_the_browsers_death_and_reach_the_lead_after_their_visit(
    phones: PhoneShop, server: Server, photo: Path
) -> None:
    officer = phones.phone("officer")
    page = officer.open()
    officer.sign_in(page, "officer")
    wait_until_installed(page)
    officer.network(on=False)
    open_visit(officer, page)
    for _ in range(2):
        page.get_by_test_id("photo-take").set_input_files(photo)
        expect(page.get_by_test_id("photo").last).to_be_visible()
    expect(page.get_by_test_id("photo")).to_have_count(2)
    page.get_by_test_id("photo-drop").first.click()
    expect(page.get_by_test_id("photo")).to_have_count(1)

    # The camera needed the memory and the browser died: the photo is still with the visit that is being written.
    here = page.url
    officer.close()
    page = officer.open(offline=True, route=here.partition("/#")[1] + here.partition("/#")[2])
    expect(page.get_by_test_id("photo")).to_have_count(1)
    page.get_by_test_id("outcome-met").click()
    page.get_by_test_id("save-visit").click()
    expect(page.get_by_test_id("unsent-badge")).to_have_text("2")

    officer.network(on=True)
    expect(page.get_by_test_id("unsent-badge")).to_have_count(0, timeout=60_000)
    page.wait_for_function(
        "async (address) => (await (await fetch(address)).json()).stored === 1",
        arg=f"/api/v1/records/{attachments(server)[0]['record']}/attachments",
        timeout=60_000,
    )
    (held,) = attachments(server)
    assert held["stored"] and held["signed"]
    assert held["size"] < 600_000, "a photo of 12 megapixels is made smaller before it travels"

    lead = phones.phone("lead", viewport=DESK)
    lead_page = lead.open()
    lead.sign_in(lead_page, "lead")
    status, content = fetched(lead_page, f"/api/v1/attachments/{held['id']}")
    assert status == 200
    with Image.open(io.BytesIO(content)) as seen:
        assert (seen.size, dict(seen.getexif())) == ((1200, 1600), {})
    assert b"CANARY" not in content
