"""SHELL: the tables of visits, disputes, outreach, campaigns. Facts are append-only; a correction is a new record."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q

from backend.common.records import SyncedRecord
from visits.form_models import ChecklistForm


class VisitOutcome(models.TextChoices):
    MET = "met", "见到人"
    NOBODY_HOME = "nobody_home", "无人在家"
    REFUSED = "refused", "拒绝"
    VACANT = "vacant", "空置"
    GONE = "gone", "已拆除"
    OTHER = "other", "其他"


class HazardKind(models.TextChoices):
    FIRE = "fire", "消防"
    GAS = "gas", "燃气"
    ELECTRICITY = "electricity", "用电"
    EBIKE_CHARGING = "ebike_charging", "电动车充电"
    FRAUD_EXPOSURE = "fraud_exposure", "涉诈风险"
    ROAD = "road", "道路"
    WATER = "water", "涉水"
    BUILDING = "building", "房屋"
    OTHER = "other", "其他"


class DisputeCategory(models.TextChoices):
    MARRIAGE_FAMILY = "marriage_family", "婚姻家庭"
    NEIGHBOUR = "neighbour", "邻里"
    DEBT = "debt", "债务"
    LABOUR = "labour", "劳动"
    LAND_FOREST = "land_forest", "土地山林"
    HOUSING = "housing", "房屋宅基地"
    REQUISITION = "requisition", "征地拆迁"
    INJURY = "injury", "损害赔偿"
    TRAFFIC = "traffic", "交通事故"
    MEDICAL = "medical", "医疗"
    CONSUMER = "consumer", "消费"
    PROPERTY_MANAGEMENT = "property_management", "物业"
    CONTRACT = "contract", "合同"
    BUSINESS = "business", "经营"
    OTHER = "other", "其他"


class DisputeSource(models.TextChoices):
    VISIT = "visit", "走访发现"
    PATROL = "patrol", "巡逻发现"
    WALK_IN = "walk_in", "上门反映"
    REFERRAL = "referral", "转来"


class DisputeRisk(models.TextChoices):
    """Of the dispute escalating, not of a person."""

    LOW = "low", "低"
    MEDIUM = "medium", "中"
    HIGH = "high", "高"


class DisputeState(models.TextChoices):
    FOUND = "found", "已发现"
    REGISTERED = "registered", "已登记"
    ASSIGNED = "assigned", "已指派"
    MEDIATING = "mediating", "调解中"
    RESOLVED = "resolved", "已化解"
    TRANSFERRED = "transferred", "已移交"
    FAILED = "failed", "调解不成"
    FOLLOWED_UP = "followed_up", "已回访"
    CLOSED = "closed", "已结案"


class DisputeEventKind(models.TextChoices):
    REGISTERED = "registered", "登记"
    ASSIGNED = "assigned", "指派"
    SESSION_HELD = "session_held", "调解一次"
    AGREEMENT_SIGNED = "agreement_signed", "签订协议"
    RESOLVED = "resolved", "化解"
    TRANSFERRED = "transferred", "移交"
    FAILED = "failed", "调解不成"
    FOLLOW_UP = "follow_up", "回访"
    REOPENED = "reopened", "重启"
    CLOSED = "closed", "结案"
    CORRECTED = "corrected", "更正"


class PartyRole(models.TextChoices):
    SIDE_A = "side_a", "甲方"
    SIDE_B = "side_b", "乙方"
    OTHER = "other", "其他"


class Campaign(models.Model):
    """A campaign: window, units, targets, counting rules, and the denominator frozen on its first day."""

    id = models.UUIDField(primary_key=True, editable=False)
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="campaigns")
    name = models.CharField(max_length=160)
    starts_on = models.DateField()
    ends_on = models.DateField()
    targets = models.JSONField(default=dict, blank=True)
    counting_rules = models.JSONField(default=dict, blank=True)
    # What is asked at doors now; visits keep the version that they answered.
    form = models.ForeignKey(ChecklistForm, null=True, blank=True, on_delete=models.PROTECT, related_name="campaigns")
    frozen_at = models.DateTimeField(null=True, blank=True)
    denominator = models.ManyToManyField("geo.Premises", related_name="campaigns", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "专项行动"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="campaign_window_in_order")
        ]

    def __str__(self) -> str:
        return self.name


class Visit(SyncedRecord):
    """One attempt at one premises. `area` is that of the door when the visit was stored: figures of the past do not
    move when a door is corrected later. A corrected visit stays readable and no longer counts.
    """

    # visit_by_door_and_time begins with the door: an index of its own would be written for nothing.
    premises = models.ForeignKey("geo.Premises", on_delete=models.PROTECT, related_name="visits", db_index=False)
    area = models.ForeignKey("geo.Area", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=16, choices=VisitOutcome)
    occurred_on = models.DateField()
    officers = models.ManyToManyField("accounts.Officer", related_name="+")
    patrol = models.ForeignKey("patrol.Patrol", null=True, blank=True, on_delete=models.PROTECT, related_name="visits")
    campaign = models.ForeignKey(Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="visits")
    place_lon = models.FloatField(null=True)
    place_lat = models.FloatField(null=True)
    place_accuracy_m = models.FloatField(null=True)
    place_age_s = models.FloatField(null=True)
    no_place_reason = models.CharField(max_length=16, blank=True)
    distance_to_door_m = models.FloatField(null=True)
    advice = ArrayField(models.CharField(max_length=24), default=list)
    help_asked = models.TextField(blank=True)
    note = models.TextField(blank=True)
    checklist = models.JSONField(null=True)
    dispute_ids = ArrayField(models.UUIDField(), default=list)
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    correction_reason = models.TextField(blank=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = verbose_name_plural = "走访"
        indexes: ClassVar = [
            models.Index(fields=["occurred_on", "area"], condition=Q(is_current=True), name="visit_current_by_day"),
            models.Index(fields=["unit", "occurred_at"], name="visit_by_unit_and_time"),
            models.Index(fields=["premises", "occurred_at"], name="visit_by_door_and_time"),
        ]


class Hazard(models.Model):
    """A danger found: of a place, never of a person."""

    id = models.UUIDField(primary_key=True, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="hazards")
    premises = models.ForeignKey("geo.Premises", on_delete=models.PROTECT, related_name="hazards")
    kind = models.CharField(max_length=24, choices=HazardKind)
    note = models.TextField(blank=True)
    found_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "安全隐患"


class Dispute(SyncedRecord):
    """One case. `state` and the due dates are derived from its events and kept for reading fast."""

    category = models.CharField(max_length=24, choices=DisputeCategory)
    summary = models.TextField()
    source = models.CharField(max_length=16, choices=DisputeSource)
    risk = models.CharField(max_length=8, choices=DisputeRisk)
    premises = models.ForeignKey(
        "geo.Premises", null=True, blank=True, on_delete=models.PROTECT, related_name="disputes"
    )
    area = models.ForeignKey("geo.Area", null=True, on_delete=models.PROTECT, related_name="+")
    place_lon = models.FloatField(null=True)
    place_lat = models.FloatField(null=True)
    place_text = models.CharField(max_length=240, blank=True)
    # Plain ids: a dispute may arrive before the visit or outing on which it was found.
    visit_ref = models.UUIDField(null=True, blank=True)
    patrol_ref = models.UUIDField(null=True, blank=True)
    opened_at = models.DateTimeField()
    opened_on = models.DateField()
    state = models.CharField(max_length=16, choices=DisputeState, default=DisputeState.FOUND)
    assignee = models.ForeignKey("accounts.Officer", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    assign_due_on = models.DateField()
    resolve_due_on = models.DateField()
    follow_up_due_on = models.DateField(null=True, blank=True)
    resolved_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "矛盾纠纷"
        indexes: ClassVar = [
            models.Index(fields=["opened_on", "area"], name="dispute_by_day"),
            models.Index(fields=["unit", "state"], name="dispute_by_unit_and_state"),
        ]


class Party(models.Model):
    """A side of a dispute; never a profile. Name and number are masked here, `sealed` opens with the server's key only
    (`party_services.contact_reveal`). Contact is erased a while after the dispute has ended; the role stays.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="parties")
    role = models.CharField(max_length=8, choices=PartyRole)
    name_masked = models.CharField(max_length=40, blank=True, default="")
    phone_masked = models.CharField(max_length=24, blank=True, default="")
    sealed = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "当事人"


