"""SHELL: routes of sync."""

from django.urls import path

from backend.sync import devices_api, quarantine_api, reconcile_api
from backend.sync.api import MeView, PullView, PushView
from backend.sync.sealed_api import SealedView
from backend.sync.shares_api import ShareView

urlpatterns = [
    path("me", MeView.as_view(), name="me"),
    path("sync/push", PushView.as_view(), name="push"),
    path("sync/sealed", SealedView.as_view(), name="sealed"),
    path("sync/pull", PullView.as_view(), name="pull"),
    path("sync/offer", reconcile_api.OfferView.as_view(), name="offer"),
    path("sync/digest", reconcile_api.DigestView.as_view(), name="digest"),
    path("devices", devices_api.DevicesView.as_view(), name="devices"),
    path("devices/enrol", devices_api.EnrolView.as_view(), name="device-enrol"),
    path("devices/share", ShareView.as_view(), name="device-share"),
    path("devices/codes", devices_api.CodesView.as_view(), name="device-codes"),
    path("devices/<uuid:device_id>/revoke", devices_api.RevokeView.as_view(), name="device-revoke"),
    path("quarantine", quarantine_api.QuarantineView.as_view(), name="quarantine"),
    path("quarantine/<uuid:item_id>", quarantine_api.ItemView.as_view(), name="quarantine-item"),
    *(
        path(f"quarantine/<uuid:item_id>/{action}", quarantine_api.DecisionView.as_view(), {"action": action})
        for action in ("release", "correct", "discard")
    ),
]
