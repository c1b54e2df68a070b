"""SHELL: the routes of the tiles that show where one was, under /tiles/."""

from django.urls import URLPattern, path

from backend.accounts.permissions import FIELD_WORK, FIGURES, Policy
from backend.reports import tile_doors, tile_tracks
from backend.reports.tile_api import WindowTile, view_of


def _route(name: str, policy: Policy, tile: WindowTile) -> URLPattern:
    view = view_of(name, policy, tile).as_view()
    return path(f"{name}/<str:z>/<str:x>/<str:y>.mvt", view, name=f"{name}-tile")


urlpatterns = [
    _route(tile_tracks.NAME, FIGURES, tile_tracks.track_tile),
    _route(tile_doors.NAME, FIELD_WORK, tile_doors.door_tile),
]
