"""SHELL: routes of sync."""

from django.urls import path

from backend.sync.api import MeView, PullView, PushView

urlpatterns = [
    path("me", MeView.as_view(), name="me"),
    path("sync/push", PushView.as_view(), name="push"),
    path("sync/pull", PullView.as_view(), name="pull"),
]
