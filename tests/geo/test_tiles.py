"""Vector tiles of townships: what lies in a tile, for whom, and what is no tile."""

import math
from collections.abc import Callable

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from tests.conftest import City

Clients = Callable[[Officer | None], APIClient]

# The tile of zoom 6 that holds 114–114.3° E, 27.7–27.8° N: x = floor(64 · (114 + 180) / 360) = 52, y = 26.
HOME = "/tiles/townships/6/52/26.mvt"
OCEAN = "/tiles/townships/6/0/40.mvt"


def layer_of(client: APIClient, address: str = HOME) -> dict[int, dict[str, object]]:
    """Return the properties of the features of a tile by id."""
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/vnd.mapbox-vector-tile")
    [layer] = mapbox_vector_tile.decode(response.content).items()
    assert layer[0] == "townships"
    return {feature["id"]: feature["properties"] for feature in layer[1]["features"]}


def test_a_tile_holds_the_townships_one_may_see_by_the_ids_of_the_coverage_answer(
    client_of: Clients, lead: Officer, city: City
) -> None:
    client = client_of(lead)
    coverage = client.get("/api/v1/coverage/townships", {"geometry": "none"}).json()

    tile = layer_of(client)

    assert set(tile) == {feature["id"] for feature in coverage["features"]}
    own = {"code": city.township.code, "name": city.township.name, "own": True}
    assert tile[city.township.pk] == own
    assert tile[city.next_township.pk]["own"] is False


def test_each_account_gets_the_townships_of_its_scope(
    client_of: Clients, accounts: dict[str, Officer], city: City
) -> None:
    seen = {name: set(layer_of(client_of(accounts[name]))) for name in ("officer", "lead", "neighbour", "analyst")}

    first, second, far = city.township.pk, city.next_township.pk, city.far_township.pk
    assert seen == {"officer": {first}, "lead": {first, second}, "neighbour": {second}, "analyst": {first, second, far}}
    assert client_of(accounts["administrator"]).get(HOME).status_code == 403
    assert client_of(None).get(HOME).status_code == 401


def test_where_nothing_lies_there_is_no_content(client_of: Clients, lead: Officer) -> None:
    response = client_of(lead).get(OCEAN)

    assert (response.status_code, response.content) == (204, b"")


def test_a_tile_that_one_has_already_is_not_sent_again(client_of: Clients, lead: Officer) -> None:
    client = client_of(lead)
    first = client.get(HOME)

    again = client.get(HOME, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert "private" in first["Cache-Control"] and "Cookie" in first["Vary"]


def test_a_tile_of_another_officer_has_another_etag(client_of: Clients, lead: Officer, neighbour: Officer) -> None:
    assert client_of(lead).get(HOME)["ETag"] != client_of(neighbour).get(HOME)["ETag"]


@pytest.mark.parametrize("place", ["6/64/26", "6/52/64", "23/0/0", "-1/0/0", "a/b/c", "6/5.2/26", "1/99999999999/0"])
def test_what_is_no_tile_is_told_so(client_of: Clients, lead: Officer, place: str) -> None:
    response = client_of(lead).get(f"/tiles/townships/{place}.mvt")

    assert (response.status_code, response.json()["code"]) == (400, "request_invalid")


def test_any_accept_header_gets_the_tile(client_of: Clients, lead: Officer) -> None:
    response = client_of(lead).get(HOME, headers={"Accept": "application/x-protobuf"})

    assert response.status_code == 200


def test_a_winding_border_is_thinned_to_what_can_be_seen(client_of: Clients, lead: Officer, city: City) -> None:
    turns = [n * math.tau / 4000 for n in range(4000)]
    # A circle with waves of 4 m: a third of a pixel at zoom 11.
    ring = [
        (114.0 + r * math.cos(t), 27.75 + r * math.sin(t)) for t in turns for r in (0.02 + 4e-5 * math.sin(900 * t),)
    ]
    city.township.boundary = MultiPolygon(Polygon([*ring, ring[0]]), srid=4326)
    city.township.save()
    # The column and row of zoom 11 in which it lies.
    response = client_of(lead).get("/tiles/townships/11/1672/859.mvt")

    shapes = {
        feature["id"]: feature["geometry"]
        for feature in mapbox_vector_tile.decode(response.content)["townships"]["features"]
    }
    [seen] = shapes[city.township.pk]["coordinates"]

    assert 20 < len(seen) < 100
