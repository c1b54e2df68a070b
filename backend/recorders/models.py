"""SHELL: the tables of recorder apps and track files: who paired which, what waits for its outing, what came of it."""

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


class TrackFile(models.Model):
    """A GPX file that somebody added to an outing, once a content. It lies here sealed until it has been judged; then
    only its readings inside the outing are kept (as blocks of its legs) and the numbers of all the others.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    outing = models.ForeignKey("patrol.Patrol", on_delete=models.CASCADE, related_name="track_files")
    officer = models.ForeignKey("accounts.Officer", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    sealed = models.TextField(blank=True)
    judged_at = models.DateTimeField(null=True, blank=True, db_index=True)
    # The code and the sentence of its refusal; empty where it was taken.
    problem = models.CharField(max_length=40, blank=True)
    why = models.TextField(blank=True)
    points = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    outside = models.PositiveIntegerField(default=0)
    untimed = models.PositiveIntegerField(default=0)
    misplaced = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "轨迹文件"
        constraints: ClassVar = [models.UniqueConstraint(fields=["outing", "sha256"], name="track_file_once")]
