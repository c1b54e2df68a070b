"""Visits by hand: the common one in five taps, and a day's odd ones: an unknown plate, a new door, a correction."""

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT, PhoneShop, Server
from tests.e2e.steps import wait_until_installed

PLATE = "XF-900001"
# Counts what a finger and a keyboard do.
COUNT = """
window.taps = 0; window.keys = 0;
addEventListener('pointerdown', () => { window.taps += 1; }, true);
for (const kind of ['keydown', 'input']) addEventListener(kind, (event) => {
  if (kind === 'keydown' || ['text', 'search', 'textarea'].includes(event.target.type)) window.keys += 1;
}, true);
"""


def plate_photo(file: Path, text: str) -> None:
    """Write a photo of a door plate's code as a hand takes it: turned, grey, blurred, with noise."""
    code = (
        "import { encodeQR } from 'qr';"
        "process.stdout.write(JSON.stringify(encodeQR(process.argv[1], 'raw', { ecc: 'medium', border: 4 })))"
    )
    command = ["node", "--input-type=module", "-e", code, text]
    made = subprocess.run(command, cwd=ROOT / "frontend_pwa", capture_output=True, text=True, check=True)
    rows: list[list[bool]] = json.loads(made.stdout)
    matrix = Image.new("L", (len(rows), len(rows)))
    matrix.putdata([60 if dark else 215 for row in rows for dark in row])
    plate = matrix.resize((420, 420), Image.Resampling.NEAREST).rotate(11, expand=True, fillcolor=190)
    photo = Image.new("L", (1200, 900), 150)
    photo.paste(plate, (310, 170))
    noise = random.Random(7)
    grain = Image.frombytes("L", photo.size, noise.randbytes(photo.width * photo.height))
    Image.blend(photo, grain, 0.12).filter(ImageFilter.GaussianBlur(1.2)).save(file, format="JPEG", quality=70)


def test_the_common_visit_takes_five_taps_and_no_keystroke_from_a_cold_start_without_network(phones: PhoneShop) -> None:
    phone = phones.phone("officer")
    page = phone.open()
    phone.sign_in(page, "officer")
    wait_until_installed(page)
    phone.close()

    page = phone.open(offline=True)
    expect(page.get_by_test_id("due-list").locator("li").first).to_be_visible()
    page.evaluate(COUNT)
    page.get_by_test_id("log-visit").click()
    page.get_by_test_id("door-list").locator("a").first.click()
    page.get_by_test_id("outcome-nobody_home").click()
    page.get_by_test_id("save-visit").click()
    expect(page.get_by_test_id("saved-toast")).to_be_visible()
    assert page.evaluate("window.keys") == 0
    assert page.evaluate("window.taps") <= 5


def stored(server: Server, door: str) -> dict[str, Any]:
    """Return what the server holds of a door and its visits."""
    code = (
        "import json; from geo.models import Premises; from visits.models import Attachment, Visit;"
        f"door = Premises.objects.get(id='{door}');"
        "visits = Visit.objects.filter(premises=door).order_by('received_at');"
        "print(json.dumps({'plate': door.door_plate, 'proposed': door.active_from is None, 'visits': "
        "[{'outcome': v.outcome, 'note': v.note, 'current': v.is_current, 'reason': v.correction_reason,"
        " 'same_time': v.occurred_at == visits[0].occurred_at, 'files': sorted(Attachment.objects.filter("
        "record_id=v.id).values_list('kind', flat=True))} for v in visits]}))"
    )
    answer: dict[str, Any] = json.loads(server.manage("shell", "--verbosity", "0", "-c", code))
    return answer


def propose_door(page: Page, plate: Path) -> str:
    """Scan an unknown plate from a picture and register its door beside the nearest one; return the door's id."""
    page.get_by_test_id("log-visit").click()
    page.get_by_test_id("to-scan").click()
    page.get_by_test_id("scan-picture").set_input_files(plate)
    expect(page.get_by_test_id("scan-unknown")).to_contain_text(PLATE)
    page.get_by_test_id("scan-new-door").click()
    expect(page.get_by_test_id("new-door-plate")).to_have_value(PLATE)
    page.get_by_test_id("place-beside").click()
    page.get_by_test_id("beside-search").fill("1")
    page.get_by_test_id("neighbour").first.click()
    street = page.get_by_test_id("new-door-address").input_value()
    page.get_by_test_id("save-and-visit").click()
    expect(page.get_by_test_id("new-door-problems")).to_be_visible()  # a street alone is no address
    page.get_by_test_id("new-door-address").fill(f"{street}9001号")
    page.get_by_test_id("save-and-visit").click()
    expect(page.get_by_test_id("visit-door")).to_be_visible()
    return page.url.rpartition("/")[2]


