"""PURE: invents doors: beside the streets where there are any, in hamlets elsewhere. A door is a place only."""

from dataclasses import dataclass

import numpy
import shapely
from shapely.geometry.base import BaseGeometry

from backend.demo.chance import pick
from backend.demo.street_plan import PlannedStreet
from backend.demo.words import FIRMS, HAMLETS

ENTERPRISE_SHARE = 0.12


@dataclass(frozen=True)
class PlannedDoor:
    """One door in the metric CRS."""

    ref: str
    kind: str
    address: str
    name: str
    x_m: float
    y_m: float


def doors_beside(
    streets: list[PlannedStreet], *, code: str, township: str, count: int, rng: numpy.random.Generator
) -> list[PlannedDoor]:
    """Return `count` doors 8–18 m beside the streets, numbered along them: odd on the left, even on the right.

    A house can hold several flats (doors at one point). No streets: no doors.
    """
    lengths_m = numpy.array([street.line.length for street in streets])
    doors: list[PlannedDoor] = []
    while streets and len(doors) < count:
        number = int(rng.choice(len(streets), p=lengths_m / lengths_m.sum()))
        flats = int(rng.integers(1, 5)) if rng.random() < 0.5 else 1
        doors += _house(streets[number], number, flats, code, township, len(doors), rng)
    return doors[:count]


def _house(
    street: PlannedStreet, number: int, flats: int, code: str, township: str, first: int, rng: numpy.random.Generator
) -> list[PlannedDoor]:
    at_m = float(rng.uniform(0, street.line.length - 1))
    foot, ahead = street.line.interpolate(at_m), street.line.interpolate(at_m + 1)
    side = 1 if rng.random() < 0.5 else -1
    away_m = side * float(rng.uniform(8, 18))
    x_m, y_m = foot.x - (ahead.y - foot.y) * away_m, foot.y + (ahead.x - foot.x) * away_m
    house = 2 * int(at_m / 9) + (1 if side > 0 else 2)
    place = f"{township}{street.name}{number + 1}段{house}号"
    if rng.random() < ENTERPRISE_SHARE * 1.9:  # houses with flats are households: fewer houses than doors
        return [_door(code, first, "enterprise", place, pick(rng, FIRMS), x_m, y_m)]
    if flats == 1:
        return [_door(code, first, "household", place, "", x_m, y_m)]
    stair = int(rng.integers(1, 4))
    return [
        _door(code, first + flat, "household", f"{place}{stair}单元{flat + 1}0{flat % 2 + 1}", "", x_m, y_m)
        for flat in range(flats)
    ]


def _door(code: str, number: int, kind: str, address: str, name: str, x_m: float, y_m: float) -> PlannedDoor:
    return PlannedDoor(f"demo/{code}/{number + 1:04d}", kind, address, name, x_m, y_m)


def doors_in_hamlets(
    township: BaseGeometry, *, code: str, name: str, count: int, rng: numpy.random.Generator
) -> list[PlannedDoor]:
    """Return `count` doors in a few hamlets scattered over a township without streets."""
    hamlets = _points_inside(township.buffer(-300), max(1, count // 9), rng, township)
    doors = []
    for number in range(count):
        at = number % len(hamlets)
        x_m, y_m = hamlets[at].x + float(rng.normal(0, 60)), hamlets[at].y + float(rng.normal(0, 60))
        if not township.contains(shapely.Point(x_m, y_m)):
            x_m, y_m = hamlets[at].x, hamlets[at].y
        village = f"{name}{HAMLETS[at % len(HAMLETS)]}村{at // len(HAMLETS) + 1}组{number // len(hamlets) + 1}号"
        is_firm = rng.random() < ENTERPRISE_SHARE
        firm = pick(rng, FIRMS) if is_firm else ""
        doors.append(_door(code, number, "enterprise" if is_firm else "household", village, firm, x_m, y_m))
    return doors


def _points_inside(
    ground: BaseGeometry, count: int, rng: numpy.random.Generator, township: BaseGeometry
) -> list[shapely.Point]:
    if ground.is_empty:
        return [township.representative_point()] * count
    west, south, east, north = ground.bounds
    points: list[shapely.Point] = []
    while len(points) < count:
        point = shapely.Point(float(rng.uniform(west, east)), float(rng.uniform(south, north)))
        if ground.contains(point):
            points.append(point)
    return points
