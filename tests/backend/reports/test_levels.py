"""Coverage of villages, beats, cells and streets: the same figures, the records behind them, and nobody else's."""

import csv
import io
from collections.abc import Callable
from random import Random
from typing import Any

import geopandas
import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from backend.reports.coverage import coverage_table, window_for
from backend.reports.figures import FIGURES
from backend.reports.grounds import place_ground
from backend.reports.levels import LEVELS
from backend.reports.records import counted_rows, figures_with_records
from geo.models import UnitArea
from patrol.models import PieceLeg
from tests.backend.reports.conftest import DAY
from tests.backend.reports.level_story import Story, tell
from tests.builders import visit
from tests.conftest import City
from tests.factories import BeatFactory, PremisesFactory, StreetFactory, UnitFactory

Push = Callable[..., list[dict[str, Any]]]
Clients = Callable[[Officer | None], APIClient]
WINDOWS = ("7d", "30d", "2026-11-15..2026-11-19")


@pytest.fixture
def story(city: City, push: Push, accounts: dict[str, Officer]) -> Story:
    return tell(1, city, push, accounts)


@pytest.fixture
def ask(client_of: Clients) -> Callable[..., dict[str, Any]]:
    """A function that asks for the coverage of a level and returns rows by code, and the whole answer as `answer`."""

    def asked(officer: Officer, level: str, **query: Any) -> dict[str, Any]:
        address = f"/api/v1/coverage/{level}"
        response = client_of(officer).get(address, {"as_of": DAY.isoformat(), "geometry": "none", **query})
        assert response.status_code == 200, response.content
        answer: dict[str, Any] = response.json()
        return answer

    return asked


