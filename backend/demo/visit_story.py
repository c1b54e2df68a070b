"""PURE: a station's visits: which doors were tried when, by whom, and what came of it."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy

from backend.demo.chance import pick, uuid7_at
from backend.demo.deeds import Deed, Door, Period, Person, Station
from backend.demo.door_form import DOOR_FORM, door_answers
from backend.demo.words import HAZARDS, HELP, NOTES_ABSENT, NOTES_ENTERPRISE, NOTES_MET

# Share of doors tried at least once in the period: lowest, highest. A sixth of the far stations did nothing at all.
TRIED = {"demo": (0.58, 0.62), "central": (0.45, 0.75), "county": (0.25, 0.7), "far": (0.1, 0.7)}
IDLE_SHARE = {"county": 0.1, "far": 0.17}
OUTCOMES = ("met", "nobody_home", "refused", "vacant", "other", "gone")
WEIGHTS = (0.70, 0.20, 0.04, 0.03, 0.02, 0.01)
ADVICE = ("fraud", "fire", "electricity", "ebike_charging", "traffic", "gas")
ROUND_HOURS = (9.0, 10.0, 14.5, 15.5, 16.5, 19.0, 20.25)


@dataclass(frozen=True)
class VisitWorld:
    """What every station's visits share: the days, and the campaign they may belong to."""

    period: Period
    campaign_id: UUID
    campaign_from: date


def visits_of(station: Station, world: VisitWorld, rng: numpy.random.Generator) -> Iterator[Deed]:
    """Yield a station's visits, in rounds of up to eight doors; who was not at home is tried again some days later."""
    if not station.doors or rng.random() < IDLE_SHARE.get(station.part, 0.0):
        return
    days = (world.period.today - world.period.first).days
    tried = round(len(station.doors) * float(rng.uniform(*TRIED[station.part])))
    order = rng.permutation(len(station.doors))[:tried]
    for first in range(0, tried, 8):
        doors = [station.doors[i] for i in order[first : first + 8]]
        offset = int(rng.integers(0, days))
        if station.part == "demo" and first == 0:
            offset = days  # somebody has been out this morning already
        absent = yield from _round(station, doors, offset, world, rng)
        again = offset + int(rng.integers(3, 10))
        if absent and again < days:
            yield from _round(station, absent, again, world, rng)


def _round(
    station: Station, doors: list[Door], offset: int, world: VisitWorld, rng: numpy.random.Generator
) -> Generator[Deed, None, list[Door]]:
    """Yield one round; return the doors where nobody was at home. Two in three rounds are an outing of their own."""
    at = _start(world.period, offset, rng)
    on = at.date()
    author = pick(rng, station.people)
    partners = [one for one in station.people if one != author][: int(rng.integers(0, 2))]
    officers = [str(one.officer_id) for one in partners]
    patrol_id = uuid7_at(at, rng) if rng.random() < 0.66 else None
    if patrol_id:
        start = {"kind": "visit_round", "officers": officers, "plan": None}
        yield Deed(author, on, "patrol.start", patrol_id, at, start)
    absent = []
    for door in doors:
        at += timedelta(seconds=int(rng.integers(180, 620)))
        deed = _visit(author, on, at, door, {"officers": officers, "patrol": _text(patrol_id)}, world, rng)
        if deed.payload["outcome"] == "nobody_home":
            absent.append(door)
        yield deed
    if patrol_id:
        ended = at + timedelta(seconds=120)
        yield Deed(author, on, "patrol.end", patrol_id, ended, {"patrol": str(patrol_id), "ended_how": "officer"})
    return absent


def _start(period: Period, offset: int, rng: numpy.random.Generator) -> datetime:
    on = period.first + timedelta(days=offset)
    hour = pick(rng, ROUND_HOURS) if on < period.today else 8.0
    midnight = datetime.combine(on, time(0), tzinfo=ZoneInfo(period.zone))
    return midnight + timedelta(hours=hour, seconds=int(rng.integers(0, 900)))


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _visit(
    author: Person,
    on: date,
    at: datetime,
    door: Door,
    shared: dict[str, Any],
    world: VisitWorld,
    rng: numpy.random.Generator,
) -> Deed:
    outcome = pick(rng, OUTCOMES, WEIGHTS)
    payload: dict[str, Any] = {**shared, "premises": str(door.id), "outcome": outcome, **_place(door, rng)}
    if on >= world.campaign_from and rng.random() < 0.8:
        payload["campaign"] = str(world.campaign_id)
        if outcome == "met":
            answers = door_answers(door.id)
            payload["checklist"] = {"form": DOOR_FORM["form"], "version": DOOR_FORM["version"], "answers": answers}
    if outcome == "met":
        payload |= _found(door, at, rng)
    elif rng.random() < 0.4:
        payload["note"] = pick(rng, NOTES_ABSENT)
    return Deed(author, on, "visit.record", uuid7_at(at, rng), at, payload)


def _place(door: Door, rng: numpy.random.Generator) -> dict[str, Any]:
    """Return where the phone thought it was: mostly at the door, sometimes nowhere, once in fifty far away."""
    if rng.random() < 0.08:
        return {"place": None, "no_place_reason": pick(rng, ("timeout", "unavailable", "denied"))}
    away_deg = 0.004 if rng.random() < 0.02 else 0.00008
    lon, lat = door.lon + float(rng.normal(0, away_deg)), door.lat + float(rng.normal(0, away_deg))
    accuracy_m = round(float(rng.uniform(4, 25)), 1)
    age_s = float(rng.integers(0, 40))
    return {"place": {"lon": round(lon, 7), "lat": round(lat, 7), "accuracy_m": accuracy_m, "age_s": age_s}}


def _found(door: Door, at: datetime, rng: numpy.random.Generator) -> dict[str, Any]:
    found: dict[str, Any] = {"note": pick(rng, NOTES_ENTERPRISE if door.kind == "enterprise" else NOTES_MET)}
    if rng.random() < 0.12:
        kind = pick(rng, tuple(HAZARDS))
        found["hazards"] = [{"id": str(uuid7_at(at, rng)), "kind": kind, "note": HAZARDS[kind]}]
    if rng.random() < 0.6:
        found["advice"] = sorted({pick(rng, ADVICE) for _ in range(2)})
    if rng.random() < 0.05:
        found["help_asked"] = pick(rng, HELP)
    return found
