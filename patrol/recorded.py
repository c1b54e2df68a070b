"""SHELL: fixes of a recorder app join the outing that their officer started; elsewhere there is no place for them."""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from uuid import UUID

import uuid_utils.compat as uuid_utils
from django.db.models import QuerySet

from backend.common.outcomes import Change, Touched
from patrol.fixes import Fix
from patrol.models import FixBlock, Leg, Patrol
from patrol.pauses import in_pause
from patrol.payloads import MAX_FIXES_A_BLOCK
from patrol.services import MAX_OUTING


@dataclass(frozen=True)
class Stretch:
    """A leg while it runs: from `first_ms` up to, but not at, `end_ms`."""

    leg: Leg
    outing: Patrol
    first_ms: int
    end_ms: int


@dataclass(frozen=True)
class Joined:
    """What joined: the changes for the feed, the days to count anew, how many fixes were new."""

    changes: list[Change]
    touched: set[Touched]
    new: int


def stretches_of(officer_id: UUID, *, first_ms: int, last_ms: int) -> list[Stretch]:
    """Return the legs of the outings that the officer started, as far as they run in `first_ms`..`last_ms`.

    The outings are locked: an outing's end and fixes that join it take turns. An outing of which no leg has arrived
    yet has no place for fixes.
    """
    since, until = _instant(first_ms) - MAX_OUTING, _instant(last_ms)
    begun = Patrol.objects.filter(author=officer_id, started_at__range=(since, until))
    found = _stretches_of(begun)
    return [one for one in found if one.end_ms > first_ms and one.first_ms <= last_ms]


def stretches_of_outing(outing_id: UUID) -> list[Stretch]:
    """Return the legs of one outing, locked like those of `stretches_of`."""
    return _stretches_of(Patrol.objects.filter(id=outing_id))


def _stretches_of(begun: QuerySet[Patrol]) -> list[Stretch]:
    outings = {outing.id: outing for outing in begun.select_for_update(no_key=True).order_by("id")}
    by_outing: dict[UUID, list[Leg]] = {}
    for leg in Leg.objects.filter(patrol__in=outings).order_by("started_at", "id"):
        by_outing.setdefault(leg.patrol_id, []).append(leg)
    return [one for outing_id, legs in by_outing.items() for one in _stretches(outings[outing_id], legs)]


def _stretches(outing: Patrol, legs: Sequence[Leg]) -> Iterable[Stretch]:
    # Of the moment in which an outing ends, its last fix is a part.
    end_ms = _ms(outing.ended_at or outing.started_at + MAX_OUTING) + 1
    # The first leg has the time from the start on: its own record may be a second younger.
    starts = [_ms(outing.started_at), *(_ms(leg.started_at) for leg in legs[1:]), end_ms]
    for number, leg in enumerate(legs):
        yield Stretch(leg, outing, starts[number], min(starts[number + 1], end_ms))


def in_stretches(times_ms: Iterable[int], stretches: Sequence[Stretch]) -> dict[int, Stretch]:
    """Return for each time that lies inside a stretch and no pause, which; of two outings at once the later one."""
    ordered = sorted(stretches, key=lambda one: one.first_ms)
    firsts = [one.first_ms for one in ordered]
    found = {}
    for t_ms in times_ms:
        for one in reversed(ordered[: bisect_right(firsts, t_ms)]):
            if t_ms < one.end_ms and not in_pause(t_ms, one.outing.pauses):
                found[t_ms] = one
                break
    return found


def recorded_fixes_add(*, fixes: Sequence[tuple[Fix, Stretch]], source: str, received_at: datetime) -> Joined:
    """Store fixes as blocks of the legs in which they lie. One that is there already (sent twice) is left out."""
    changes, touched, stored = [], set[Touched](), 0
    by_leg: dict[UUID, tuple[Stretch, dict[int, Fix]]] = {}
    for fix, stretch in fixes:
        by_leg.setdefault(stretch.leg.id, (stretch, {}))[1][fix.t_ms] = fix
    for stretch, by_time in by_leg.values():
        known = {t for ts in stretch.leg.blocks.filter(source=source).values_list("t_ms", flat=True) for t in ts}
        new = [by_time[t_ms] for t_ms in sorted(set(by_time) - known)]
        stored += len(new)
        for first in range(0, len(new), MAX_FIXES_A_BLOCK):
            block = _block(stretch, new[first : first + MAX_FIXES_A_BLOCK], source, received_at)
            block.id = uuid_utils.uuid7()
            block.save(force_insert=True)
            changes.append(Change(block.unit_id, "fix_block", block.id, 1))
        outing = stretch.outing
        if new and outing.area_id is not None:
            touched.add(Touched(outing.area_id, outing.started_on))
    return Joined(changes, touched, stored)


def _block(stretch: Stretch, fixes: Sequence[Fix], source: str, received_at: datetime) -> FixBlock:
    columns = {field.name: [getattr(fix, field.name) for fix in fixes] for field in fields(Fix)}
    told = json.dumps([asdict(fix) for fix in fixes], sort_keys=True)
    at = _instant(fixes[-1].t_ms)
    return FixBlock(
        leg=stretch.leg,
        unit_id=stretch.outing.unit_id,
        author_id=stretch.outing.author_id,
        # The app is no device of ours: its fixes belong to the phone that runs the leg.
        device_id=stretch.leg.device_id,
        source=source,
        recorded_at=at,
        occurred_at=at,
        received_at=received_at,
        payload_sha256=hashlib.sha256(told.encode()).hexdigest(),
        **columns,
    )


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


def _instant(t_ms: int) -> datetime:
    return datetime.fromtimestamp(t_ms / 1000, UTC)
