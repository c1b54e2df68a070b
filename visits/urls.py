"""SHELL: routes of disputes."""

from django.urls import path

from visits.api import RevealView

urlpatterns = [
    path("disputes/<uuid:dispute_id>/parties/<uuid:party_id>/reveal", RevealView.as_view(), name="party-reveal"),
]