class ContactReveal(models.Model):
    """Somebody opened a party's contact: who, on which device, when, why. A trigger refuses to change or delete rows.

    Plain ids: who looked stays known when everything else of the case is gone.
    """

    dispute_ref = models.UUIDField(db_index=True)
    party_ref = models.UUIDField()
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey("accounts.Officer", on_delete=models.PROTECT, related_name="+", db_index=False)
    device = models.ForeignKey("accounts.Device", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    revealed_at = models.DateTimeField()
    reason = models.CharField(max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "查看联系方式记录"


class DisputeEvent(SyncedRecord):
    """One append-only step in a dispute. A step that the state does not allow is kept, shown and marked."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="events")
    event = models.CharField(max_length=24, choices=DisputeEventKind)
    note = models.TextField(blank=True)
    assignee = models.ForeignKey("accounts.Officer", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agreement_form = models.CharField(max_length=8, blank=True)
    agreement_terms = models.TextField(blank=True)
    transferred_to = models.CharField(max_length=160, blank=True)
    follow_up = models.CharField(max_length=16, blank=True)
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Place in the one order in which all phones' events fold: the order in which the server stored them.
    ordinal = models.BigIntegerField()
    allowed = models.BooleanField(default=True)

    class Meta:
        verbose_name = verbose_name_plural = "办理记录"
        constraints: ClassVar = [models.UniqueConstraint(fields=["dispute", "ordinal"], name="dispute_event_order")]


class OutreachSession(SyncedRecord):
    """A law-outreach session held: topic, place, audience."""

    topic = models.CharField(max_length=160)
    place_text = models.CharField(max_length=240, blank=True)
    area = models.ForeignKey("geo.Area", null=True, on_delete=models.PROTECT, related_name="+")
    audience_count = models.PositiveIntegerField(default=0)
    patrol = models.ForeignKey("patrol.Patrol", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    occurred_on = models.DateField()

    class Meta:
        verbose_name = verbose_name_plural = "普法宣传"


class Attachment(SyncedRecord):
    """A photo, sound or signature declared with its record; the bytes come apart from it.

    `record_id` is a plain id: the record may be in quarantine still when its photos are declared.
    """

    record_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=16)
    media_type = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    stored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "附件"
