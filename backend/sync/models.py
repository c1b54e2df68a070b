"""SHELL: the tables of sync: every mutation as it came, the numbered feed of each unit, what could not be read."""

import uuid
from typing import ClassVar

from django.contrib.postgres.functions import RandomUUID
from django.db import models


class StoredOutcome(models.TextChoices):
    """What became of a stored mutation. `received` outlives its transaction only where the handler broke."""

    RECEIVED = "received", "已收到"
    APPLIED = "applied", "已入库"
    CONFLICT = "conflict", "有冲突"
    QUARANTINED = "quarantined", "待处理"
    DISCARDED = "discarded", "不予采用"


class Mutation(models.Model):
    """A change made on a device, stored before it is judged. Its primary key is what makes a repeat harmless.

    `payload` is the RFC 8785 text, so that its SHA-256 can be checked in the database itself; not jsonb, because
    jsonb refuses U+0000 and lone surrogates and what a phone sent must be storable whatever it is. It is null once an
    applied record's own table holds the content (blocks of fixes: positions exist once).
    `attempts` counts how often the handler broke; see `push`.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    # Each index is written with every record: these three are never looked up alone (mutation_attention begins with
    # the unit, mutation_by_device with the device), and what they name is never deleted.
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    officer = models.ForeignKey("accounts.Officer", on_delete=models.PROTECT, related_name="+", db_index=False)
    device = models.ForeignKey("accounts.Device", on_delete=models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    record_id = models.UUIDField(db_index=True)
    recorded_at = models.DateTimeField()
    clock_skew_s = models.FloatField()
    received_at = models.DateTimeField()
    payload = models.TextField(null=True)
    payload_sha256 = models.CharField(max_length=64)
    outcome = models.CharField(max_length=16, choices=StoredOutcome)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.JSONField(null=True)
    feed_number = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "上传记录"
        indexes: ClassVar = [
            models.Index(fields=["unit", "outcome"], condition=~models.Q(outcome="applied"), name="mutation_attention"),
            models.Index(fields=["device", "seq"], name="mutation_by_device"),
        ]


class MutationVariant(models.Model):
    """The same mutation id with another content: kept beside the first, never in its place."""

    item_id = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())
    mutation_id = models.UUIDField()
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey("accounts.Device", on_delete=models.PROTECT, related_name="+")
    payload_sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    raw = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = "同号异文"
        constraints: ClassVar = [models.UniqueConstraint(fields=["mutation_id", "payload_sha256"], name="variant_once")]


class AlsoBrought(models.Model):
    """A mutation that this device brought after another one had: the same record, read from a file on a second phone.

    Without it the device that made the record would for ever seem to hold it back.
    """

    mutation = models.ForeignKey(Mutation, on_delete=models.CASCADE, related_name="+", db_index=False)
    device = models.ForeignKey("accounts.Device", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = verbose_name_plural = "重复送达"
        constraints: ClassVar = [models.UniqueConstraint(fields=["mutation", "device"], name="also_brought_once")]


class Intake(models.Model):
    """What came and could not be read as mutations, byte for byte, so that not even garbage is lost."""

    item_id = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())
    device_ref = models.CharField(max_length=64, blank=True)
    officer = models.ForeignKey("accounts.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("accounts.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    content_type = models.CharField(max_length=120, blank=True)
    body = models.BinaryField()
    body_sha256 = models.CharField(max_length=64)
    why = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = "无法解析的上传"
        constraints: ClassVar = [models.UniqueConstraint(fields=["body_sha256", "officer"], name="intake_once")]


class DecisionAction(models.TextChoices):
    """What a lead can do with what could not be accepted."""

    RELEASE = "release", "放行"
    CORRECT = "correct", "更正后放行"
    DISCARD = "discard", "不予采用"


class Decision(models.Model):
    """What a lead did with an item of the quarantine, and why. With a `problem` it was a try that came to nothing.

    `item_id` is the id of a Mutation or the `item_id` of a MutationVariant or Intake. `payload` is the correction, kept
    beside what the phone sent and never in its place. `held_for` is the problem that the item had then.
    """

    item_id = models.UUIDField(db_index=True)
    action = models.CharField(max_length=8, choices=DecisionAction)
    reason = models.CharField(max_length=500)
    officer = models.ForeignKey("accounts.Officer", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    problem = models.JSONField(null=True)
    payload = models.TextField(null=True)
    held_for = models.JSONField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "处理决定"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item_id"], condition=models.Q(problem__isnull=True), name="decided_once")
        ]


class FeedEpoch(models.Model):
    """Names the life of this database. A restore makes a new one, so that phones offer again what they sent.

    `database` is what PostgreSQL calls this life; another value means that a copy of it is running now.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    database = models.CharField(max_length=80, db_default="")
    started_at = models.DateTimeField(auto_now_add=True)
    only_one = models.BooleanField(default=True, unique=True, editable=False)


class FeedCounter(models.Model):
    """The last number given in a unit's feed. Its row lock, held to commit, is what makes the numbers gap-free."""

    unit = models.OneToOneField("accounts.Unit", primary_key=True, on_delete=models.PROTECT, related_name="+")
    n = models.BigIntegerField(default=0)


class FeedEntry(models.Model):
    """Change number `n` of a unit: this record is at this version now (put), or no longer yours to see (retract)."""

    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    n = models.BigIntegerField()
    type = models.CharField(max_length=24)
    record_id = models.UUIDField()
    version = models.PositiveIntegerField()
    op = models.CharField(max_length=8, default="put")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "n"], name="feed_number_once")]
