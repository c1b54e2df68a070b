"""SHELL: the table of nightly figures."""

from typing import ClassVar

from django.db import models


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
