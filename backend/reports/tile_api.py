"""SHELL: the addresses of the vector tiles that speak of a window."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.accounts.models import Officer
from backend.accounts.permissions import FIGURES, Policy, signed_in_officer
from backend.reports import schemas
from backend.reports.api import PARTS, one_of
from backend.reports.coverage import window_for
from backend.reports.negotiation import AnythingNegotiation
from backend.reports.windows import Window
from geo.tile_api import MEDIA_TYPE, tile_answer
from geo.tiles import TileKey, tile_key

WindowTile = Callable[[Officer, TileKey, Window, str], bytes]


class WindowTileView(APIView):
    """What a window found in one tile; 204 where there is none."""

    policy: Policy = FIGURES
    content_negotiation_class = AnythingNegotiation
    tile: WindowTile

    @extend_schema(parameters=schemas.WINDOW_QUERY, responses={(200, MEDIA_TYPE): bytes, 204: None})
    def get(self, request: Request, z: str, x: str, y: str) -> HttpResponseBase:
        key, officer, query = tile_key(z, x, y), signed_in_officer(request), request.query_params
        window = window_for(officer, query.get("window"), query.get("as_of"), now=timezone.now())
        return tile_answer(request, self.tile(officer, key, window, one_of(request, "part", PARTS)))


def view_of(name: str, policy: Policy, tile: WindowTile) -> type[WindowTileView]:
    """Return the view of a layer, for those whom the policy lets ask."""
    return type(f"{name.title()}TileView", (WindowTileView,), {"policy": policy, "tile": staticmethod(tile)})
