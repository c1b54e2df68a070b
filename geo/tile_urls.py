"""SHELL: the routes of the vector tiles, under /tiles/: the same for every layer."""

from django.urls import path

from geo.tile_api import view_of
from geo.tile_layers import LAYERS

urlpatterns = [
    path(
        f"{layer.name}/<str:z>/<str:x>/<str:y>.mvt",
        view_of(layer).as_view(),
        name=f"{layer.name}-tile",
    )
    for layer in LAYERS.values()
]
