"""SHELL: the tables of attachments' bytes: uploads under way, and the files they became."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class FileState(models.TextChoices):
    WAITING = "waiting", "待处理"
    READY = "ready", "可查看"
    UNREADABLE = "unreadable", "无法读取"


class Upload(models.Model):
    """One tus upload. It belongs to whoever created it; for everybody else it does not exist.

    `received_bytes` is what lies safely on disk. `turn` counts the connections that have written: only the last one
    may, so that a phone that lost its mast takes over from its own dead connection. `refusal` names why the sender had
    no right to act any more: the bytes are kept all the same, like the records they belong to.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey("accounts.Officer", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey("accounts.Device", null=True, on_delete=models.PROTECT, related_name="+")
    # A plain id: the attachment may be declared later, or be held by a lead.
    attachment_ref = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    received_bytes = models.PositiveIntegerField(default=0)
    turn = models.PositiveIntegerField(default=0)
    refusal = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    linked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "上传"
        indexes: ClassVar = [
            models.Index(fields=["attachment_ref"], name="upload_by_attachment"),
            models.Index(
                fields=["completed_at"],
                condition=Q(completed_at__isnull=False, linked_at__isnull=True),
                name="upload_without_record",
            ),
            models.Index(fields=["expires_at"], name="upload_by_end"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(received_bytes__lte=F("size_bytes")), name="upload_within_its_size")
        ]


class StoredFile(models.Model):
    """One content, by the hash of what phones sent; attachments with equal content share it.

    A picture is kept re-encoded under `stored_sha256`, and what was sent is deleted: it may say where a resident lives.
    """

    sha256 = models.CharField(primary_key=True, max_length=64)
    size_bytes = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=FileState, default=FileState.WAITING)
    problem_code = models.CharField(max_length=40, blank=True)
    media_type = models.CharField(max_length=40, blank=True)
    stored_sha256 = models.CharField(max_length=64, blank=True)
    width_px = models.PositiveIntegerField(null=True)
    height_px = models.PositiveIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "文件"
        indexes: ClassVar = [
            models.Index(fields=["received_at"], condition=Q(state="waiting"), name="file_waiting_by_time")
        ]
