"""SHELL: the tables of geography. Geometry is WGS 84 (EPSG:4326); lengths in metres come from the deployment's CRS."""

import uuid
from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now


class Deployment(models.Model):
    """The one place this installation serves; set once at the first import or seed."""

    city = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=80)
    zone = models.CharField(max_length=64)
    metric_epsg = models.PositiveIntegerField()
    area_list = models.CharField(max_length=32)
    area_edition = models.CharField(max_length=32)
    schematic_boundaries = models.BooleanField(default=False)
    attribution = models.TextField(blank=True)
    only_one = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "部署"
        constraints: ClassVar = [models.CheckConstraint(condition=Q(only_one=True), name="deployment_is_one")]


class AreaLevel(models.TextChoices):
    PREFECTURE = "prefecture", "市"
    COUNTY = "county", "县（市、区）"
    TOWNSHIP = "township", "乡镇（街道）"
    VILLAGE = "village", "村（社区）"


class Area(models.Model):
    """An administrative area of one edition of one code list. The key is (list, edition, code), never the bare code:
    91 codes stand in both lists of our city and name different towns.
    """

    list = models.CharField(max_length=32)
    edition = models.CharField(max_length=32)
    code = models.CharField(max_length=12)
    level = models.CharField(max_length=16, choices=AreaLevel)
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    boundary = models.MultiPolygonField(srid=4326)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)
    household_count = models.PositiveIntegerField(null=True, blank=True)
    units = models.ManyToManyField("accounts.Unit", through="UnitArea", related_name="areas")

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ("code",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["list", "edition", "code"], name="area_key")]

    def __str__(self) -> str:
        return self.name


class UnitArea(models.Model):
    """A unit answers for an area. A township may be shared by two stations, split by beat."""

    unit = models.ForeignKey("accounts.Unit", on_delete=models.CASCADE)
    area = models.ForeignKey(Area, on_delete=models.CASCADE)
    is_primary = models.BooleanField(default=True)

    class Meta:
        verbose_name = verbose_name_plural = "单位辖区"
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "area"], name="unit_area_once")]


