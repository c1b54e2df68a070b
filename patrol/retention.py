"""SHELL: ends the retention of raw readings: they go where the leg's track holds what was derived from them.

The figures stay as they are, and a rebuild gives the same ones: everything is derived from the track (track_blob), and
of a leg without raw blocks from the one that was kept. What the track does not hold is gone: dropped readings, speeds,
headings, and which source said what.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from patrol.derivation import fingerprints_renew, legs_stale
from patrol.models import FixBlock, Leg, Patrol

log = structlog.get_logger()


@dataclass(frozen=True)
class RawDropped:
    """Of how many legs how many blocks went, and how many legs have to keep theirs: not derived yet, or in vain."""

    legs: int = 0
    blocks: int = 0
    kept_legs: int = 0

    def __add__(self, other: "RawDropped") -> "RawDropped":
        return RawDropped(self.legs + other.legs, self.blocks + other.blocks, self.kept_legs + other.kept_legs)


def raw_tracks_drop(*, now: datetime) -> RawDropped:
    """Drop the raw blocks of outings that ended more than RAW_TRACK_DAYS ago; a day of outings is one transaction."""
    before = now - timedelta(days=settings.RAW_TRACK_DAYS)
    raw = FixBlock.objects.filter(leg__patrol=OuterRef("pk"))
    old = Patrol.objects.filter(Exists(raw), ended_at__lt=before)
    days = old.order_by("started_on").values_list("started_on", flat=True).distinct()
    done = sum((_drop_of_day(day, before, now) for day in list(days)), RawDropped())
    if done != RawDropped():
        log.info("raw_tracks_dropped", ended_before=before.isoformat(), **asdict(done))
    return done


@transaction.atomic
def _drop_of_day(day: date, before: datetime, now: datetime) -> RawDropped:
    # The locks of a push and of a derivation: between the look at a leg and its blocks' end none comes in.
    outings = Patrol.objects.filter(started_on=day, ended_at__lt=before)
    held = list(outings.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    stale = set(legs_stale(first=day, last=day))
    legs = Leg.objects.filter(Exists(FixBlock.objects.filter(leg=OuterRef("pk"))), patrol__in=held)
    ready = [pk for pk in legs.filter(track__isnull=False).values_list("pk", flat=True) if pk not in stale]
    blocks, _ = FixBlock.objects.filter(leg__in=ready).delete()
    Leg.objects.filter(pk__in=ready).update(raw_dropped_at=now)
    fingerprints_renew(leg_ids=ready)
    return RawDropped(len(ready), blocks, legs.count())
