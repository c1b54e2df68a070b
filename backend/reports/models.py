"""SHELL: the tables of nightly figures, and of the runs that count them."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class TownshipDay(models.Model):
    """What happened in one township on one day (city's zone), by part of the day. Re-running a day gives the same row.

    Only sums that may be added over days stand here; distinct counts over a window (households visited, street metres)
    are taken from the facts. `revision` rises only when a figure changes.
    """

    area = models.ForeignKey("geo.Area", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    part = models.CharField(max_length=8)
    visits = models.PositiveIntegerField(default=0)
    visits_met = models.PositiveIntegerField(default=0)
    households_visited = models.PositiveIntegerField(default=0)
    enterprises_visited = models.PositiveIntegerField(default=0)
    officer_deployments = models.PositiveIntegerField(default=0)
    patrol_km = models.FloatField(default=0.0)
    patrol_hours = models.FloatField(default=0.0)
    street_m_covered = models.FloatField(default=0.0)
    street_m_unknown = models.FloatField(default=0.0)
    disputes_found = models.PositiveIntegerField(default=0)
    disputes_resolved = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=1)
    as_of = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "乡镇日统计"
        constraints: ClassVar = [models.UniqueConstraint(fields=["area", "on", "part"], name="township_day_key")]
        indexes: ClassVar = [models.Index(fields=["on"])]


class RunKind(models.TextChoices):
    NIGHT = "night", "夜间汇总"
    DAYS = "days", "指定日期"
    REBUILD = "rebuild", "从原始轨迹重算"


class RunState(models.TextChoices):
    LEGS = "legs", "推算轨迹"
    DAYS = "days", "统计"
    DONE = "done", "完成"
    CANCELLED = "cancelled", "已取消"


class Run(models.Model):
    """One aggregation: what it was asked, how far it is, what it changed. A run that was killed is gone on with.

    While it runs, the numbers are those of its steps; they are written here, and the steps deleted, when it ends.
    """

    kind = models.CharField(max_length=8, choices=RunKind)
    state = models.CharField(max_length=16, choices=RunState, default=RunState.LEGS)
    # Every township is counted on these days, and whatever else waits to be counted anew.
    first = models.DateField()
    last = models.DateField()
    # The moment that the rows written will bear.
    as_of = models.DateTimeField()
    # What derivations rested on when it began: method, townships, streets. Another one makes all tracks suspect.
    basis = models.CharField(max_length=160, default="")
    started_at = models.DateTimeField(db_default=Now())
    moved_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)
    days = models.PositiveIntegerField(default=0)
    legs_derived = models.PositiveIntegerField(default=0)
    legs_failed = models.PositiveIntegerField(default=0)
    rows_seen = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "汇总任务"
        indexes: ClassVar = [
            models.Index(fields=["moved_at"], condition=models.Q(ended_at=None), name="run_not_ended"),
        ]


class RunStep(models.Model):
    """A piece of a run that one task does in one transaction, which also marks it as done: never half, never twice."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    phase = models.CharField(max_length=16, choices=RunState)
    # legs: their ids; days: first, last and the townships.
    work = models.JSONField()
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    # legs derived, or rows seen; legs failed, or rows changed.
    done = models.PositiveIntegerField(default=0)
    marked = models.PositiveIntegerField(default=0)


class LegFailure(models.Model):
    """A leg that could not be derived: its figures lack it, and say so. It is tried again every night."""

    leg = models.OneToOneField("patrol.Leg", on_delete=models.CASCADE, primary_key=True, related_name="+")
    code = models.CharField(max_length=40)
    detail = models.TextField(blank=True)
    tries = models.PositiveIntegerField(default=1)
    failed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "未能推算的巡段"
