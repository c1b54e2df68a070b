"""PURE: draws an invented street network into a township: bent main streets both ways, diagonals, short alleys."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy
import shapely
from shapely.affinity import rotate, translate
from shapely.geometry.base import BaseGeometry

from backend.demo.chance import pick
from backend.demo.words import ALLEYS, STREETS_ACROSS, STREETS_ALONG

MAIN_SPACING_M = 230.0
ALLEY_M = (45.0, 95.0)
# Streets keep this far from the border, so that a door beside one lies in the same township.
INSIDE_M = 40.0


@dataclass(frozen=True)
class PlannedStreet:
    """One street in the metric CRS: its name, its class (OpenStreetMap's words), its centre line."""

    name: str
    street_class: str
    line: shapely.LineString


def plan_streets(township: BaseGeometry, rng: numpy.random.Generator, *, reach_m: float = 900.0) -> list[PlannedStreet]:
    """Return the streets of a township's centre: nothing farther than `reach_m` from a point well inside it.

    `township` is in a metric CRS. The network is one piece in nearly all cases; the same rng state draws the same.
    """
    centre = township.representative_point()
    ground = township.buffer(-INSIDE_M).intersection(centre.buffer(reach_m))
    turn_deg = float(rng.uniform(-20, 20))
    mains = [*_grid(centre, reach_m, turn_deg, rng), _diagonal(centre, reach_m, turn_deg, rng)]
    kept = [
        PlannedStreet(street.name, street.street_class, part) for street in mains for part in _inside(street, ground)
    ]
    return [*kept, *_alleys(kept, ground, rng)]


def _grid(
    centre: shapely.Point, reach_m: float, turn_deg: float, rng: numpy.random.Generator
) -> Iterator[PlannedStreet]:
    offsets = numpy.arange(-reach_m + MAIN_SPACING_M / 2, reach_m, MAIN_SPACING_M)
    for names, quarter_deg in ((STREETS_ALONG, 0.0), (STREETS_ACROSS, 90.0)):
        for number, offset_m in enumerate(offsets):
            shift_m = float(offset_m + rng.uniform(-35, 35))
            line = _bent(reach_m, float(rng.uniform(15, 45)), float(rng.uniform(0, 6.28)))
            placed = rotate(translate(line, 0, shift_m), turn_deg + quarter_deg, origin=(0, 0))
            street_class = "secondary" if number % 4 == 2 else "residential"
            yield PlannedStreet(names[number % len(names)], street_class, translate(placed, centre.x, centre.y))


def _bent(half_m: float, bend_m: float, phase: float) -> shapely.LineString:
    x_m = numpy.linspace(-half_m, half_m, 33)
    return shapely.LineString(numpy.column_stack([x_m, bend_m * numpy.sin(x_m / half_m * 3.1 + phase)]))


def _diagonal(centre: shapely.Point, reach_m: float, turn_deg: float, rng: numpy.random.Generator) -> PlannedStreet:
    line = rotate(_bent(reach_m, 60.0, float(rng.uniform(0, 6.28))), turn_deg + 45, origin=(0, 0))
    return PlannedStreet("斜行演示大道", "primary", translate(line, centre.x, centre.y))


def _inside(street: PlannedStreet, ground: BaseGeometry) -> list[shapely.LineString]:
    parts = shapely.get_parts(street.line.intersection(ground))
    return [part for part in parts if part.geom_type == "LineString" and part.length > 60]


def _alleys(streets: list[PlannedStreet], ground: BaseGeometry, rng: numpy.random.Generator) -> list[PlannedStreet]:
    """Return dead ends that leave the streets at right angles, about one every 160 m."""
    alleys = []
    for street in streets:
        for at_m in numpy.arange(70.0, street.line.length - 40, 160.0) + rng.uniform(-20, 20):
            foot, ahead = street.line.interpolate(at_m), street.line.interpolate(at_m + 1)
            side = pick(rng, (-1.0, 1.0)) * float(rng.uniform(*ALLEY_M))
            head = (foot.x - (ahead.y - foot.y) * side, foot.y + (ahead.x - foot.x) * side)
            line = shapely.LineString([(foot.x, foot.y), head])
            if ground.contains(line):
                alleys.append(PlannedStreet(pick(rng, ALLEYS), "service", line))
    return alleys
