"""SHELL: the streets to match tracks against, prepared once a process and kept until streets change.

One edition is in force: the one that came in last. A city is one ground. A network too large for that is cut
into squares, each with a margin as wide as a quarter of its side; a track is matched in the smallest square of its
place that holds it with its margin. Which one follows from the track alone, so that its neighbours in a batch change
nothing.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.contrib.gis.geos import Polygon
from django.db import connection
from django.db.models import QuerySet

from geo.crs import WGS84_EPSG
from geo.matching.matcher import ground_of
from geo.matching.model import Ground
from geo.matching.network import network_of
from geo.models import Street, StreetPiece
from geo.projected import projected, to_degrees

NONE = -1
# Up to so many streets are one ground, or are kept in squares: about 1 GiB at most, with paths.
STREETS_AT_ONCE = 100_000
SQUARE_M = 16_000.0
# Around a square, in sides of it.
MARGIN = 0.25
# What a leg sees beyond its own track: candidates (100 m), ways (400 m) and the reach of a gap (3 km there and back).
BEYOND_M = 2_000.0
# Where there is no street, one that nobody can walk: without any the matcher has nothing to say, not even "off".
_NOWHERE = shapely.LineString([(-2e7, -2e7), (-2e7, -2e7 + 20)])

# Each edition is one step in the index of the key; within an edition the oldest street is one in that of ids.
_EDITION = """
    WITH RECURSIVE editions (edition) AS (
        (SELECT edition FROM geo_street ORDER BY edition LIMIT 1)
        UNION ALL
        SELECT (SELECT street.edition FROM geo_street AS street WHERE street.edition > editions.edition
                 ORDER BY street.edition LIMIT 1)
          FROM editions WHERE editions.edition IS NOT NULL)
    SELECT edition
      FROM editions,
           LATERAL (SELECT id FROM geo_street WHERE geo_street.edition = editions.edition ORDER BY id LIMIT 1) AS oldest
     ORDER BY id DESC LIMIT 1
"""

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Lines = npt.NDArray[np.object_]


class Square(NamedTuple):
    """Which part of a network: the whole (side 0) or one square of the grid of its side."""

    side_m: float
    column: int
    row: int

    def window_m(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north (m) of what is loaded for it: the square and its margin."""
        west_m, south_m, margin_m = self.column * self.side_m, self.row * self.side_m, MARGIN * self.side_m
        return west_m - margin_m, south_m - margin_m, west_m + self.side_m + margin_m, south_m + self.side_m + margin_m


WHOLE = Square(0.0, 0, 0)


