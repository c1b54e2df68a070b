"""SHELL: night after night, run once, twice or not at all, by workers that are killed; then everything is recomputed.

`python -m tests.rings.nights.nights` with NIGHTS=300 SEED=1 (`make ring-nights`); exit status 1 when a figure differs.
"""

import json
import os
import random
import sys
import time
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from backend.reports import services
from backend.reports.digest import derived_digests
from backend.reports.models import LegFailure, Run, TownshipDay
from backend.reports.runs import runs_resume
from geo.selectors import primary_area
from patrol.models import Leg, LegPieces, LegTownship, Patrol
from tests.rings.nights.days import ZONE, Days
from tests.rings.nights.town import Station, lay_town
from tests.rings.nights.workers import Workers, workers_up

# As beat's "go on with runs", only sooner: who waits for a minute in each of 300 nights waits for hours.
RESUME_S = 2.0


@dataclass
class Findings:
    """What happened, and where the tables differed from a recomputation."""

    nights: int = 0
    skipped: int = 0
    twice: int = 0
    records: int = 0
    legs: int = 0
    township_days: int = 0
    comparisons: int = 0
    failures_marked: int = 0
    kills: dict[str, int] = field(default_factory=dict)
    different: list[str] = field(default_factory=list)


class Nights:
    """The simulation. `whole` is how often a kill takes the whole worker and not one of its processes."""

    def __init__(self, workers: Workers, stations: list[Station], seed: str, *, kills: float, whole: float) -> None:
        """Take the worker, the town, and how cruel it is."""
        self.workers, self.chance = workers, random.Random(seed)
        self.days, self.kills, self.whole = Days(stations, self.chance), kills, whole
        self.found = Findings()

    def simulate(self, first: date, count: int, compare_every: int) -> Findings:
        """Let so many days and nights pass; compare now and then and at the end."""
        for number in range(count):
            on = first + timedelta(days=number)
            self.days.live(on)
            self.days.arrive(on, _two(on) - timedelta(hours=3))
            times = self.chance.choices([0, 1, 2], [0.2, 0.65, 0.15])[0]
            self.found.skipped, self.found.twice = self.found.skipped + (times == 0), self.found.twice + (times == 2)
            for _ in range(times):
                self.night(_two(on))
            if (number + 1) % 10 == 0:
                print(f"night {number + 1} of {count}, {self.workers.kills}", flush=True)
            if (number + 1) % compare_every == 0 and number + 1 < count:
                self.compare(_two(on))
        last = first + timedelta(days=count - 1)
        self.days.everything_arrives(_two(last) - timedelta(hours=1))
        self.compare(_two(last))
        self.found.nights, self.found.records, self.found.kills = count, self.days.sent, self.workers.kills
        self.found.legs, self.found.township_days = Leg.objects.count(), TownshipDay.objects.count()
        return self.found

    def night(self, now: datetime, *, is_quiet: bool = False) -> None:
        """Run one night on the workers, killing some of them while they work; sometimes the refresh is in between."""
        run = services.night_begin(self.workers.send, now=now)
        if self.chance.random() < 0.3:
            self.workers.refresh()
        resumed_s, left = 0.0, 0 if is_quiet else self.chance.choice([0, 1, 1, 2])
        for waited_s in self.workers.wait(f"run {run.pk} does not end"):
            if Run.objects.filter(pk=run.pk, ended_at__isnull=False).exists():
                return
            self.workers.start()
            if left and self.chance.random() < self.kills and self.workers.is_working():
                self.workers.kill(self.chance, self.whole)
                left -= 1
            if waited_s - resumed_s > RESUME_S:
                resumed_s = waited_s
                runs_resume(self.workers.send, now=timezone.now() + timedelta(hours=1))

    def compare(self, now: datetime) -> None:
        """Let everything be counted, undisturbed, and hold it against a recomputation from the raw records."""
        self.night(now, is_quiet=True)
        # All in one transaction is ours alone: beside it a worker that still counts would wait for us, and we for it.
        self.workers.leave()
        services.refresh_waiting(now=now)
        self.found.failures_marked += LegFailure.objects.count()
        before, after = derived_digests(), recomputed(now)
        self.found.comparisons += 1
        self.found.different += [f"{now:%Y-%m-%d}: {name}" for name in before if before[name] != after[name]]
        self.workers.start()


def recomputed(now: datetime) -> dict[str, str]:
    """Return the digests of tables made from nothing but the raw records; leave the tables as they are."""
    with transaction.atomic():
        forget_derived()
        services.aggregate_rebuild(now=now)
        found = derived_digests()
        transaction.set_rollback(True)
    return found


def forget_derived() -> None:
    """Empty all that is derived."""
    models: list[Any] = [LegTownship, LegPieces, TownshipDay, LegFailure]
    models += [model for name, model in apps.all_models["patrol"].items() if name == "legcell"]
    for model in models:
        model.objects.all().delete()
    cleared = {"track": None} if any(one.name == "track" for one in Leg._meta.fields) else {}
    Leg.objects.update(derived_from="", **cleared)
    for patrol in Patrol.objects.select_related("unit"):
        Patrol.objects.filter(pk=patrol.pk).update(area=primary_area(patrol.unit), version=F("version"))


def _two(on: date) -> datetime:
    """Return the hour at which the night of a day is counted: two o'clock of the next."""
    return datetime.combine(on + timedelta(days=1), clock(2), ZONE)


def main() -> int:
    """Simulate in a database of its own; print, write the report, return the exit status."""
    count, seed = int(os.environ.get("NIGHTS", "300")), os.environ.get("SEED", "1")
    settings.TASKS_AFTER_PUSH, settings.ALLOWED_HOSTS = [], ["testserver"]
    home = Path(os.environ["XUNFANG_HOME"])
    begun = time.monotonic()
    connection.settings_dict["TEST"]["NAME"] = "ring_nights"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        with workers_up(home / "ring_nights.log") as workers:
            nights = Nights(workers, lay_town(), seed, kills=0.4, whole=0.03)
            first = timezone.now().date() - timedelta(days=count + 30)
            found = nights.simulate(first, count, compare_every=max(1, count // 6))
    finally:
        connection.creation.destroy_test_db("ring_nights", verbosity=0)
    report = {**asdict(found), "seed": seed, "wall_s": round(time.monotonic() - begun, 1)}
    for name, value in report.items():
        print(f"{name:<18}{value}")
    (home / "reports").mkdir(parents=True, exist_ok=True)
    (home / "reports" / "nights.json").write_text(json.dumps(report, indent=2))
    return 1 if found.different else 0


if __name__ == "__main__":
    sys.exit(main())
