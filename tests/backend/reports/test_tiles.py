"""Vector tiles of villages, beats, cells, streets, doors and tracks: what is in them, from which zoom on, for whom."""

import math
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import mapbox_vector_tile
import pytest
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from geo.models import Beat, Premises, Street, StreetPiece
from patrol.models import LegPieces, PieceLeg
from tests.backend.reports.conftest import DAY
from tests.backend.reports.level_story import Story, tell
from tests.conftest import City
from tests.factories import NOON, CampaignFactory, StreetFactory, StreetPieceFactory
from visits.models import Campaign

Push = Callable[..., list[dict[str, Any]]]
Clients = Callable[[Officer | None], APIClient]
Features = list[dict[str, Any]]
# What the story reaches: west, south, east, north.
STORY = (114.079, 27.744, 114.121, 27.756)


@pytest.fixture
def story(city: City, push: Push, accounts: dict[str, Officer]) -> Story:
    return tell(1, city, push, accounts)


@pytest.fixture
def tiles(client_of: Clients) -> Callable[..., Features]:
    """A function that returns the features of a layer in all tiles of the story as an officer sees them."""

    def ask(officer: Officer, layer: str, zoom: int, **query: Any) -> Features:
        west, south, east, north = STORY
        (first_x, first_y), (last_x, last_y) = place(west, north, zoom), place(east, south, zoom)
        features: Features = []
        for x, y in product(range(first_x, last_x + 1), range(first_y, last_y + 1)):
            response = client_of(officer).get(f"/tiles/{layer}/{zoom}/{x}/{y}.mvt", query)
            assert response.status_code in (200, 204), response.content
            found = mapbox_vector_tile.decode(response.content)
            assert set(found) <= {layer}
            features += found.get(layer, {"features": []})["features"]
        return features

    return ask


