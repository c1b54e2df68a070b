"""SHELL: what happens in the town on a day, and when each part of it arrives: at once, or up to nine days late."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from rest_framework.test import APIClient

from backend.accounts.models import Officer
from patrol.models import Patrol
from tests.builders import batch, dispute, dispute_event, fixes, mutation, visit
from tests.factories import new_id
from tests.rings.nights.town import STREET_DEG, Station
from visits.models import Dispute, DisputeEvent, Visit

Json = dict[str, Any]
ZONE = ZoneInfo("Asia/Shanghai")
# Metres a second on foot and by bicycle, in degrees of longitude at 27.75° N.
_DEG_A_SECOND = {"foot": 1.4 / 98_600, "bicycle": 4.0 / 98_600}
EVERY_S = 10
LATE_MAX_DAYS = 9


@dataclass(frozen=True)
class Parcel:
    """Records of one officer that arrive together."""

    officer: Officer
    records: list[Json]


class Days:
    """Makes the records of one day after the other and keeps what has not arrived yet."""

    def __init__(self, stations: Sequence[Station], chance: random.Random) -> None:
        """Take the town and the chance that decides everything."""
        self.stations, self.chance = stations, chance
        self.under_way: dict[date, list[Parcel]] = defaultdict(list)
        self.clients = {officer.pk: APIClient() for station in stations for officer in station.officers}
        self.devices = {key: new_id() for key in self.clients}
        for station in stations:
            for officer in station.officers:
                self.clients[officer.pk].force_login(officer)
        self.visits: list[tuple[Officer, Json]] = []
        self.disputes: list[tuple[Officer, Json]] = []
        self.sent = 0

    def live(self, on: date) -> None:
        """Let a day happen; put its records on their way."""
        for station in self.stations:
            for officer in station.officers:
                self._visits(officer, station, on)
                if self.chance.random() < 0.35:
                    self._outing(officer, station, on)

    def arrive(self, on: date, received_at: datetime) -> None:
        """Deliver what arrives on a day, as if the server's clock said `received_at`."""
        parcels = [parcel for day in sorted(self.under_way) if day <= on for parcel in self.under_way.pop(day)]
        self.chance.shuffle(parcels)
        for parcel in parcels:
            self._push(parcel)
        for model in (Visit, Dispute, DisputeEvent, Patrol):
            model.objects.filter(received_at__gt=received_at).update(received_at=received_at)

    def everything_arrives(self, received_at: datetime) -> None:
        """Deliver whatever is still on its way."""
        self.arrive(date.max, received_at)

    def _push(self, parcel: Parcel) -> None:
        body = batch(parcel.records, device=self.devices[parcel.officer.pk])
        response = self.clients[parcel.officer.pk].post("/api/v1/sync/push", body, format="json")
        assert response.status_code == 200, response.content
        outcomes = [one["outcome"] for one in response.json()["outcomes"]]
        assert set(outcomes) <= {"applied"}, response.json()
        self.sent += len(outcomes)

    def _send(self, officer: Officer, on: date, *records: Json) -> None:
        late = self.chance.randrange(1, LATE_MAX_DAYS + 1) if self.chance.random() < 0.25 else 0
        self.under_way[on + timedelta(days=late)].append(Parcel(officer, list(records)))

    def _visits(self, officer: Officer, station: Station, on: date) -> None:
        for _ in range(self.chance.randrange(3)):
            at, door = self._instant(on), self.chance.choice(station.doors)
            made = visit(door.id, self.chance.choice(["met", "met", "nobody_home", "refused"]), at=at)
            self._send(officer, on, made)
            self.visits.append((officer, made))
            if self.chance.random() < 0.3:
                case = dispute(premises=door.id, at=at)
                self._send(officer, on, case)
                self.disputes.append((officer, case))
        self._second_thoughts(on)

    def _second_thoughts(self, on: date) -> None:
        """Correct an old visit, or take a step in an old dispute, of a record that is sure to have arrived."""
        old = on - timedelta(days=LATE_MAX_DAYS + 1)
        if self.visits and self.chance.random() < 0.3 and _day(self.visits[0][1]) < old:
            officer, made = self.visits.pop(0)
            correction = {
                **made["payload"],
                "outcome": "nobody_home",
                "corrects": made["record_id"],
                "reason": "点错了",
            }
            self._send(officer, on, mutation("visit.correct", correction, at=self._instant(on)))
        if self.disputes and self.chance.random() < 0.3 and _day(self.disputes[0][1]) < old:
            officer, case = self.disputes.pop(0)
            agreement = {"form": "oral", "terms": "各退一步"}
            step = dispute_event(case["record_id"], "registered", at=self._instant(on))
            solved = dispute_event(case["record_id"], "resolved", agreement=agreement, at=self._instant(on))
            self._send(officer, on, step, solved)

    def _outing(self, officer: Officer, station: Station, on: date) -> None:
        """An outing in two halves with a silence between them; each half, and the end, has a journey of its own."""
        start, mode = self._instant(on), self.chance.choice(["foot", "bicycle"])
        patrol_id, leg_id = new_id(), new_id()
        half = self.chance.randrange(12, 40)
        opening = [
            mutation("patrol.start", {"kind": "street"}, record_id=patrol_id, at=start),
            mutation("patrol.leg", {"patrol": str(patrol_id), "mode": mode}, record_id=leg_id, at=start),
        ]
        self._push(Parcel(officer, opening))
        end = start + timedelta(seconds=EVERY_S * 2 * half + 180)
        for number in range(2):
            self._send(officer, on, self._half(leg_id, station, mode, start, half, number))
        ended = mutation("patrol.end", {"patrol": str(patrol_id), "ended_how": "officer"}, record_id=patrol_id, at=end)
        self._send(officer, on, ended)

    def _half(self, leg_id: UUID, station: Station, mode: str, start: datetime, steps: int, number: int) -> Json:
        west, south = self.chance.choice(station.streets)
        pace = _DEG_A_SECOND[mode] * EVERY_S
        begin = west + self.chance.random() * STREET_DEG / 2
        points = [(begin + step * pace, south + self.chance.gauss(0, 3e-5)) for step in range(steps)]
        at = start + timedelta(seconds=number * (EVERY_S * steps + self.chance.choice([10, 170])))
        return fixes(leg_id, points, start=at, every_s=EVERY_S)

    def _instant(self, on: date) -> datetime:
        """Return any instant of the city's day; three in ten lie in its night."""
        hour = (
            self.chance.choice([0, 5, 19, 20, 22, 23]) if self.chance.random() < 0.3 else self.chance.randrange(7, 19)
        )
        return datetime.combine(on, time(hour, self.chance.randrange(60), self.chance.randrange(60)), ZONE)


def _day(made: Json) -> date:
    return datetime.fromisoformat(made["recorded_at"]).astimezone(ZONE).date()
