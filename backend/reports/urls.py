"""SHELL: the routes of the figures, under /api/v1/."""

from django.urls import path

from backend.reports import api

urlpatterns = [
    path("coverage/townships", api.TownshipsView.as_view(), name="coverage-townships"),
    path("coverage/townships.csv", api.TownshipsCsvView.as_view(), name="coverage-townships-csv"),
    path("coverage/townships.parquet", api.TownshipsParquetView.as_view(), name="coverage-townships-parquet"),
    path("coverage/townships/<str:code>/records", api.RecordsView.as_view(), name="coverage-records"),
]