class Beat(models.Model):
    """The part of a township that one team answers for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="beats")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="beats")
    name = models.CharField(max_length=120)
    boundary = models.MultiPolygonField(srid=4326)
    officers = models.ManyToManyField("accounts.Officer", related_name="beats", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "责任区"
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "name"], name="beat_name_in_unit")]

    def __str__(self) -> str:
        return self.name


class Street(models.Model):
    """Centre line of a street in one edition of the network."""

    edition = models.CharField(max_length=32)
    ref = models.CharField(max_length=64)
    name = models.CharField(max_length=160, blank=True)
    street_class = models.CharField(max_length=32)
    line = models.LineStringField(srid=4326)

    class Meta:
        verbose_name = verbose_name_plural = "道路"
        constraints: ClassVar = [models.UniqueConstraint(fields=["edition", "ref"], name="street_key")]


class StreetPiece(models.Model):
    """A fixed piece of about 20 m of a street, in one township and at most one beat.

    Village and cell are those of its middle, written by a trigger of the database.
    """

    street = models.ForeignKey(Street, on_delete=models.CASCADE, related_name="pieces")
    ordinal = models.PositiveIntegerField()
    length_m = models.FloatField()
    line = models.LineStringField(srid=4326)
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    beat = models.ForeignKey(Beat, null=True, on_delete=models.SET_NULL, related_name="+")
    village = models.ForeignKey(Area, null=True, on_delete=models.SET_NULL, related_name="+")
    cell = models.BigIntegerField(null=True, editable=False, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["street", "ordinal"], name="street_piece_key")]


class PremisesKind(models.TextChoices):
    HOUSEHOLD = "household", "户"
    ENTERPRISE = "enterprise", "企事业单位"


class PremisesState(models.TextChoices):
    ACTIVE = "active", "在用"
    VACANT = "vacant", "空置"
    GONE = "gone", "已拆除"
    INACCESSIBLE = "inaccessible", "无法进入"


class Premises(models.Model):
    """A door that can be visited. A household has no name, only an address.

    It counts in denominators of windows whose first day lies in `active_from`..`active_until` (the day after the last);
    a door proposed from the field has no `active_from` until a lead approves it.
    `point` is generated from lon and lat by the database: the plain columns keep Django's fast insert path.
    `cell` (geo.cells) and `village` are written by a trigger whenever lon and lat are; a village that is given stays
    where no village boundary holds the door.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="premises")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="premises")
    beat = models.ForeignKey(Beat, null=True, blank=True, on_delete=models.SET_NULL, related_name="premises")
    village = models.ForeignKey(Area, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    cell = models.BigIntegerField(null=True, editable=False, db_index=True)
    kind = models.CharField(max_length=16, choices=PremisesKind)
    address = models.CharField(max_length=240)
    name = models.CharField(max_length=160, blank=True)
    door_plate = models.CharField(max_length=64, blank=True)
    credit_code = models.CharField(max_length=18, blank=True)
    external_ref = models.CharField(max_length=80, blank=True)
    lon = models.FloatField()
    lat = models.FloatField()
    point = models.GeneratedField(
        expression=Func(Func(F("lon"), F("lat"), function="ST_MakePoint"), 4326, function="ST_SetSRID"),
        output_field=models.PointField(srid=4326),
        db_persist=True,
    )
    border_uncertain = models.BooleanField(default=False)
    state = models.CharField(max_length=16, choices=PremisesState, default=PremisesState.ACTIVE)
    active_from = models.DateField(null=True, blank=True)
    active_until = models.DateField(null=True, blank=True)
    # A door proposed from the field that may be this other one: said to whoever decides, refused to nobody.
    duplicate_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    last_visited_at = models.DateTimeField(null=True, blank=True)
    last_outcome = models.CharField(max_length=16, blank=True)
    next_due_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "走访对象"
        indexes: ClassVar = [models.Index(fields=["unit", "next_due_on"]), models.Index(fields=["area", "kind"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["external_ref"], condition=~Q(external_ref=""), name="premises_external_ref"
            ),
            models.CheckConstraint(condition=Q(kind="enterprise") | Q(name=""), name="household_has_no_name"),
        ]

    def __str__(self) -> str:
        return self.name or self.address


class PremisesProposal(models.Model):
    """A changed state proposed from the field; it needs a lead's approval, since it changes the denominator."""

    id = models.UUIDField(primary_key=True, editable=False)
    premises = models.ForeignKey(Premises, on_delete=models.PROTECT, related_name="proposals")
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("accounts.Officer", on_delete=models.PROTECT, related_name="+")
    wanted_state = models.CharField(max_length=16, choices=PremisesState)
    base_state = models.CharField(max_length=16, choices=PremisesState)
    reason = models.TextField(blank=True)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.Officer", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved = models.BooleanField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "走访对象变更"


class TouchedDay(models.Model):
    """A township's day whose facts have changed since its figures were counted. Written with the facts, in one commit.

    Rows are only added, never updated: hundreds of phones that touch one township at once do not wait for each other.
    """

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    noted_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "待重算日"


class GeographyChange(models.Model):
    """A note that areas, beats or streets changed, written by triggers in the commit that changed them.

    Triggers, because areas and beats are also edited in the admin. Rows are only added, as in TouchedDay.
    """

    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "地理变更"


class MapPackage(models.Model):
    """The map package of a working unit: which file is the current one, and whether it must be looked at again."""

    unit = models.OneToOneField("accounts.Unit", on_delete=models.CASCADE, primary_key=True, related_name="+")
    # SHA-256 of the file, which is also its name; empty before the first is built.
    version = models.CharField(max_length=64, blank=True)
    # SHA-256 of what it was built from: the same content is not built twice.
    source_sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    built_at = models.DateTimeField(null=True, blank=True)
    # What to show first: west, south, east, north of the unit's own townships. The file reaches further.
    bounds = models.JSONField(null=True, blank=True)
    zoom_min = models.PositiveSmallIntegerField(default=0)
    zoom_max = models.PositiveSmallIntegerField(default=0)
    # From when on it must be looked at, because it may differ from the geography; null: it does not.
    stale_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "离线地图"
