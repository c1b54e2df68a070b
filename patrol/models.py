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
    # Stretches (from, to) of epoch milliseconds in which the officer had paused it: no position is kept of them.
    pauses = ArrayField(ArrayField(models.BigIntegerField(), size=2), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "巡逻"
        indexes: ClassVar = [models.Index(fields=["unit", "started_at"])]


class Leg(SyncedRecord):
    """Part of a patrol with one means of transport; it ends where the next one starts or the patrol ends."""

    patrol = models.ForeignKey(Patrol, on_delete=models.PROTECT, related_name="legs")
    mode = models.CharField(max_length=16, choices=LegMode)
    started_at = models.DateTimeField()
    # What the derived rows were made from; where it no longer fits, the leg is derived again.
    derived_from = models.CharField(max_length=160, blank=True, editable=False)
    # The readings in order of time (patrol.track_blob): of a leg and not more than 7 bytes each.
    track = models.BinaryField(null=True, editable=False)
    # When its raw blocks were dropped: from then on the track stands for them, and what still comes in is added to it.
    raw_dropped_at = models.DateTimeField(null=True, editable=False)
    # Where the track lies, in degrees, and the last GroundChange that the derivation knew.
    box = models.PolygonField(srid=4326, null=True, editable=False, spatial_index=False)
    ground_change = models.BigIntegerField(default=0, db_default=0, editable=False)

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
    # How much of them was off the streets: alleys, yards, fields.
    km_off = models.FloatField(default=0, db_default=0)
    hours_off = models.FloatField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["leg", "area", "on", "part"], name="leg_township_key")]
        indexes: ClassVar = [models.Index(fields=["area", "on"])]


class LegCell(models.Model):
    """How long a leg was in a square of 500 m (geo.cells), on the streets and off them: derived like the others."""

    # No constraint and one index less: a night writes 20,000 rows. Legs are never deleted.
    leg = models.ForeignKey(Leg, on_delete=models.CASCADE, related_name="cells", db_constraint=False, db_index=False)
    on = models.DateField()
    part = models.CharField(max_length=8, choices=DayPart)
    cell = models.BigIntegerField()
    seconds = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["leg", "on", "part", "cell"], name="leg_cell_key")]
        indexes: ClassVar = [models.Index(fields=["on", "cell"])]


class PieceState(models.TextChoices):
    PASSED = "passed", "已巡"
    UNKNOWN = "unknown", "不明"


class LegPieces(models.Model):
    """The street pieces of one township that a leg passed, or may have passed inside gaps, on one day and part of it.

    Derived, rebuilt whenever the leg changes; keyed by leg, so that a late or repeated delivery counts once and the
    order of arrival does not matter. One row and not one a piece: a city's night writes 1,500 rows instead of 200,000.
    """

    leg = models.ForeignKey(Leg, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    area = models.ForeignKey(
        "geo.Area", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    on = models.DateField()
    part = models.CharField(max_length=8, choices=DayPart)
    # Side by side, in order of the piece: how long and how often (without turning) the leg went along it.
    passed = ArrayField(models.BigIntegerField(), default=list)
    seconds = ArrayField(models.IntegerField(), default=list)
    passes = ArrayField(models.SmallIntegerField(), default=list)
    # What lay within reach of a gap and was not passed by this leg in this part of the day.
    unknown = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["leg", "area", "on", "part"], name="leg_pieces_key")]
        indexes: ClassVar = [models.Index(fields=["area", "on"], name="leg_pieces_area_on")]


class PieceLeg(models.Model):
    """`LegPieces` piece by piece, to read: a view. Ask it by leg, or by township and day; nothing finds a piece's rows.

    A piece that is gone stays in it until the legs along it are derived again.
    """

    pk = models.CompositePrimaryKey("leg", "piece", "on", "part")
    leg = models.ForeignKey(Leg, on_delete=models.DO_NOTHING, related_name="pieces", db_constraint=False)
    piece = models.ForeignKey("geo.StreetPiece", on_delete=models.DO_NOTHING, related_name="legs", db_constraint=False)
    area = models.ForeignKey("geo.Area", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    on = models.DateField()
    part = models.CharField(max_length=8, choices=DayPart)
    state = models.CharField(max_length=8, choices=PieceState)
    seconds = models.PositiveIntegerField()
    passes = models.PositiveSmallIntegerField()

    class Meta:
        managed = False
        db_table = "patrol_pieceleg"


class GroundChange(models.Model):
    """Where streets, their pieces' townships or townships' boundaries changed: legs within it are derived again.

    Written by triggers in the commit that changes them, one row a statement, the box of all that it changed. Whoever
    changes them holds a lock from before the change until the commit, so that the numbers are committed in order.
    """

    box = models.PolygonField(srid=4326)

    class Meta:
        verbose_name = verbose_name_plural = "路网与边界变更"
