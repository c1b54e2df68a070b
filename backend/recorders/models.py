"""SHELL: the tables of recorder apps: who paired which, and what waits for its outing."""

import uuid
from typing import ClassVar

from django.db import models


class RecorderApp(models.TextChoices):
    OWNTRACKS = "owntracks", "OwnTracks"
    TRACCAR = "traccar", "Traccar Client"


class Recorder(models.Model):
    """An app that an officer paired. Only a keyed hash of its secret is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey("accounts.Officer", on_delete=models.PROTECT, related_name="recorders")
    app = models.CharField(max_length=16, choices=RecorderApp)
    username = models.CharField(max_length=24)
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    # Positions that no outing of the officer had a place for: counted, and gone.
    dropped_count = models.PositiveIntegerField(default=0)
    unreadable_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "轨迹记录应用"


class HeldFix(models.Model):
    """A position that came before the outing it belongs to. It is sealed to the installation's key, which is not in the
    database: there is no officer's position outside an outing that anybody could read here.
    """

    recorder = models.ForeignKey(Recorder, on_delete=models.CASCADE, related_name="held")
    t_ms = models.BigIntegerField()
    sealed = models.TextField()
    received_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "待归入的定位"
        constraints: ClassVar = [models.UniqueConstraint(fields=["recorder", "t_ms"], name="held_fix_once")]
