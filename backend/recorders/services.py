"""SHELL: what pairs recorder apps, takes what they send, and lets it join the outings it belongs to."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Min, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from backend.accounts.models import Officer
from backend.accounts.scope import working_unit
from backend.common.own_seal import seal
from backend.common.sealing import unseal
from backend.recorders.models import HeldFix, Recorder
from backend.sync.announce import figures_announce
from backend.sync.feed import feed_append
from patrol.fixes import Fix
from patrol.recorded import Stretch, in_stretches, recorded_fixes_add, stretches_of

_INFO = b"xunfang/held-fix/1"
# Two days of one fix every ten seconds: who sends more than that without an outing is no officer on patrol.
MAX_HELD = 20_000
# A clock ahead by more would hold fixes for a day that has not come.
AHEAD = timedelta(minutes=10)


@dataclass(frozen=True)
class Pairing:
    """A new recorder and its secret, which is told once."""

    recorder: Recorder
    secret: str


def recorder_pair(*, officer: Officer, app: str, now: datetime) -> Pairing:
    """Let one app of the officer send positions from now on."""
    secret = secrets.token_urlsafe(24)
    recorder = Recorder.objects.create(
        officer=officer,
        app=app,
        username=f"xf-{secrets.token_hex(4)}",
        secret_hash=_secret_hash(secret),
        created_at=now,
    )
    return Pairing(recorder, secret)


@transaction.atomic
def recorder_revoke(*, recorder: Recorder, now: datetime) -> None:
    """Let the app send nothing more, and forget what it had sent for an outing that has not come."""
    Recorder.objects.filter(pk=recorder.pk, revoked_at=None).update(revoked_at=now)
    _drop(HeldFix.objects.filter(recorder=recorder))


def recorder_known(*, secret: str, app: str, username: str | None = None) -> Recorder | None:
    """Return the recorder with this secret, if it may send; None if not."""
    rows = Recorder.objects.select_related("officer__unit__parent")
    found = rows.filter(secret_hash=_secret_hash(secret), app=app, revoked_at=None).first()
    if found is None or working_unit(found.officer) is None:
        return None
    if username is not None and not constant_time_compare(found.username, username):
        return None
    return found


@transaction.atomic
def fixes_hold(*, recorder: Recorder, fixes: Sequence[Fix], unreadable: int, now: datetime) -> int:
    """Keep positions, sealed, until an outing has a place for them; return how many. Once a time and recorder."""
    timely = [fix for fix in fixes if fix.t_ms <= round((now + AHEAD).timestamp() * 1000)]
    room = max(0, MAX_HELD - HeldFix.objects.filter(recorder=recorder).count())
    kept = timely[:room]
    HeldFix.objects.bulk_create(
        [HeldFix(recorder=recorder, t_ms=fix.t_ms, sealed=_sealed(recorder.id, fix), received_at=now) for fix in kept],
        ignore_conflicts=True,
    )
    Recorder.objects.filter(pk=recorder.pk).update(
        last_seen_at=now,
        dropped_count=F("dropped_count") + len(fixes) - len(kept),
        unreadable_count=F("unreadable_count") + unreadable,
    )
    return len(kept)


def fixes_join_all(*, now: datetime) -> int:
    """Let what is held join the outings that have come, drop what waited too long; return how many fixes joined."""
    waiting = Recorder.objects.filter(held__isnull=False).distinct().order_by("id").values_list("id", flat=True)
    joined = sum(fixes_join(recorder_id=recorder_id, now=now) for recorder_id in list(waiting))
    with transaction.atomic():
        _drop(HeldFix.objects.filter(received_at__lt=now - timedelta(hours=settings.RECORDER_HELD_HOURS)))
    return joined


@transaction.atomic
def fixes_join(*, recorder_id: UUID, now: datetime) -> int:
    """Let a recorder's held fixes join its officer's outings; return how many did. The rest goes on waiting."""
    # Whoever is faster joins them: of two tasks at once the second finds nothing.
    recorder = Recorder.objects.select_for_update(no_key=True, skip_locked=True).filter(id=recorder_id).first()
    held = HeldFix.objects.filter(recorder_id=recorder_id)
    first_ms, last_ms = held.aggregate(first=Min("t_ms"), last=Max("t_ms")).values()
    if recorder is None or first_ms is None:
        return 0
    stretches = stretches_of(recorder.officer_id, first_ms=first_ms, last_ms=last_ms)
    places = in_stretches(held.values_list("t_ms", flat=True), stretches)
    rows = held.filter(t_ms__in=places)
    joined = recorded_fixes_add(fixes=_placed(rows, places), source=recorder.app, received_at=now)
    rows.delete()
    # In the order of a push: who noted days first and waited for the numbers would deadlock with one.
    feed_append(joined.changes)
    figures_announce(joined.touched)
    return len(places)


def _placed(rows: QuerySet[HeldFix], places: dict[int, Stretch]) -> list[tuple[Fix, Stretch]]:
    return [(_opened(row), places[row.t_ms]) for row in rows.order_by("t_ms")]


def _drop(held: QuerySet[HeldFix]) -> None:
    """Delete held fixes and write down how many of each recorder there were."""
    for recorder_id in set(held.values_list("recorder_id", flat=True)):
        dropped, _ = held.filter(recorder_id=recorder_id).delete()
        Recorder.objects.filter(id=recorder_id).update(dropped_count=F("dropped_count") + dropped)


def _sealed(recorder_id: UUID, fix: Fix) -> str:
    return seal(json.dumps(asdict(fix)).encode(), info=_INFO, aad=recorder_id.bytes)


def _opened(row: HeldFix) -> Fix:
    return Fix(**json.loads(unseal(row.sealed.encode(), info=_INFO, aad=row.recorder_id.bytes)))


def _secret_hash(secret: str) -> str:
    """Return a keyed hash: 192 random bits need no slow one, and a copy of the database alone is no secret."""
    return salted_hmac("backend.recorders", secret, algorithm="sha256").hexdigest()
