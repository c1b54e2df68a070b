"""SHELL: the tables of the organisation: units, officers, devices."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models

# What an administrator may keep in Django's admin: configuration, no case content (2-records.md).
REFERENCE_APPS = frozenset({"accounts", "geo", "django_celery_beat"})


class UnitKind(models.TextChoices):
    BUREAU = "bureau", "市局"
    BRANCH = "branch", "分局"
    STATION = "station", "派出所"
    BEAT_TEAM = "beat_team", "警务区"


class Role(models.TextChoices):
    OFFICER = "officer", "民警"
    LEAD = "lead", "所长"
    ANALYST = "analyst", "分析员"
    ADMINISTRATOR = "administrator", "管理员"


class Unit(models.Model):
    """A node of the police organisation. `path` is `/<code>/<code>/…/`, so that "and below" is one prefix match."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    kind = models.CharField(max_length=16, choices=UnitKind)
    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=120)
    path = models.CharField(max_length=240, unique=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ("path",)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.path = f"{self.parent.path if self.parent else '/'}{self.code}/"
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class OfficerManager(BaseUserManager["Officer"]):
    """Makes officers; `create_superuser` is what Django's own command calls."""

    def create_user(self, username: str, password: str | None = None, **columns: object) -> "Officer":
        officer = self.model(username=username, **columns)
        officer.set_password(password)
        officer.save(using=self._db)
        return officer

    def create_superuser(self, username: str, password: str | None = None, **columns: object) -> "Officer":
        columns.setdefault("roles", [Role.ADMINISTRATOR])
        return self.create_user(username, password, is_staff=True, is_superuser=True, **columns)


class Officer(AbstractBaseUser, PermissionsMixin):
    """A person who logs in. Sees the records of the own unit and below, never of siblings."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField("用户名", max_length=64, unique=True)
    badge_number = models.CharField("警号", max_length=24, blank=True)
    name = models.CharField("姓名", max_length=80)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="officers", verbose_name="单位"
    )
    roles = ArrayField(models.CharField(max_length=16, choices=Role), default=list, blank=True, verbose_name="角色")
    is_active = models.BooleanField("在用", default=True)
    is_staff = models.BooleanField("可进后台", default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[OfficerManager] = OfficerManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        ordering = ("username",)

    def __str__(self) -> str:
        return self.name or self.username

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Administrators keep reference data in Django's admin; the content of cases is not theirs to see."""
        return super().has_perm(perm, obj) or self._keeps(perm.partition(".")[0])

    def has_module_perms(self, app_label: str) -> bool:
        """Return whether the admin shows an app's section at all."""
        return super().has_module_perms(app_label) or self._keeps(app_label)

    def _keeps(self, app_label: str) -> bool:
        return self.is_active and self.is_staff and Role.ADMINISTRATOR in self.roles and app_label in REFERENCE_APPS

    def has_role(self, *roles: str) -> bool:
        """Return whether the officer holds at least one of `roles`."""
        return bool(set(self.roles) & set(roles))


class Device(models.Model):
    """A phone or desk browser that sends records. The right to send hangs on it, the right to read on the session."""

    id = models.UUIDField(primary_key=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="devices")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="devices")
    public_key = models.TextField(blank=True)
    app_version = models.CharField(max_length=32, blank=True)
    made_total = models.PositiveIntegerField(default=0)
    # Counted in the transaction that stores them: ten million mutations are not counted anew at every question.
    received_total = models.PositiveIntegerField(default=0, db_default=0)
    enrolled_at = models.DateTimeField(auto_now_add=True)
    last_contact_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revoked_reason = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        verbose_name = verbose_name_plural = "设备"


class DeviceShare(models.Model):
    """The server's part of the key by which a PIN opens a phone (backend/accounts/shares.py)."""

    device = models.OneToOneField(Device, primary_key=True, on_delete=models.CASCADE, related_name="share")
    secret = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    # How often it was asked for since then.
    counted_from = models.DateTimeField()
    asked = models.PositiveIntegerField(default=0, db_default=0)


class EnrolmentCode(models.Model):
    """Lets one device of a lead's unit in. Only a keyed hash of the code is kept, and it is good for ten minutes."""

    code_hash = models.CharField(max_length=64, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(Device, null=True, on_delete=models.PROTECT, related_name="+")


class EnrolmentFailure(models.Model):
    """One wrong code of one officer: so many in ten minutes, and the officer has to wait."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="+")
    failed_at = models.DateTimeField()


class StartCode(models.Model):
    """Lets an officer without a password set the first one. Only a keyed hash is kept; it is used once, then gone."""

    officer = models.OneToOneField(Officer, primary_key=True, on_delete=models.CASCADE, related_name="start_code")
    code_hash = models.CharField(max_length=64)
    made_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()


class SignatureNonce(models.Model):
    """A signature that was used. Its primary key decides which of two parallel replays is the first."""

    id = models.UUIDField(primary_key=True, editable=False)  # hash of device and nonce
    seen_at = models.DateTimeField()
