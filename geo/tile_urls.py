"""SHELL: the routes of the vector tiles, under /tiles/."""

from django.urls import path

from geo import tile_api

urlpatterns = [path("townships/<str:z>/<str:x>/<str:y>.mvt", tile_api.TownshipTileView.as_view(), name="township-tile")]
