"""PURE: a station's patrols with tracks: who walked when, and what the phone recorded on the way."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy
from pyproj import Transformer

from backend.demo.chance import pick, uuid7_at
from backend.demo.deeds import Deed, Period, Person, Station
from backend.demo.walks import Fixes, Network, fixes_on, walk
from backend.demo.words import OBSERVATIONS
from patrol.day_parts import NIGHT_FROM_HOUR

FIXES_A_BLOCK = 600
SPEED_MPS = {"foot": 1.35, "ebike": 4.0}
PATROLS_A_DAY = {"demo": 2.0, "central": 0.8}
# Hours at which outings start, by day and by night (night is 20:00–06:00).
STARTS_H = (8.5, 9.5, 10.5, 14.5, 15.5, 16.5, 20.25, 21.0, 22.0)


def patrols_of(
    station: Station,
    period: Period,
    network: Network,
    to_degrees: Transformer,
    rng: numpy.random.Generator,
    *,
    scale: float = 1.0,
) -> Iterator[Deed]:
    """Yield the deeds of a station's street patrols, day by day. Today only a night patrol before ten o'clock."""
    mean = PATROLS_A_DAY.get(station.part, 0.0) * min(1.0, scale**0.5)
    for offset in range((period.today - period.first).days + 1):
        on = period.first + timedelta(days=offset)
        count = int(rng.poisson(mean)) if on < period.today else int(station.part == "demo")
        for _ in range(count):
            hour = pick(rng, STARTS_H) if on < period.today else 8.25
            yield from _patrol(station, _at(on, hour, period.zone, rng), on, network, to_degrees, rng)


def _at(on: date, hour: float, zone: str, rng: numpy.random.Generator) -> datetime:
    start = datetime.combine(on, time(0), tzinfo=ZoneInfo(zone)) + timedelta(hours=hour)
    return start + timedelta(seconds=int(rng.integers(0, 1500)))


def _patrol(
    station: Station, start: datetime, on: date, network: Network, to_degrees: Transformer, rng: numpy.random.Generator
) -> Iterator[Deed]:
    author = pick(rng, station.people)
    others = [one for one in station.people if one != author]
    partners = [pick(rng, others)] if others and rng.random() < 0.7 else []
    mode = "foot" if rng.random() < 0.7 else "ebike"
    minutes = float(rng.uniform(30, 65))
    fixes = fixes_on(
        walk(network, length_m=minutes * 60 * SPEED_MPS[mode], rng=rng), speed_mps=SPEED_MPS[mode], rng=rng
    )
    end = start + timedelta(seconds=float(fixes.t_s[-1]) + 20)
    patrol_id, leg_id = uuid7_at(start, rng), uuid7_at(start + timedelta(seconds=1), rng)
    officers = [str(one.officer_id) for one in partners]
    plan = str(station.night_plan) if station.night_plan and start.hour >= NIGHT_FROM_HOUR else None
    yield Deed(author, on, "patrol.start", patrol_id, start, {"kind": "street", "officers": officers, "plan": plan})
    yield Deed(author, on, "patrol.leg", leg_id, start + timedelta(seconds=1), {"patrol": str(patrol_id), "mode": mode})
    yield from _blocks(author, on, start, str(leg_id), fixes, to_degrees, rng)
    if rng.random() < 0.35:
        yield _observation(author, on, start, str(patrol_id), fixes, to_degrees, rng)
    yield Deed(author, on, "patrol.end", patrol_id, end, {"patrol": str(patrol_id), "ended_how": "officer"})


def _blocks(
    author: Person,
    on: date,
    start: datetime,
    leg_id: str,
    fixes: Fixes,
    to_degrees: Transformer,
    rng: numpy.random.Generator,
) -> Iterator[Deed]:
    lon, lat = to_degrees.transform(fixes.x_m, fixes.y_m)
    start_ms = int(start.timestamp() * 1000)
    for first in range(0, len(fixes.t_s), FIXES_A_BLOCK):
        part = slice(first, first + FIXES_A_BLOCK)
        last = start + timedelta(seconds=float(fixes.t_s[part][-1]))
        payload = {
            "leg": leg_id,
            "t_ms": [start_ms + int(t * 1000) for t in fixes.t_s[part]],
            "lon": [round(float(value), 7) for value in lon[part]],
            "lat": [round(float(value), 7) for value in lat[part]],
            "accuracy_m": [float(value) for value in fixes.accuracy_m[part]],
            "speed_mps": None,
            "heading_deg": None,
            "source": "phone",
        }
        yield Deed(author, on, "patrol.fixes", uuid7_at(last, rng), last, payload)


def _observation(
    author: Person,
    on: date,
    start: datetime,
    patrol_id: str,
    fixes: Fixes,
    to_degrees: Transformer,
    rng: numpy.random.Generator,
) -> Deed:
    at = int(rng.integers(len(fixes.t_s)))
    lon, lat = to_degrees.transform(fixes.x_m[at], fixes.y_m[at])
    category, text = pick(rng, OBSERVATIONS)
    when = start + timedelta(seconds=float(fixes.t_s[at]))
    place = {
        "lon": round(float(lon), 7), "lat": round(float(lat), 7), "accuracy_m": float(fixes.accuracy_m[at]),
        "age_s": 2.0,
    }  # fmt: skip
    payload = {"patrol": patrol_id, "category": category, "text": text, "place": place}
    return Deed(author, on, "patrol.observe", uuid7_at(when, rng), when, payload)
