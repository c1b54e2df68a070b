"""SHELL: the routes of the figures, under /api/v1/: the same for every level."""

from django.urls import URLPattern, path

from backend.reports import api
from backend.reports.levels import LEVELS, Level


def _routes(level: Level) -> list[URLPattern]:
    root = f"coverage/{level.name}"
    routes = [
        path(root, api.PlacesView.as_view(level=level), name=f"coverage-{level.name}"),
        path(f"{root}.csv", api.PlacesCsvView.as_view(level=level), name=f"coverage-{level.name}-csv"),
        path(f"{root}.parquet", api.PlacesParquetView.as_view(level=level), name=f"coverage-{level.name}-parquet"),
        path(f"{root}/<str:code>/history", api.HistoryView.as_view(level=level), name=f"coverage-{level.name}-history"),
    ]
    if level.door:
        view = api.RecordsView.as_view(level=level)
        routes.append(path(f"{root}/<str:code>/records", view, name=f"coverage-{level.name}-records"))
    return routes


urlpatterns = [route for level in LEVELS.values() for route in _routes(level)]
