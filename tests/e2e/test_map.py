"""The field map without a network: the station's streets come out of a file on the phone, through a restart."""

import json
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.conftest import PhoneShop, Server
from tests.e2e.steps import wait_until_installed

# Where the officer stands: at a door that is due and has no other within 80 m, and the streets within 150 m of it.
CORNER = """
import json
from django.contrib.gis.measure import D
from geo.models import Premises, Street
doors = Premises.objects.filter(unit__areas__code="360902001", last_visited_at=None).order_by("id")
door = next(one for one in doors if doors.filter(point__dwithin=(one.point, 0.0008)).count() == 1)
near = Street.objects.exclude(name="").filter(line__dwithin=(door.point, 0.0015)).values_list("name", flat=True)
print(json.dumps({"door": str(door.id), "lon": door.lon, "lat": door.lat, "streets": sorted(set(near))}))
"""


def any_drawn(streets: list[str]) -> re.Pattern[str]:
    """Return the words by which the map tells a screen reader that one of these streets can be read on it."""
    names = "|".join(re.escape(one) for one in streets)
    return re.compile(f"图中道路：(?:.*、)?(?:{names})(?:、.*)?。")


def test_the_map_shows_the_streets_around_me_after_a_restart_without_network(phones: PhoneShop, server: Server) -> None:
    corner = json.loads(server.manage("shell", "--verbosity", "0", "-c", CORNER))
    phone = phones.phone("map")
    page = phone.open()
    phone.sign_in(page, "officer")
    wait_until_installed(page)
    page.goto(f"{server.url}/#/map")
    expect(page.get_by_test_id("map-package")).to_have_attribute("data-kept", "yes")
    phone.close()

    page = phone.open(offline=True)
    assert phone.context is not None
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"longitude": corner["lon"], "latitude": corner["lat"], "accuracy": 20})
    page.goto(f"{server.url}/#/map")
    expect(page.get_by_test_id("field-map")).to_have_attribute("data-ground", "package")
    expect(page.get_by_test_id("map-legend")).to_contain_text("误差约 20 米")
    expect(page.get_by_test_id("field-map")).to_have_attribute("data-idle", "true")
    expect(page.get_by_test_id("map-described")).to_contain_text(any_drawn(corner["streets"]))

    # The door I stand at is due: its mark lies in the middle of the map, and a tap opens its visit.
    page.locator(".maplibregl-canvas").click()
    expect(page).to_have_url(f"{server.url}/#/visit/{corner['door']}")
    expect(page.get_by_test_id("save-visit")).to_be_visible()


def test_signing_out_leaves_no_map_on_the_phone(phones: PhoneShop, server: Server, tmp_path: Path) -> None:
    phone = phones.phone("map-out")
    page = phone.open()
    phone.sign_in(page, "officer")
    page.goto(f"{server.url}/#/map")
    expect(page.get_by_test_id("map-package")).to_have_attribute("data-kept", "yes")
    files = "async () => { const found = []; for await (const name of (await (await navigator.storage.getDirectory())"
    files += ".getDirectoryHandle('maps')).keys()) found.push(name); return found; }"
    assert len(page.evaluate(files)) == 1

    page.goto(f"{server.url}/#/settings")
    page.get_by_test_id("sign-out").click()
    expect(page.get_by_test_id("username")).to_be_visible()

    assert page.evaluate(files) == []
