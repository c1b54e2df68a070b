"""SHELL: routes of attachments."""

from django.urls import path

from backend.uploads.api import UploadsView, UploadView
from backend.uploads.view_api import AttachmentView, RecordAttachmentsView

urlpatterns = [
    path("uploads/", UploadsView.as_view(), name="uploads"),
    path("uploads/<uuid:upload>", UploadView.as_view(), name="upload"),
    path("attachments/<uuid:attachment>", AttachmentView.as_view(), name="attachment"),
    path("records/<uuid:record>/attachments", RecordAttachmentsView.as_view(), name="record-attachments"),
]
