"""SHELL: the route of the tiles that show where outings went, under /tiles/."""

from django.urls import path

from backend.reports.tile_tracks import NAME, TrackTileView

urlpatterns = [path(f"{NAME}/<str:z>/<str:x>/<str:y>.mvt", TrackTileView.as_view(), name=f"{NAME}-tile")]
