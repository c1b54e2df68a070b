"""SHELL: the table of imports that came as an upload: who brought what in, when, and how it ended. Rows are kept."""

from typing import ClassVar

from django.db import models


class ImportState(models.TextChoices):
    WAITING = "waiting", "等待"
    RUNNING = "running", "进行中"
    LOOKED = "looked", "已读取"
    CHECKED = "checked", "已试运行"
    APPLIED = "applied", "已导入"
    REFUSED = "refused", "已拒绝"
    CANCELLED = "cancelled", "已取消"


class ImportStep(models.TextChoices):
    LOOK = "look", "读取"
    CHECK = "check", "试运行"
    APPLY = "apply", "导入"


ENDED = (ImportState.APPLIED, ImportState.REFUSED, ImportState.CANCELLED)


class ImportJob(models.Model):
    """One uploaded file on its way in: looked into, then checked (a dry run), then, when somebody says so, applied."""

    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(max_length=16)
    file_name = models.CharField(max_length=200)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=ImportState, default=ImportState.WAITING)
    # What the next run is to do. Only `apply` is to stay.
    step = models.CharField(max_length=16, choices=ImportStep, default=ImportStep.CHECK)
    cancel_asked = models.BooleanField(default=False)
    rows_done = models.PositiveIntegerField(default=0)
    rows_of = models.PositiveIntegerField(null=True)
    # read, created, changed, unchanged, refused of the last run that came to its end.
    counts = models.JSONField(default=dict)
    problem_code = models.CharField(max_length=64, blank=True)
    problem_detail = models.TextField(blank=True)
    by = models.ForeignKey("accounts.Officer", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入"
        indexes: ClassVar = [models.Index(fields=["-made_at"])]
