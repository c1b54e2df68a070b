"""A random story in two townships: doors, beats, villages, streets, visits and walks, at random places and times."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from django.contrib.gis.geos import LineString

from backend.accounts.models import Officer
from geo.models import Area, Premises, Street
from patrol.models import LegCell, LegPieces
from tests.backend.reports.conftest import DAY
from tests.builders import outing, visit
from tests.conftest import City
from tests.factories import NOON, AreaFactory, BeatFactory, PremisesFactory, StreetFactory, StreetPieceFactory, box

Push = Callable[..., list[dict[str, Any]]]
OUTCOMES = ("met", "met", "nobody_home", "refused")


@dataclass(frozen=True)
class Story:
    """What was made; the streets are one a township."""

    doors: list[Premises]
    streets: list[Street]


def tell(seed: int, city: City, push: Push, officers: dict[str, Officer]) -> Story:
    """Make a story. The border at 114.1° E runs through a column of cells, so that some cells lie in both townships."""
    chance = Random(seed)
    doors: list[Premises] = []
    streets = []
    for west, area, name in ((114.08, city.township, "officer"), (114.1, city.next_township, "neighbour")):
        doors_here = _doors(chance, area, west)
        doors += doors_here
        times = [NOON - timedelta(hours=chance.randrange(24 * 12)) for _ in range(14)]
        push(officers[name], *(visit(chance.choice(doors_here).pk, chance.choice(OUTCOMES), at=at) for at in times))
        streets.append(_street(chance, area, west))
        _walk(chance, streets[-1], push, officers[name])
    return Story(doors, streets)


def _doors(chance: Random, area: Area, west: float) -> list[Premises]:
    halves = (box(west, 27.74, west + 0.01, 27.76), box(west + 0.01, 27.74, west + 0.02, 27.76))
    for number, half in enumerate(halves):
        AreaFactory(code=f"{area.code}{number}", level="village", name=f"第{number}村", parent=area, boundary=half)
    beats = [BeatFactory(area=area), None]
    return [
        PremisesFactory(
            area=area,
            kind=chance.choice(("household", "household", "enterprise")),
            beat=chance.choice(beats),
            lon=west + chance.random() * 0.02,
            lat=27.745 + chance.random() * 0.01,
        )
        for _ in range(8)
    ]


def _street(chance: Random, area: Area, west: float) -> Street:
    line = LineString((west, 27.75), (west + 0.02, 27.75), srid=4326)
    made: Street = StreetFactory(line=line)
    for n in range(10):
        ends = ((west + n * 0.002, 27.75), (west + (n + 1) * 0.002, 27.75))
        StreetPieceFactory(
            street=made,
            ordinal=n,
            length_m=chance.randrange(150, 250) / 10,
            area=area,
            line=LineString(*ends, srid=4326),
        )
    return made


def _walk(chance: Random, street: Street, push: Push, officer: Officer) -> None:
    pieces = list(street.pieces.order_by("ordinal"))
    for days_ago in range(2):
        on = DAY - timedelta(days=days_ago)
        _, leg_id, steps = outing(start=NOON - timedelta(days=days_ago), minutes=30)
        push(officer, *steps)
        for piece in chance.sample(pieces, 5):
            part, state = chance.choice(("day", "night")), chance.choice(("passed", "passed", "unknown"))
            row, _ = LegPieces.objects.get_or_create(leg_id=leg_id, area_id=piece.area_id, on=on, part=part)
            if state == "unknown":
                row.unknown.append(piece.pk)
            else:
                row.passed, row.seconds, row.passes = [*row.passed, piece.pk], [*row.seconds, 9], [*row.passes, 1]
            row.save()
        # Far from the border, where the neighbours' time would count as well.
        cell = street.pieces.values_list("cell", flat=True).get(ordinal=5) or 0
        LegCell.objects.create(leg_id=leg_id, on=on, part="day", cell=cell, seconds=1800)
