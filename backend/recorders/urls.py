"""SHELL: routes of recorder apps."""

from django.urls import path

from backend.recorders import api, track_files_api

urlpatterns = [
    path("recorders", api.RecordersView.as_view(), name="recorders"),
    path("recorders/owntracks", api.OwnTracksView.as_view(), name="recorders-owntracks"),
    path("recorders/osmand", api.OsmAndView.as_view(), name="recorders-osmand"),
    # The address that 3-sync.md names.
    path("recorders/traccar", api.OsmAndView.as_view(), name="recorders-traccar"),
    path("recorders/<uuid:recorder_id>", api.RecorderView.as_view(), name="recorder"),
    path("outings/<uuid:outing_id>/gpx", track_files_api.TrackFilesView.as_view(), name="outing-gpx"),
]
