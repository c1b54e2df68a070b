"""SHELL: the tables of outings. Officers' positions exist only inside an outing that the officer started."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField

from backend.common.records import SyncedRecord


class PatrolKind(models.TextChoices):
    STREET = "street", "街面巡防"
    ROAD = "road", "道路巡逻"
    VISIT_ROUND = "visit_round", "走访"
    OUTREACH = "outreach", "普法宣传"


class LegMode(models.TextChoices):
    FOOT = "foot", "步行"
    BICYCLE = "bicycle", "自行车"
    EBIKE = "ebike", "电动车"
    MOTORCYCLE = "motorcycle", "摩托车"
    CAR = "car", "汽车"


class FixSource(models.TextChoices):
    PHONE = "phone", "手机"
    OWNTRACKS = "owntracks", "OwnTracks"
    TRACCAR = "traccar", "Traccar"
    GPX = "gpx", "GPX"


class DayPart(models.TextChoices):
    DAY = "day", "白天"
    NIGHT = "night", "夜间"


class PatrolPlan(models.Model):
    """Who walks which beats, how often. Without officers it is for everybody of the unit."""

    id = models.UUIDField(primary_key=True, editable=False)
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    officers = models.ManyToManyField("accounts.Officer", related_name="+", blank=True)
    beats = models.ManyToManyField("geo.Beat", related_name="+", blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    every_days = models.PositiveSmallIntegerField(default=7)
    part = models.CharField(max_length=8, choices=DayPart, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "巡逻计划"


class Patrol(SyncedRecord):
    """One outing of one or more officers of one unit. `area` is the township it counts for: the one where most of its
    recorded time was spent, else the unit's own.
    """

    kind = models.CharField(max_length=16, choices=PatrolKind)
    officers = models.ManyToManyField("accounts.Officer", related_name="patrols")
    plan = models.ForeignKey(PatrolPlan, null=True, blank=True, on_delete=models.SET_NULL)
    area = models.ForeignKey("geo.Area", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    started_on = models.DateField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=16, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "巡逻"
        indexes: ClassVar = [models.Index(fields=["unit", "started_at"])]


class Leg(SyncedRecord):
    """Part of a patrol with one means of transport; it ends where the next one starts or the patrol ends."""

    patrol = models.ForeignKey(Patrol, on_delete=models.PROTECT, related_name="legs")
    mode = models.CharField(max_length=16, choices=LegMode)
    started_at = models.DateTimeField()
    # What the derived rows were made from; where it no longer fits, the leg is derived again.
    derived_from = models.CharField(max_length=80, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "巡段"


class FixBlock(SyncedRecord):
    """Raw GPS readings as they came, in columns of equal length. Cleaning marks, it never deletes.

    Readings outside the outing are not stored: `outside_count` says how many there were.
    """

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="blocks")
    source = models.CharField(max_length=16, choices=FixSource)
    t_ms = ArrayField(models.BigIntegerField())
    lon = ArrayField(models.FloatField())
    lat = ArrayField(models.FloatField())
    accuracy_m = ArrayField(models.FloatField())
    speed_mps = ArrayField(models.FloatField(null=True), null=True)
    heading_deg = ArrayField(models.FloatField(null=True), null=True)
    outside_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "定位数据"


class Observation(SyncedRecord):
    """Something noted on patrol at a place and time."""

    patrol = models.ForeignKey(Patrol, on_delete=models.PROTECT, related_name="observations")
    category = models.CharField(max_length=16)
    text = models.TextField(blank=True)
    place_lon = models.FloatField(null=True)
    place_lat = models.FloatField(null=True)
    place_accuracy_m = models.FloatField(null=True)
    place_age_s = models.FloatField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "巡逻记事"


class LegTownship(models.Model):
    """What a leg did in one township, on one day and part of the day: derived, rebuilt whenever the leg changes."""

    leg = models.ForeignKey(Leg, on_delete=models.CASCADE, related_name="townships")
    area = models.ForeignKey("geo.Area", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    part = models.CharField(max_length=8, choices=DayPart)
    km = models.FloatField()
    hours = models.FloatField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["leg", "area", "on", "part"], name="leg_township_key")]
        indexes: ClassVar = [models.Index(fields=["area", "on"])]


class PieceState(models.TextChoices):
    PASSED = "passed", "已巡"
    UNKNOWN = "unknown", "不明"


class PieceLeg(models.Model):
    """A street piece that a leg passed, or may have passed inside a gap: derived, rebuilt whenever the leg changes.

    Keyed by leg, so that a late or repeated delivery counts once and the order of arrival does not matter.
    """

    leg = models.ForeignKey(Leg, on_delete=models.CASCADE, related_name="pieces")
    piece = models.ForeignKey("geo.StreetPiece", on_delete=models.CASCADE, related_name="legs")
    on = models.DateField()
    part = models.CharField(max_length=8, choices=DayPart)
    state = models.CharField(max_length=8, choices=PieceState)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["leg", "piece", "on", "part"], name="piece_leg_key")]
        indexes: ClassVar = [models.Index(fields=["piece", "on"])]