def rows_of(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {feature["properties"]["code"]: feature["properties"] for feature in answer["features"]}


@pytest.mark.parametrize("seed", [2])
def test_every_figure_of_every_place_opens_to_exactly_as_many_records_as_it_says(
    seed: int, city: City, push: Push, accounts: dict[str, Officer]
) -> None:
    tell(seed, city, push, accounts)
    chance, now, seen = Random(seed), timezone.now(), 0
    for level in (level for level in LEVELS.values() if level.door):
        officer = accounts[chance.choice(("officer", "lead", "analyst"))]
        window = window_for(officer, chance.choice(WINDOWS), DAY.isoformat(), now=now)
        part = chance.choice(("all", "all", "day", "night"))
        for row in (row for row in coverage_table(officer, level, window, part, now=now).rows if row["own"]):
            ground, _ = place_ground(officer, level, row["code"], window)
            for code in figures_with_records(level):
                listed = counted_rows(ground, FIGURES[code], window, part)
                assert len(listed) == row.get(code, len(listed)), (level.name, row["code"], code, part)
                seen += len(listed)
    assert seen > 0


def test_the_places_of_a_township_add_up_to_it(ask: Callable[..., Any], story: Story, officer: Officer) -> None:
    [township] = rows_of(ask(officer, "townships")).values()

    for level, counted in (("villages", True), ("cells", True), ("streets", False)):
        answer = ask(officer, level)
        rows = rows_of(answer).values()
        assert sum(row["street_m"] for row in rows) == pytest.approx(township["street_m"])
        assert sum(row["street_m_covered"] for row in rows) == pytest.approx(township["street_m_covered"])
        assert answer["totals"]["street_m_covered"] == township["street_m_covered"]
        if counted:
            assert sum(row["households_visited"] for row in rows) == township["households_visited"] > 0
            assert sum(row["visits"] for row in rows) == township["visits"] == 14
            assert max(row["last_visit_on"] or "" for row in rows) == township["last_visit_on"]


def test_the_streets_of_every_level_are_those_of_the_newest_edition(
    ask: Callable[..., Any], story: Story, lead: Officer
) -> None:
    before = {level: ask(lead, level)["totals"]["street_m"] for level in LEVELS}

    for street in story.streets:
        newer = StreetFactory(line=street.line, edition="newer")
        for piece in street.pieces.order_by("ordinal"):
            piece.pk, piece.street = None, newer
            piece.save()

    after = {level: ask(lead, level)["totals"] for level in LEVELS}
    assert {level: totals["street_m"] for level, totals in after.items()} == before
    assert {totals["street_m_covered"] for totals in after.values()} == {0}
    assert {feature["properties"]["passes"] for feature in ask(lead, "streets")["features"]} == {0}


def test_a_street_says_when_it_was_last_passed_and_how_often(
    ask: Callable[..., Any], story: Story, officer: Officer
) -> None:
    passed = PieceLeg.objects.filter(piece__street=story.streets[0], state="passed")
    nights = passed.filter(part="night")

    [row] = rows_of(ask(officer, "streets")).values()

    assert row["passes"] == len(set(passed.values_list("leg", "on", "part")))
    assert row["last_passed_on"] == max(passed.values_list("on", flat=True)).isoformat()
    assert row["last_night_on"] == max(nights.values_list("on", flat=True)).isoformat()
    # A window after the walks still says when the last one was.
    [later] = rows_of(ask(officer, "streets", window="7d", as_of="2026-12-20")).values()
    assert (later["passes"], later["street_m_covered"], later["last_passed_on"]) == (0, 0, row["last_passed_on"])


def test_a_cell_has_the_hours_of_the_outings_in_it(ask: Callable[..., Any], story: Story, officer: Officer) -> None:
    answer = ask(officer, "cells")

    hours = {row["patrol_hours"] for row in rows_of(answer).values()}
    assert hours == {0.0, 1.0}
    assert answer["totals"]["patrol_hours"] == 1.0
    assert ask(officer, "cells", part="night")["totals"]["patrol_hours"] == 0


def test_each_account_sees_the_places_of_its_townships(
    ask: Callable[..., Any], client_of: Clients, story: Story, accounts: dict[str, Officer], city: City
) -> None:
    def townships_seen(name: str, level: str) -> dict[str, set[bool]]:
        rows = rows_of(ask(accounts[name], level)).values()
        return {code: {row["own"] for row in rows if row["township_code"] == code} for code in
                {row["township_code"] for row in rows}}  # fmt: skip

    first, second = city.township.code, city.next_township.code
    for level in ("villages", "beats", "cells"):
        assert townships_seen("lead", level) == {first: {True}, second: {False}}
    assert townships_seen("officer", "cells") == {first: {True}}
    assert townships_seen("analyst", "cells") == {first: {True}, second: {True}}
    # Which street the neighbour's officers walked is told to nobody outside.
    assert townships_seen("lead", "streets") == {first: {True}}
    assert client_of(accounts["administrator"]).get("/api/v1/coverage/cells").status_code == 403
    assert ask(accounts["analyst"], "villages", township=first)["features"]
    foreign = client_of(accounts["officer"]).get("/api/v1/coverage/cells", {"township": second})
    assert foreign.status_code == 404


def test_few_doors_of_another_station_are_not_told_apart(
    ask: Callable[..., Any], client_of: Clients, story: Story, lead: Officer
) -> None:
    for level in ("villages", "beats", "cells"):
        answer = ask(lead, level)
        foreign = [row for row in rows_of(answer).values() if not row["own"]]
        assert foreign
        for row in foreign:
            counts = ("households", "households_visited", "enterprises", "enterprises_visited", "visits")
            assert {row[name] for name in counts if row[name] == "<10" or row[name] < 10} == {"<10"}
            assert (row["household_coverage"], row.get("patrol_hours")) == (None, None)
            for tail in ("records?figure=visits", "history"):
                address = f"/api/v1/coverage/{level}/{row['code']}/{tail}"
                assert client_of(lead).get(address).status_code == 404


def test_in_a_shared_township_the_other_stations_beat_is_not_ones_own(
    ask: Callable[..., Any], push: Push, officer: Officer, city: City
) -> None:
    other = UnitFactory(code="S9", parent=city.branch)
    UnitArea.objects.create(unit=other, area=city.township, is_primary=False)
    mine, theirs = BeatFactory(area=city.township, unit=city.station), BeatFactory(area=city.township, unit=other)
    PremisesFactory(area=city.township, beat=theirs, unit=other)
    push(officer, visit(PremisesFactory(area=city.township, beat=mine, unit=city.station).pk))

    rows = rows_of(ask(officer, "beats"))

    assert (rows[str(mine.pk)]["own"], rows[str(mine.pk)]["visits"]) == (True, 1)
    assert (rows[str(theirs.pk)]["own"], rows[str(theirs.pk)]["households"]) == (False, "<10")


def test_the_days_of_a_place_add_up_to_its_window(
    ask: Callable[..., Any], client_of: Clients, story: Story, officer: Officer
) -> None:
    for level in LEVELS:
        for code, row in rows_of(ask(officer, level)).items():
            address = f"/api/v1/coverage/{level}/{code}/history"
            days = client_of(officer).get(address, {"as_of": DAY.isoformat(), "window": "30d"}).json()["days"]
            assert [days[0]["on"], days[-1]["on"], len(days)] == ["2026-10-22", "2026-11-20", 30]
            for figure in ("visits", "passes", "patrol_hours"):
                if figure in row and level != "townships":
                    assert sum(day[figure] for day in days) == row[figure]


def test_the_history_of_a_neighbours_township_hides_what_its_window_hides(
    client_of: Clients, story: Story, lead: Officer, city: City
) -> None:
    address = f"/api/v1/coverage/townships/{city.next_township.code}/history"

    days = client_of(lead).get(address, {"as_of": DAY.isoformat(), "window": "30d"}).json()["days"]

    assert {day["disputes_found"] for day in days} == {"<10"}
    assert sum(day["visits"] for day in days) == 14


def test_the_files_of_a_level_say_the_same(client_of: Clients, story: Story, officer: Officer, ask: Any) -> None:
    client, query = client_of(officer), {"as_of": DAY.isoformat()}
    for level in ("beats", "cells", "streets"):
        rows = rows_of(ask(officer, level))
        text = client.get(f"/api/v1/coverage/{level}.csv", query).content.decode("utf-8-sig")
        listed = {row["code"]: float(row["street_m_covered"]) for row in csv.DictReader(io.StringIO(text))}
        frame = geopandas.read_parquet(io.BytesIO(client.get(f"/api/v1/coverage/{level}.parquet", query).content))
        assert listed == dict(zip(frame["code"], frame["street_m_covered"], strict=True))
        assert listed == {code: row["street_m_covered"] for code, row in rows.items()}
        assert set(frame.geometry.geom_type) <= {"MultiPolygon", "Polygon", "LineString"}


def test_a_figure_that_a_level_does_not_have_opens_to_nothing(
    client_of: Clients, story: Story, officer: Officer, ask: Any
) -> None:
    [village, *_] = rows_of(ask(officer, "villages"))
    address = f"/api/v1/coverage/villages/{village}/records"

    response = client_of(officer).get(address, {"figure": "disputes_found"})

    assert (response.status_code, response.json()["code"]) == (400, "figure_unknown")


def test_without_villages_the_answer_is_empty_and_says_so(ask: Any, officer: Officer, city: City) -> None:
    answer = ask(officer, "villages")

    assert (answer["features"], answer["level"], answer["totals"]["households"]) == ([], "villages", 0)
