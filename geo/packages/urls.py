"""SHELL: the routes of the map package, under /api/v1/."""

from django.urls import path

from geo.packages import api

urlpatterns = [
    path("map/package", api.PackageView.as_view(), name="map-package"),
    path("map/package/facts", api.PackageFactsView.as_view(), name="map-package-facts"),
]
