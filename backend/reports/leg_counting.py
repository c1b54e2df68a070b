"""SHELL: derives tracks in bundles. A track that cannot be read is marked and left out, and the others go on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog
from django.db import OperationalError, transaction
from django.db.models import F, Max
from django.db.models.functions import Now

from backend.common.outcomes import Touched
from backend.reports.models import LegFailure
from geo.selectors import deployment
from geo.touched_days import touched_days_note
from patrol.derivation import legs_derive, legs_stale
from patrol.method import METHOD
from patrol.models import GroundChange

log = structlog.get_logger()

# What one transaction derives: enough for the matching to be quick, little enough to lose.
LEGS_AT_ONCE = 250
# The refresh comes every ten seconds: what failed just now would fail again.
LEAVE_FAILED = timedelta(hours=1)


@dataclass(frozen=True)
class Derived:
    """How many legs were derived, how many could not be, and which townships' days that may change."""

    derived: int
    failed: int
    touched: frozenset[Touched]


@transaction.atomic
def legs_bring_up_to_date(leg_ids: Sequence[UUID]) -> Derived:
    """Derive the legs anew and note, in the same transaction, the days to count anew.

    Only so may a worker die at any moment: no township that a leg has left or entered is ever forgotten.
    """
    touched, failed = _together(leg_ids)
    LegFailure.objects.filter(leg__in=set(leg_ids) - set(failed)).delete()
    touched_days_note(sorted(touched, key=lambda one: (one.area_id, one.day)))
    return Derived(len(leg_ids) - len(failed), len(failed), touched)


def derivation_basis() -> str:
    """Name what every derivation depends on: while it stays the same, only tracks that something came to are stale."""
    place, change = deployment(), GroundChange.objects.aggregate(last=Max("pk"))["last"] or 0
    return f"method {METHOD}, {place.area_list} {place.area_edition}, ground {change}"


def legs_stale_on(days: Iterable[date]) -> list[UUID]:
    """Return the stale legs whose rows may lie on these days, in the order of their days."""
    found: dict[UUID, None] = {}
    for first, last in _stretches(days):
        # An outing of yesterday evening may have ended, or sent its track, after midnight.
        found |= dict.fromkeys(legs_stale(first=first - timedelta(days=1), last=last))
    return list(found)


def without_recent_failures(leg_ids: Sequence[UUID], now: datetime) -> list[UUID]:
    """Return the legs without those that could not be derived a moment ago."""
    failed = LegFailure.objects.filter(leg__in=leg_ids, failed_at__gte=now - LEAVE_FAILED)
    left = set(failed.values_list("leg_id", flat=True))
    return [leg_id for leg_id in leg_ids if leg_id not in left]


def leg_fails(leg_id: UUID, code: str, detail: str) -> None:
    """Mark a leg as one that could not be derived."""
    row = {"code": code, "detail": detail[:500], "failed_at": Now()}
    LegFailure.objects.update_or_create(leg_id=leg_id, defaults=row | {"tries": F("tries") + 1}, create_defaults=row)
    log.error("leg_not_derived", leg=str(leg_id), code=code, detail=detail[:500])


def _together(leg_ids: Sequence[UUID]) -> tuple[frozenset[Touched], list[UUID]]:
    try:
        with transaction.atomic():
            return legs_derive(leg_ids=leg_ids), []
    except OperationalError:
        raise  # the database and not a track: the whole bundle is tried again
    except Exception:
        log.exception("bundle_not_derived", legs=len(leg_ids))
    touched, failed = frozenset[Touched](), []
    for leg_id in leg_ids:
        mine = _alone(leg_id)
        touched |= mine or frozenset()
        failed += [leg_id] if mine is None else []
    return touched, failed


def _alone(leg_id: UUID) -> frozenset[Touched] | None:
    """Return what a leg touched; None when it could not be derived."""
    try:
        with transaction.atomic():
            return legs_derive(leg_ids=[leg_id])
    except OperationalError:
        raise
    except Exception as failure:
        leg_fails(leg_id, "track_not_derived", f"{type(failure).__name__}: {failure}")
        return None


def _stretches(days: Iterable[date]) -> list[tuple[date, date]]:
    """Return the days as stretches of days in a row; a day between two of them joins them."""
    stretches: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if stretches and day - stretches[-1][1] <= timedelta(days=2):
            stretches[-1] = (stretches[-1][0], day)
        else:
            stretches.append((day, day))
    return stretches