def sign(page: Page) -> None:
    page.get_by_test_id("section-signature").click()
    field = page.get_by_test_id("signature-canvas")
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 100, steps=8)
    page.mouse.up()


@pytest.fixture
def plate(tmp_path: Path) -> Path:
    file = tmp_path / "plate.jpg"
    plate_photo(file, f"https://example.invalid/door?code={PLATE}")
    return file


def test_a_new_door_found_by_its_plate_is_visited_signed_and_corrected_before_the_server_hears_of_it(
    phones: PhoneShop, server: Server, plate: Path
) -> None:
    phone = phones.phone("officer")
    page = phone.open()
    phone.sign_in(page, "officer")
    wait_until_installed(page)
    phone.network(on=False)
    door = propose_door(page, plate)
    page.get_by_test_id("outcome-met").click()
    sign(page)
    page.get_by_test_id("section-note").click()
    page.get_by_test_id("note-phrase").first.click()
    note = page.get_by_test_id("note").input_value()

    # The browser dies before anything is saved: what was tapped and signed is still there.
    here = page.url
    phone.close()
    page = phone.open(offline=True, route="/#" + here.partition("#")[2])
    expect(page.get_by_test_id("signature-kept")).to_be_visible()
    expect(page.get_by_test_id("note")).to_have_value(note)
    page.get_by_test_id("save-visit").click()
    expect(page.get_by_test_id("saved-toast")).to_be_visible()

    page.evaluate("door => { location.hash = `#/visit/${door}` }", door)
    expect(page.get_by_test_id("repeated-visit")).to_be_visible()
    page.get_by_test_id("earlier-visit").click()
    page.get_by_test_id("to-correct").click()
    page.get_by_test_id("outcome-refused").click()
    page.get_by_test_id("save-correction").click()
    expect(page.get_by_test_id("save-correction-problems")).to_be_visible()  # without a reason nothing is corrected
    page.get_by_test_id("correct-reason-phrase").first.click()
    page.get_by_test_id("save-correction").click()
    expect(page.get_by_test_id("visit-outcome")).to_have_attribute("data-outcome", "refused")
    page.get_by_test_id("to-original").click()
    expect(page.get_by_test_id("visit-outcome")).to_have_attribute("data-outcome", "met")
    expect(page.get_by_test_id("corrected-by")).to_be_visible()

    phone.network(on=True)
    expect(page.get_by_test_id("visit-files-count")).to_be_visible()
    page.get_by_test_id("nav-today").click()
    expect(page.get_by_test_id("sync-line")).to_have_attribute("data-unsent", "0", timeout=60_000)
    found = stored(server, door)
    assert (found["plate"], found["proposed"]) == (PLATE, True)
    original, correction = found["visits"]
    assert (original["outcome"], original["current"], original["files"]) == ("met", False, ["signature"])
    assert (correction["outcome"], correction["current"], correction["note"]) == ("refused", True, note)
    assert correction["reason"] != ""
    assert correction["same_time"]


# A microphone that no machine needs to have: it hears one tone.
MICROPHONE = """
navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext();
  const [tone, heard] = [context.createOscillator(), context.createMediaStreamDestination()];
  tone.connect(heard);
  tone.start();
  return heard.stream;
};
"""


def test_what_is_still_being_made_when_a_visit_is_saved_belongs_to_it_and_leaves_no_unfinished_visit(
    phones: PhoneShop, server: Server, tmp_path: Path
) -> None:
    photo = tmp_path / "IMG_0002.jpg"
    Image.effect_noise((400, 300), 60).convert("RGB").resize((4000, 3000)).save(photo)
    phone = phones.phone("hurried")
    page = phone.open()
    phone.sign_in(page, "officer")
    wait_until_installed(page)
    page.evaluate(MICROPHONE)
    page.get_by_test_id("due-list").locator("a").last.click()
    door = page.url.rpartition("/")[2]
    page.get_by_test_id("outcome-met").click()
    sign(page)
    page.get_by_test_id("section-photos").click()
    page.get_by_test_id("section-voice").click()
    page.get_by_test_id("voice-start").click()
    expect(page.get_by_test_id("voice-stop")).to_be_visible()
    page.get_by_test_id("photo-take").set_input_files(photo)
    page.get_by_test_id("save-visit").click()

    expect(page.get_by_test_id("saved-toast")).to_be_visible()
    expect(page.get_by_test_id("unsent-badge")).to_have_text("4")
    expect(page.get_by_test_id("sync-line")).to_have_attribute("data-unsent", "0", timeout=60_000)
    expect(page.get_by_test_id("draft-resume")).to_have_count(0)
    [visit] = [made for made in stored(server, door)["visits"] if len(made["files"]) > 0]
    assert visit["files"] == ["audio", "photo", "signature"]
