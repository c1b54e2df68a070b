"""SHELL: routes of the administrator's imports."""

from django.urls import path

from backend.imports import api, edition_api, start_api

urlpatterns = [
    path("start-codes", start_api.StartCodesView.as_view(), name="start-codes"),
    path("start", start_api.StartView.as_view(), name="start"),
    path("editions", edition_api.EditionsView.as_view(), name="editions"),
    path("imports", api.ImportsView.as_view(), name="imports"),
    path("imports/<uuid:import_id>", api.ImportView.as_view(), name="import"),
    path("imports/<uuid:import_id>/look", api.ImportLookView.as_view(), name="import-look"),
    path("imports/<uuid:import_id>/check", api.ImportCheckView.as_view(), name="import-check"),
    path("imports/<uuid:import_id>/apply", api.ImportApplyView.as_view(), name="import-apply"),
    path("imports/<uuid:import_id>/cancel", api.ImportCancelView.as_view(), name="import-cancel"),
    path("imports/<uuid:import_id>/report", api.ImportReportView.as_view(), name="import-report"),
    path("imports/<uuid:import_id>/remarks", api.ImportRemarksView.as_view(), name="import-remarks"),
]
