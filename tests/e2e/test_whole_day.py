"""A whole day without network on one phone: everything that was done in it reaches the server, once."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Phone, PhoneShop, Server
from tests.e2e.steps import due_doors, log_visit, wait_until_installed
from tests.e2e.test_outing import Walk, kill

OUTCOMES = ["met", "nobody_home", "met", "refused", "met", "vacant"]
# Asked of the database: what came from this device, whether any of it came twice, and what it has become.
ON_THE_SERVER = """
import json
from collections import Counter
from backend.sync.models import Mutation, MutationVariant
from patrol.models import Patrol
from visits.models import Attachment, Dispute, Visit
device = "{device}"
made = Mutation.objects.filter(device=device)
outing = Patrol.objects.get(id=made.get(kind="patrol.start").record_id)
ids = lambda kind: list(made.filter(kind=kind).values_list("record_id", flat=True))
corrected = Visit.objects.filter(id__in=ids("visit.record"), is_current=False)
print(json.dumps({{
    "kinds": Counter(made.values_list("kind", flat=True)),
    "outcomes": sorted(set(made.values_list("outcome", flat=True))),
    "variants": MutationVariant.objects.filter(device=device).count(),
    "visits": Counter(Visit.objects.filter(id__in=ids("visit.record")).values_list("outcome", flat=True)),
    "of_the_outing": Visit.objects.filter(id__in=ids("visit.record"), patrol=outing).count(),
    "corrected": corrected.count(),
    "disputes": sorted(Dispute.objects.filter(id__in=ids("dispute.open")).values_list("category", flat=True)),
    "photos": Attachment.objects.filter(id__in=ids("attachment.declare"), stored_at__isnull=False).count(),
    "ended": outing.ended_how,
}}))
"""
_FACTS = """
async () => {
  const ask = (request) => new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  const every = (await indexedDB.databases()).map((found) => found.name);
  const database = await ask(indexedDB.open(every.find((name) => /^xunfang-[0-9a-f-]{36}$/.test(name))));
  const facts = database.transaction('facts').objectStore('facts');
  const found = {};
  for (const key of ['device', 'made_total', 'receipted_total']) found[key] = (await ask(facts.get(key)))?.value;
  database.close();
  return found;
}
"""


def reopened(phone: Phone, walk: Walk) -> Page:
    """Kill the browser and start it again without network; the outing is still running."""
    kill(phone)
    page = phone.open(offline=True)
    walk.stand()
    expect(page.get_by_test_id("outing-button")).to_have_attribute("data-running", "true")
    return page


def visit_with_photo(phone: Phone, page: Page, walk: Walk, photo: Path, door: str, outcome: str) -> Page:
    """Take a photo at a door; the browser is killed before the visit is saved, and it is saved all the same."""
    page.evaluate("door => { location.hash = `#/visit/${door}` }", door)
    page.get_by_test_id(f"outcome-{outcome}").click()
    page.get_by_test_id("section-photos").click()
    page.get_by_test_id("photo-take").set_input_files(photo)
    expect(page.get_by_test_id("photo")).to_have_count(1)  # and with it all that was tapped before is kept
    page = reopened(phone, walk)
    page.get_by_test_id("draft-resume").click()
    expect(page.get_by_test_id("photo")).to_have_count(1)
    page.get_by_test_id("save-visit").click()
    expect(page.get_by_test_id("today")).to_be_visible()
    return page


def open_dispute(page: Page, door: str, category: str) -> None:
    page.evaluate("door => { location.hash = `#/disputes/new?premises=${door}` }", door)
    page.get_by_test_id(f"category-{category}").click()
    page.get_by_test_id("summary").fill(f"（演示）{category}")
    page.get_by_test_id("save-dispute").click()
    expect(page.get_by_test_id("dispute")).to_be_visible()


def correct_last_visit(page: Page) -> None:
    page.get_by_test_id("nav-today").click()
    page.get_by_test_id("visits-list").locator('a[href^="#/visits/"]').first.click()
    page.get_by_test_id("to-correct").click()
    page.get_by_test_id("outcome-gone").click()
    page.get_by_test_id("correct-reason-phrase").first.click()
    page.get_by_test_id("save-correction").click()
    expect(page.get_by_test_id("visit-outcome")).to_have_attribute("data-outcome", "gone")


def sent(phone: Phone, page: Page, server: Server) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the network back; return what the phone says it made and what the server's database holds of it."""
    phone.network(on=True)
    expect(page.get_by_test_id("unsent-badge")).to_have_count(0, timeout=60_000)
    page.wait_for_function(
        "async () => (await indexedDB.databases()).length > 0 && !document.querySelector('[data-testid=unsent-badge]')"
    )
    facts = page.evaluate(_FACTS)
    code = ON_THE_SERVER.format(device=facts["device"])
    return facts, json.loads(server.manage("shell", "--verbosity", "0", "-c", code))


def test_a_day_without_network_and_with_two_killed_browsers_arrives_whole_and_once(
    phones: PhoneShop, server: Server, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.jpg"
    Image.effect_noise((400, 300), 60).convert("RGB").save(photo)
    phone = phones.phone("day")
    page = phone.open()
    phone.sign_in(page, "officer")
    wait_until_installed(page)
    phone.close()

    page = phone.open(offline=True)
    doors = due_doors(page, 5)
    walk = Walk(phone)
    walk.stand()
    page.get_by_test_id("outing-button").click()
    page.get_by_test_id("outing-start").click()
    state = page.get_by_test_id("recorder-state")
    expect(state).to_be_visible()  # what was read before the outing began does not belong to it
    walk.stand()
    expect(state).to_have_attribute("data-state", "recording")
    walk.go(page, 2)
    for outcome in OUTCOMES[:2]:
        log_visit(page, outcome)
    page = visit_with_photo(phone, page, walk, photo, doors[4], OUTCOMES[2])
    open_dispute(page, doors[0], "neighbour")
    for outcome in OUTCOMES[3:5]:
        log_visit(page, outcome)
    page = reopened(phone, walk)
    log_visit(page, OUTCOMES[5])
    open_dispute(page, doors[1], "debt")
    correct_last_visit(page)
    page.evaluate("location.hash = '#/outing'")
    page.get_by_test_id("outing-end").click()
    page.get_by_test_id("outing-end-now").click()
    expect(page.get_by_test_id("outing_done")).to_be_visible()

    facts, found = sent(phone, page, server)
    kinds = found["kinds"]
    assert facts["made_total"] == facts["receipted_total"] == sum(kinds.values())
    assert (found["outcomes"], found["variants"]) == (["applied"], 0)
    once = {"patrol.start": 1, "patrol.end": 1, "visit.record": 6, "visit.correct": 1, "dispute.open": 2}
    assert {kind: kinds[kind] for kind in once} == once
    assert kinds["attachment.declare"] == 1
    assert (Counter(found["visits"]), found["of_the_outing"]) == (Counter(OUTCOMES), 6)
    assert (found["corrected"], found["disputes"], found["ended"]) == (1, ["debt", "neighbour"], "officer")
