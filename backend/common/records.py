"""SHELL: the columns that every record made on a phone has (2-records.md)."""

from django.db import models


class SyncedRecord(models.Model):
    """A fact that came from a device: who made it where and when, and the hash of what was said to be saved.

    `recorded_at` is the phone's clock and only evidence. `occurred_at` is that time corrected by the clock skew
    measured at the push, and is what counts; the server never orders, filters or refuses anything by the phone's clock.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    # No index: nobody looks records up by person or phone (work is counted, people are not watched), and officers and
    # devices are deactivated, never deleted.
    author = models.ForeignKey("accounts.Officer", on_delete=models.PROTECT, related_name="+", db_index=False)
    device = models.ForeignKey("accounts.Device", on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField()
    clock_skew_s = models.FloatField(default=0.0)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    payload_sha256 = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True
