"""PURE: a station's disputes: found, registered, mediated, settled or not, over two months."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy

from backend.demo.chance import pick, uuid7_at
from backend.demo.cities import BUSY
from backend.demo.deeds import Deed, Period, Person, Station
from backend.demo.party_words import party_masked
from backend.demo.words import DISPUTES, TERMS, TRANSFERRED_TO

# How many disputes a station finds in the period, on average, and the share that was found in the month before it.
FOUND = {"demo": 24.0, "central": 7.0, "county": 2.0, "far": 1.1}
EARLIER_SHARE = 0.3
# What becomes of a dispute, with weights: settled, settled and reopened, handed over, not settled, or left lying.
FATES = ("settled", "reopened", "transferred", "failed", "left")
FATE_WEIGHTS = (0.7, 0.05, 0.07, 0.04, 0.14)


@dataclass(frozen=True)
class Case:
    """One dispute while it is told."""

    id: UUID
    period: Period
    opener: Person
    lead: Person
    worker: Person


def disputes_of(station: Station, period: Period, rng: numpy.random.Generator, *, scale: float = 1.0) -> Iterator[Deed]:
    """Yield the deeds of a station's disputes. What lies after the end of the story has not happened yet."""
    for _ in range(int(rng.poisson(FOUND[station.part] * min(1.0, scale**0.5)))):
        days = (period.today - period.first).days
        offset = -int(rng.integers(1, 31)) if rng.random() < EARLIER_SHARE else int(rng.integers(0, days))
        opened = _at(period, offset, rng)
        leads = [one for one in station.people if one.is_lead] or list(station.people)
        keepers = station.people if station.part in BUSY else leads[:1]
        opener, worker = pick(rng, keepers), pick(rng, keepers)
        case = Case(uuid7_at(opened, rng), period, opener, leads[0], worker)
        yield Deed(opener, opened.date(), "dispute.open", case.id, opened, _opening(station, opened, rng))
        yield from _events(case, opened, offset, rng)


def _at(period: Period, offset: int, rng: numpy.random.Generator) -> datetime:
    midnight = datetime.combine(period.first + timedelta(days=offset), time(0), tzinfo=ZoneInfo(period.zone))
    return midnight + timedelta(hours=8, minutes=int(rng.integers(30, 560)))


def _opening(station: Station, opened: datetime, rng: numpy.random.Generator) -> dict[str, Any]:
    category, summary = pick(rng, DISPUTES)
    source = pick(rng, ("visit", "patrol", "walk_in", "referral"), (0.5, 0.1, 0.3, 0.1))
    door = pick(rng, station.doors) if station.doors and source in ("visit", "walk_in") else None
    return {
        "category": category,
        "summary": summary,
        "premises": str(door.id) if door else None,
        "place_text": "" if door else "（演示）路边商铺门前",
        "source": source,
        "risk": pick(rng, ("low", "medium", "high"), (0.6, 0.3, 0.1)),
        "parties": [_party(uuid7_at(opened, rng), role) for role in ("side_a", "side_b")],
    }


def _party(party_id: UUID, role: str) -> dict[str, Any]:
    return {"id": str(party_id), "role": role, **party_masked(party_id)}


def _events(case: Case, opened: datetime, offset: int, rng: numpy.random.Generator) -> Iterator[Deed]:
    """Yield the steps; each lies on a later day than the one before, so that no phone overtakes another."""
    fate = pick(rng, FATES, FATE_WEIGHTS)
    last = (case.period.today - case.period.first).days
    for days, person, event, payload in _steps(case, fate, rng):
        offset += days
        if offset >= last:
            return
        at = _at(case.period, offset, rng)
        deed = {"dispute": str(case.id), "event": event, **payload}
        yield Deed(person, at.date(), "dispute.event", uuid7_at(at, rng), at, deed)


def _steps(case: Case, fate: str, rng: numpy.random.Generator) -> Iterator[tuple[int, Person, str, dict[str, Any]]]:
    """Yield (days since the step before, who, event, payload)."""
    yield 1, case.opener, "registered", {}
    if fate == "left" and rng.random() < 0.5:
        return
    assigned = {"assignee": str(case.worker.officer_id), "note": "（演示）请尽快上门调解。"}
    yield 1 + int(rng.integers(0, 3)), case.lead, "assigned", assigned
    for _ in range(1 + int(rng.random() < 0.3)):
        yield 1 + int(rng.integers(0, 6)), case.worker, "session_held", {"note": "（演示）双方到场，分别听取意见。"}
    if fate == "transferred":
        yield 2, case.worker, "transferred", {"transferred_to": pick(rng, TRANSFERRED_TO)}
    elif fate == "failed":
        yield 3, case.worker, "failed", {"note": "（演示）双方分歧较大，建议走诉讼程序。"}
    elif fate != "left":
        yield from _settled(case, rng)
        if fate == "reopened":
            yield 4, case.worker, "reopened", {"note": "（演示）一方反悔。"}
            yield 2, case.worker, "session_held", {}


def _settled(case: Case, rng: numpy.random.Generator) -> Iterator[tuple[int, Person, str, dict[str, Any]]]:
    agreement = {"form": pick(rng, ("written", "oral")), "terms": pick(rng, TERMS)}
    if rng.random() < 0.4:
        yield 1 + int(rng.integers(0, 4)), case.worker, "agreement_signed", {"agreement": agreement}
    yield 1 + int(rng.integers(0, 3)), case.worker, "resolved", {"agreement": agreement}
    if rng.random() < 0.5:
        yield (
            5 + int(rng.integers(0, 25)),
            case.worker,
            "follow_up",
            {"follow_up": pick(rng, ("kept", "not_kept", "no_answer"))},
        )
        yield 2, case.lead, "closed", {}
