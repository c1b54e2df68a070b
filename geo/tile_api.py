"""SHELL: the addresses of the vector tiles."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.accounts.permissions import FIGURES, Policy, signed_in_officer
from geo.tile_layers import LAYERS, Layer
from geo.tiles import layer_tile, tile_key

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


class TileNegotiation(DefaultContentNegotiation):
    """Never answers 406: map programs ask for all sorts of names of the same thing."""

    def select_renderer(
        self, request: Request, renderers: object, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return JSONRenderer(), "application/json"


class TileView(APIView):
    """The features of one layer in one tile; 204 where there is none."""

    policy: Policy = FIGURES
    content_negotiation_class = TileNegotiation
    layer = LAYERS["townships"]

    @extend_schema(responses={(200, MEDIA_TYPE): bytes, 204: None})
    def get(self, request: Request, z: str, x: str, y: str) -> HttpResponseBase:
        key = tile_key(z, x, y)
        return tile_answer(request, layer_tile(self.layer, signed_in_officer(request), key))


def view_of(layer: Layer) -> type[TileView]:
    """Return the view of a layer, with the layer's own policy."""
    return type(f"{layer.name.title()}TileView", (TileView,), {"policy": layer.policy, "layer": layer})


def tile_answer(request: Request, tile: bytes) -> HttpResponseBase:
    """Return a tile with its ETag, 204 for an empty one, 304 to whoever has it already."""
    response = HttpResponse(tile, content_type=MEDIA_TYPE) if tile else HttpResponse(status=204)
    etag = f'"{hashlib.sha256(tile).hexdigest()[:32]}"'
    response["ETag"] = etag
    # Private and asked again each time: the next officer at this desk may see other townships.
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie", "X-Session-Token"])
    plain: HttpRequest = request._request
    return get_conditional_response(plain, etag=etag, response=response) or response
