"""An outing without network: recorded, hidden, killed in the middle, ended; then all of it arrives once."""

import json
import os
import signal
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Error, Page, expect

from tests.e2e.conftest import Phone, PhoneShop, Server
from tests.e2e.steps import wait_until_installed

LON, LAT = 114.383, 27.804
STEP_M = 15
DEGREES_PER_M = 1 / 111_195  # of latitude
OF_FILES = """
import json
from patrol.models import FixBlock
blocks = FixBlock.objects.filter(source="gpx")
print(json.dumps(sum(len(block.t_ms) for block in blocks)))
"""
ON_THE_SERVER = """
import json
from patrol.models import FixBlock, Observation, Patrol
outing = Patrol.objects.filter(author__username="officer").latest("received_at")
blocks = FixBlock.objects.filter(leg__patrol=outing).order_by("recorded_at")
print(json.dumps({
    "kind": outing.kind, "ended_how": outing.ended_how, "officers": outing.officers.count(),
    "legs": list(outing.legs.order_by("started_at").values_list("mode", flat=True)),
    "fixes": sum(len(block.t_ms) for block in blocks), "outside": sum(block.outside_count for block in blocks),
    "times": len({t for block in blocks for t in block.t_ms}),
    "notes": list(Observation.objects.filter(patrol=outing).values_list("category", flat=True)),
}))
"""


class Walk:
    """An officer who walks north, a reading every few metres."""

    def __init__(self, phone: Phone) -> None:
        self.phone, self.gone_m = phone, 0

    def stand(self) -> None:
        """Let the phone know where it is."""
        assert self.phone.context is not None
        self.phone.context.grant_permissions(["geolocation"])
        where = {"longitude": LON, "latitude": LAT + self.gone_m * DEGREES_PER_M, "accuracy": 8}
        self.phone.context.set_geolocation(where)  # type: ignore[arg-type]

    def go(self, page: Page, steps: int) -> None:
        """Walk; each step has been counted before the next is made."""
        for _ in range(steps):
            before = int(page.get_by_test_id("outing-distance").get_attribute("data-metres") or 0)
            self.gone_m += STEP_M
            self.stand()
            page.wait_for_function(
                "was => Number(document.querySelector('[data-testid=outing-distance]').dataset.metres) > was",
                arg=before,
            )


def kill(phone: Phone) -> None:
    """Kill the browser of this phone without a word to it."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"--user-data-dir={phone.profile}".encode() in words:
            os.kill(int(folder.name), signal.SIGKILL)
    with suppress(Error):  # there may be nobody left to hear it
        phone.close()
    phone.context = None
    for lock in phone.profile.glob("Singleton*"):
        lock.unlink()


def set_hidden(page: Page, *, hidden: bool) -> None:
    """Put the app away or show it again: a headless page is never hidden by itself."""
    page.evaluate(
        """hidden => {
            const value = hidden ? 'hidden' : 'visible';
            Object.defineProperty(document, 'visibilityState', {value, configurable: true});
            document.dispatchEvent(new Event('visibilitychange'));
        }""",
        hidden,
    )


def test_an_outing_through_darkness_and_a_killed_browser_arrives_whole_and_once(
    phones: PhoneShop, server: Server
) -> None:
    phone = phones.phone("outing")
    page = phone.open()
    phone.sign_in(page, "officer")
    wait_until_installed(page)
    phone.close()

    page = phone.open(offline=True)
    walk = Walk(phone)
    walk.stand()
    page.get_by_test_id("outing-button").click()
    page.get_by_test_id("outing-start").click()  # two taps from Today
    state = page.get_by_test_id("recorder-state")
    expect(state).to_be_visible()
    walk.stand()  # Chromium's stand-in for a receiver tells the time at which it was set, which was before the start
    expect(state).to_have_attribute("data-state", "recording")
    walk.go(page, 3)

    set_hidden(page, hidden=True)
    set_hidden(page, hidden=False)
    expect(page.get_by_test_id("recorder-missed")).to_contain_text("熄屏或离开本应用")
    walk.stand()
    expect(state).to_have_attribute("data-state", "recording")

    kill(phone)
    page = phone.open(offline=True)
    walk.stand()
    expect(page.get_by_test_id("outing-button")).to_have_attribute("data-running", "true")
    page.get_by_test_id("outing-button").click()
    expect(page.get_by_test_id("recorder-state")).to_be_visible()
    walk.stand()
    expect(page.get_by_test_id("recorder-state")).to_have_attribute("data-state", "recording")
    expect(page.get_by_test_id("recorder-missed")).to_contain_text("应用被关闭")
    walk.go(page, 2)

    page.get_by_test_id("observe-category-facility").click()
    page.get_by_test_id("observe-save").click()
    expect(page.get_by_test_id("observe-count")).to_contain_text("1")
    page.get_by_test_id("outing-change-mode").click()
    page.get_by_test_id("outing-mode-bicycle").click()
    walk.go(page, 2)

    page.get_by_test_id("outing-end").click()
    page.get_by_test_id("outing-end-now").click()
    expect(page.get_by_test_id("outing_done")).to_be_visible()
    expect(page.get_by_test_id("fact-observations")).to_have_text("1")
    expect(page.get_by_test_id("outing-to-send")).to_contain_text("待上传")
    recorded = int(page.get_by_test_id("fact-fixes").inner_text())
    walk.gone_m += 1000  # home: nobody's business
    walk.stand()
    with page.expect_download() as download:
        page.get_by_test_id("outing-gpx").click()
    assert download.value.path().read_text("utf-8").count("<trkseg>") == 3
    page.get_by_test_id("track-file").set_input_files(download.value.path())
    expect(page.get_by_test_id("track-file-trouble")).to_contain_text("网络")

    phone.network(on=True)
    expect(page.get_by_test_id("unsent-badge")).to_have_count(0, timeout=60_000)
    found = json.loads(server.manage("shell", "--verbosity", "0", "-c", ON_THE_SERVER))
    expected = {"kind": "street", "ended_how": "officer", "officers": 1, "legs": ["foot", "bicycle"]}
    assert found == expected | {"fixes": recorded, "times": recorded, "outside": 0, "notes": ["facility"]}

    # The same walk from another device: what the phone exported, and a point of a day on which it was at home.
    stranger = '<trkpt lat="27.8" lon="114.4"><time>2020-01-01T00:00:00Z</time></trkpt></trkseg>'
    walked = download.value.path().read_text("utf-8").replace("</trkseg>", stranger, 1)
    of_a_watch = {"name": "watch.gpx", "mimeType": "application/gpx+xml", "buffer": walked.encode()}
    page.get_by_test_id("track-file").set_input_files(of_a_watch)
    expect(page.get_by_test_id("track-file-done")).to_contain_text("不在本次出勤内 1 个")
    assert json.loads(server.manage("shell", "--verbosity", "0", "-c", OF_FILES)) == walked.count("<trkpt") - 1