@dataclass(frozen=True)
class StreetGround:
    """A ground and what its pieces are in the database: arrays by piece of the network.

    `piece_id` is -1 for a piece the database does not have or that lies in no township, and so is `area_id`.
    """

    ground: Ground
    lines: Lines
    piece_id: Integers
    area_id: Integers

    @cached_property
    def piece_m(self) -> Floats:
        """Return the length of each piece."""
        network = self.ground.network
        return np.repeat(network.piece_m, np.diff(network.first_piece))

    @cached_property
    def middles(self) -> Floats:
        """Return x, y of the middle of each piece."""
        first = self.ground.network.first_piece
        ordinal = np.arange(first[-1]) - np.repeat(first[:-1], np.diff(first))
        owner = np.repeat(self.lines, np.diff(first))
        points = shapely.line_interpolate_point(owner, (ordinal + 0.5) * self.piece_m)
        middles: Floats = shapely.get_coordinates(points)
        return middles

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Return an index of the middles."""
        points: Any = shapely.points(self.middles)
        return shapely.STRtree(points)


class Grounds:
    """The grounds of one state of the network, as they are asked for; a few squares are kept."""

    def __init__(self, stamp: int, edition: str, metric_epsg: int) -> None:
        """Take the state to be that of `stamp`: another stamp, other grounds."""
        self.stamp, self.edition, self.metric_epsg = stamp, edition, metric_epsg
        self.is_small = Street.objects.filter(edition=edition)[: STREETS_AT_ONCE + 1].count() <= STREETS_AT_ONCE
        self._kept: OrderedDict[Square, StreetGround] = OrderedDict()

    def shared_out(self, boxes: Floats) -> Iterator[tuple[StreetGround, Integers]]:
        """Yield grounds with the tracks to match in each; `boxes` has a row west, south, east, north (m) a track."""
        squares = [WHOLE if self.is_small else square_of(*box) for box in boxes.tolist()]
        for square in sorted(set(squares)):
            yield self._ground(square), np.flatnonzero([one == square for one in squares]).astype(np.int64)

    def _ground(self, square: Square) -> StreetGround:
        if square not in self._kept:
            self._kept[square] = _load(self._streets(square), self.metric_epsg)
        self._kept.move_to_end(square)
        while len(self._kept) > 1 and sum(len(one.lines) for one in self._kept.values()) > STREETS_AT_ONCE:
            self._kept.popitem(last=False)
        return self._kept[square]

    def _streets(self, square: Square) -> QuerySet[Street]:
        streets = Street.objects.filter(edition=self.edition)
        if square == WHOLE:
            return streets
        return streets.filter(line__bboverlaps=_degrees(square, self.metric_epsg))


def square_of(west_m: float, south_m: float, east_m: float, north_m: float) -> Square:
    """Return the smallest square around the middle of a box that holds it with a quarter of a side of margin.

    The margin is loaded once more with each neighbour: a wide one makes a province dear, a narrow one long tracks.
    """
    middle_x_m, middle_y_m = (west_m + east_m) / 2, (south_m + north_m) / 2
    side_m = SQUARE_M
    # 0.6: half the box, and what the ellipse of a gap from one end of it to the other reaches beyond.
    while 0.6 * max(east_m - west_m, north_m - south_m) + BEYOND_M > MARGIN * side_m:
        side_m *= 2
    return Square(side_m, int(middle_x_m // side_m), int(middle_y_m // side_m))


_current: list[Grounds] = []


def grounds(*, stamp: int, metric_epsg: int) -> Grounds:
    """Return the grounds of the network in force; `stamp` names its state, and another one drops what was kept."""
    if not _current or (_current[0].stamp, _current[0].metric_epsg) != (stamp, metric_epsg):
        _current[:] = [Grounds(stamp, street_edition(), metric_epsg)]
    return _current[0]


def street_edition() -> str:
    """Return the edition of streets in force: the one that came in last; "" without streets.

    Came in with its first street: to complete or correct an older edition does not bring it back. Once the newest is
    deleted, the one before is in force again.
    """
    with connection.cursor() as cursor:
        cursor.execute(_EDITION)
        row = cursor.fetchone()
        return str(row[0]) if row else ""


def pieces_in_force() -> QuerySet[StreetPiece]:
    """Return the street pieces that figures speak of, whatever the day: every track lies on the edition in force."""
    return StreetPiece.objects.filter(street__edition=street_edition())


def _load(streets: QuerySet[Street], metric_epsg: int) -> StreetGround:
    rows = list(streets.order_by("pk").annotate(wkb=AsWKB("line")).values_list("pk", "wkb"))
    lines = projected(shapely.from_wkb([bytes(wkb) for _, wkb in rows]), metric_epsg)
    if not rows:
        lines = np.array([_NOWHERE], dtype=object)
    network = network_of(list(lines))
    piece_id, area_id = _pieces(streets, [pk for pk, _ in rows], network.first_piece)
    return StreetGround(ground_of(network), lines, piece_id, area_id)


def _pieces(streets: QuerySet[Street], street_ids: list[int], first_piece: Integers) -> tuple[Integers, Integers]:
    """Return the id and the township of each piece of the network: street `i`, ordinal `k` is `first_piece[i] + k`."""
    ids, areas = (np.full(int(first_piece[-1]), NONE, dtype=np.int64) for _ in range(2))
    place = {pk: i for i, pk in enumerate(street_ids)}
    rows = StreetPiece.objects.filter(street__in=streets, area__isnull=False)
    found = np.array(list(rows.values_list("street_id", "ordinal", "pk", "area_id")), dtype=np.int64).reshape(-1, 4)
    street = np.array([place.get(pk, NONE) for pk in found[:, 0].tolist()], dtype=np.int64)
    at = first_piece[street] + found[:, 1]
    known = (street >= 0) & (at < first_piece[street + 1])
    ids[at[known]], areas[at[known]] = found[known, 2], found[known, 3]
    return ids, areas


def _degrees(square: Square, metric_epsg: int) -> Polygon:
    west, south, east, north = to_degrees(metric_epsg).transform_bounds(*square.window_m())
    box = Polygon.from_bbox((west, south, east, north))
    box.srid = WGS84_EPSG
    return box