def place(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Return column and row of the tile that holds a place."""
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * 2**zoom), int(y * 2**zoom)


def values(features: Features, name: str) -> set[Any]:
    return {feature["properties"][name] for feature in features}


def test_the_features_of_a_tile_have_the_codes_and_numbers_of_the_coverage_answer(
    story: Story, accounts: dict[str, Officer], client_of: Clients, tiles: Callable[..., Features]
) -> None:
    lead = accounts["lead"]
    query = {"as_of": DAY.isoformat(), "geometry": "none"}
    for level in ("villages", "beats", "cells", "streets"):
        answer = client_of(lead).get(f"/api/v1/coverage/{level}", query).json()
        asked = {(feature["id"], feature["properties"]["code"]) for feature in answer["features"]}

        shown = tiles(lead, level, 11)

        assert asked
        assert asked <= {(feature["id"], feature["properties"]["code"]) for feature in shown}


def test_cells_are_shown_where_nobody_has_ever_been(
    story: Story, lead: Officer, tiles: Callable[..., Features]
) -> None:
    with_anything = {str(cell) for cell in Premises.objects.values_list("cell", flat=True)} | {
        str(cell) for cell in StreetPiece.objects.values_list("cell", flat=True)
    }
    assert values(tiles(lead, "cells", 11), "code") > with_anything


def test_each_account_gets_villages_beats_and_streets_of_its_scope(
    story: Story, city: City, accounts: dict[str, Officer], tiles: Callable[..., Features]
) -> None:
    first, second = (str(street.pk) for street in story.streets)
    beats = {str(beat.pk): beat.area_id for beat in Beat.objects.all()}
    own_beat = next(code for code, area in beats.items() if area == city.township.pk)

    assert values(tiles(accounts["officer"], "streets", 11), "code") == {first}
    assert values(tiles(accounts["lead"], "streets", 11), "code") == {first}
    assert values(tiles(accounts["analyst"], "streets", 11), "code") == {first, second}
    assert values(tiles(accounts["officer"], "beats", 11), "code") == {own_beat}
    seen_by_lead = {
        (feature["properties"]["code"], feature["properties"]["own"])
        for feature in tiles(accounts["lead"], "beats", 11)
    }
    assert seen_by_lead == {(code, area == city.township.pk) for code, area in beats.items()}
    assert values(tiles(accounts["officer"], "villages", 11), "code") == {f"{city.township.code}{n}" for n in (0, 1)}
    assert len(values(tiles(accounts["lead"], "villages", 11), "code")) == 4


def test_doors_are_shown_to_their_station_only_and_say_neither_address_nor_name(
    story: Story, city: City, accounts: dict[str, Officer], client_of: Clients, tiles: Callable[..., Features]
) -> None:
    own = {str(door.pk) for door in story.doors if door.area_id == city.township.pk}

    shown = tiles(accounts["officer"], "premises", 14)

    assert values(shown, "door") == own
    assert {name for feature in shown for name in feature["properties"]} <= {"door", "kind", "due", "due_on"}
    assert client_of(accounts["analyst"]).get("/tiles/premises/14/0/0.mvt").status_code == 403


def test_from_far_away_doors_are_counted_and_none_is_lost(
    story: Story, city: City, accounts: dict[str, Officer], tiles: Callable[..., Features]
) -> None:
    shown = tiles(accounts["officer"], "premises", 11)

    assert sum(feature["properties"]["doors"] for feature in shown) == 8
    assert all(set(feature["properties"]) == {"doors", "due"} for feature in shown)


@pytest.mark.parametrize("part", ["all", "day", "night"])
def test_doors_of_a_window_say_what_the_figures_count(
    part: str, story: Story, city: City, lead: Officer, client_of: Clients, tiles: Callable[..., Features]
) -> None:
    query = {"window": "7d", "as_of": DAY.isoformat(), "part": part}
    answer = client_of(lead).get("/api/v1/coverage/townships", query | {"geometry": "none"}).json()
    figures = next(one["properties"] for one in answer["features"] if one["id"] == city.township.pk)

    shown = {one["properties"]["door"]: one["properties"] for one in tiles(lead, "doors", 14, **query)}

    households = [one for one in shown.values() if one["kind"] == "household"]
    met = [one for one in households if one["state"] == "met"]
    assert len(households) == figures["households"]
    assert len(met) == round(figures["household_coverage"] * figures["households"]) > 0
    assert {one["state"] for one in shown.values()} - {"tried"} == {"met", "not_visited"}
    assert part != "all" or "tried" in {one["state"] for one in shown.values()}
    assert all(("last_on" in one) == (one["state"] != "not_visited") for one in shown.values())


def test_doors_of_a_frozen_campaign_are_those_of_its_list(
    story: Story, city: City, lead: Officer, tiles: Callable[..., Features]
) -> None:
    listed = [door for door in story.doors if door.area_id == city.township.pk][:3]
    campaign = CampaignFactory(unit=city.bureau, starts_on=DAY - timedelta(days=6), ends_on=DAY)
    campaign.denominator.set(listed)
    Campaign.objects.filter(pk=campaign.pk).update(frozen_at=NOON)

    shown = tiles(lead, "doors", 14, window=f"campaign:{campaign.pk}")

    assert values(shown, "door") == {str(door.pk) for door in listed}


def test_doors_of_a_window_are_shown_to_their_station_only_and_name_nobody(
    story: Story, city: City, accounts: dict[str, Officer], client_of: Clients, tiles: Callable[..., Features]
) -> None:
    own = {str(door.pk) for door in story.doors if door.area_id == city.township.pk}

    shown = tiles(accounts["officer"], "doors", 14, as_of=DAY.isoformat())

    assert values(shown, "door") == own
    assert {name for feature in shown for name in feature["properties"]} <= {"door", "kind", "state", "last_on"}
    assert client_of(accounts["analyst"]).get("/tiles/doors/14/0/0.mvt").status_code == 403
    assert tiles(accounts["officer"], "doors", 13, as_of=DAY.isoformat()) == []


def test_the_tracks_say_of_each_street_piece_what_the_figures_count(
    story: Story, city: City, lead: Officer, client_of: Clients, tiles: Callable[..., Features]
) -> None:
    query = {"window": "7d", "as_of": DAY.isoformat()}
    answer = client_of(lead).get("/api/v1/coverage/townships", query | {"geometry": "none"}).json()
    figures = next(one["properties"] for one in answer["features"] if one["id"] == city.township.pk)
    length_m = {
        state: sum(StreetPiece.objects.filter(pk__in=pieces).values_list("length_m", flat=True))
        for state, pieces in walked(story.streets[0]).items()
    }
    assert length_m["passed"] == pytest.approx(figures["street_m_covered"], abs=0.1)

    assert values(tiles(lead, "tracks", 14, **query), "state") == {"covered", "unknown", "not_covered"}
    together = tiles(lead, "tracks", 11, **query)
    assert values(together, "code") == {str(story.streets[0].pk)}
    assert values(together, "state") == {"covered", "unknown", "not_covered"}
    covered = next(feature for feature in together if feature["properties"]["state"] == "covered")
    assert covered["properties"]["last_on"] == max(walked_days(story.streets[0])).isoformat()


def walked(street: Street) -> dict[str, set[int]]:
    """Return the pieces of a street that were passed, and those that were only unknown."""
    rows = PieceLeg.objects.filter(piece__street=street)
    passed = set(rows.filter(state="passed").values_list("piece", flat=True))
    return {"passed": passed, "unknown": set(rows.values_list("piece", flat=True)) - passed}


def walked_days(street: Street) -> list[Any]:
    return list(PieceLeg.objects.filter(piece__street=street, state="passed").values_list("on", flat=True))


def test_the_tracks_of_a_part_of_the_day_and_of_a_quiet_window_are_their_own(
    story: Story, lead: Officer, tiles: Callable[..., Features]
) -> None:
    LegPieces.objects.exclude(part="day").delete()

    by_night = tiles(lead, "tracks", 11, as_of=DAY.isoformat(), part="night")
    long_ago = tiles(lead, "tracks", 11, window="2025-01-01..2025-01-31")

    assert values(by_night, "state") == values(long_ago, "state") == {"not_covered"}


def test_the_tracks_name_neither_officer_nor_outing_nor_the_streets_of_neighbours(
    story: Story, accounts: dict[str, Officer], tiles: Callable[..., Features]
) -> None:
    shown = tiles(accounts["lead"], "tracks", 14, as_of=DAY.isoformat())

    assert {name for feature in shown for name in feature["properties"]} <= {"code", "state", "last_on"}
    assert values(shown, "code") == {str(story.streets[0].pk)}


def test_a_newer_edition_of_streets_replaces_the_older_on_the_map(
    story: Story, city: City, lead: Officer, tiles: Callable[..., Features]
) -> None:
    newer: Street = StreetFactory(edition="newer", line=story.streets[0].line)
    StreetPieceFactory(street=newer, ordinal=0, length_m=20, area=city.township, line=newer.line)

    for layer in ("streets", "tracks"):
        assert values(tiles(lead, layer, 14), "code") == {str(newer.pk)}


def test_the_whole_world_in_one_tile_is_empty_and_no_error(story: Story, lead: Officer, client_of: Clients) -> None:
    for layer in ("villages", "beats", "cells", "streets", "premises", "tracks", "doors"):
        response = client_of(lead).get(f"/tiles/{layer}/0/0/0.mvt")

        assert (response.status_code, response.content) == (204, b""), layer


def test_a_tile_of_any_layer_that_one_has_already_is_not_sent_again(
    story: Story, lead: Officer, client_of: Clients
) -> None:
    x, y = place(114.09, 27.75, 14)
    client = client_of(lead)
    for layer in ("cells", "premises", "tracks", "doors"):
        first = client.get(f"/tiles/{layer}/14/{x}/{y}.mvt", headers={"Accept-Encoding": "gzip"})
        assert first.status_code == 200
        # Compressed answers carry a weak ETag; a browser sends it back as it is.
        again = client.get(f"/tiles/{layer}/14/{x}/{y}.mvt", headers={"If-None-Match": first["ETag"]})

        assert again.status_code == 304, layer


def test_a_tile_that_has_changed_is_sent_again(story: Story, lead: Officer, client_of: Clients) -> None:
    x, y = place(114.09, 27.75, 14)
    client, address = client_of(lead), f"/tiles/tracks/14/{x}/{y}.mvt"
    first = client.get(address, {"as_of": DAY.isoformat()})
    LegPieces.objects.all().delete()

    again = client.get(address, {"as_of": DAY.isoformat()}, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code) == (200, 200)


def test_tracks_of_a_window_that_is_none_are_refused(city: City, lead: Officer, client_of: Clients) -> None:
    response = client_of(lead).get("/tiles/tracks/14/0/0.mvt", {"window": "never"})

    assert (response.status_code, response.json()["code"]) == (400, "window_invalid")
