"""SHELL: which places of a level an officer sees figures of, and the conditions that pick their facts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, cast

from django.db.models import Min, Q

from backend.accounts.models import Officer
from backend.accounts.scope import working_unit
from backend.common.problems import problem
from backend.reports.levels import LEVELS, TOWNSHIPS, Level, beat_number
from backend.reports.patrolled_cells import cells_patrolled, own_cells_among
from backend.reports.windows import Window
from geo.models import Area, AreaLevel, Beat, Premises, Street
from geo.networks import pieces_in_force
from geo.selectors import areas_current, areas_own, areas_with_figures


@dataclass(frozen=True)
class Ground:
    """The facts of one question: those in the townships `areas`, by place of `level`.

    A cell that reaches over a border counts only its part in townships of one's own (`cut`: those cells), so that the
    records behind it are all to be opened. `only` narrows it to one place.
    """

    level: Level
    areas: tuple[int, ...]
    own: frozenset[int]
    cut: tuple[int, ...] = ()
    only: Any = None

    def doors(self, prefix: str = "") -> Q:
        """Return the condition for doors (`prefix`: the way to them)."""
        return self._holds(prefix, self.level.door)

    def visits(self) -> Q:
        """Return the condition for visits; a township's are those whose door lay in it when they were stored."""
        return self._holds("", "area_id") if self.level is TOWNSHIPS else self.doors("premises__")

    def pieces(self, prefix: str = "") -> Q:
        """Return the condition for street pieces."""
        return self._holds(prefix, self.level.piece)

    def _holds(self, prefix: str, column: str) -> Q:
        inside = Q(**{f"{prefix}area_id__in": self.areas})
        if self.level is not TOWNSHIPS:
            inside &= Q(**{f"{prefix}{column}__isnull": False})
        if self.cut:
            inside &= Q(**{f"{prefix}area_id__in": self.own}) | ~Q(**{f"{prefix}{column}__in": self.cut})
        return inside & Q(**{f"{prefix}{column}": self.only}) if self.only is not None else inside


@dataclass(frozen=True)
class Place:
    """One row of a coverage table before its figures; `key` is what the columns hold, `id` its number in the facts."""

    id: int
    code: str
    name: str
    key: Any
    area: Area
    own: bool


def township_ground(areas: Iterable[int]) -> Ground:
    """Return the ground of whole townships, for tasks that serve everybody."""
    known = tuple(areas)
    return Ground(TOWNSHIPS, known, frozenset(known))


def ground_for(officer: Officer, level: Level, window: Window, within: str | None) -> tuple[Ground, list[Place]]:
    """Return the ground and the places that an officer sees; `within` is the code of one township or None for all.

    Streets are told of one's own townships only: which street a neighbour's officers walked is theirs to know.
    """
    seen = areas_own(officer) if level.name == "streets" else areas_with_figures(officer)
    areas = {area.pk: area for area in seen.select_related("parent").defer("boundary", "parent__boundary")}
    if within is not None:
        areas = {pk: area for pk, area in areas.items() if area.code == within}
        if not areas:
            raise problem("not_found")
    own = frozenset(areas_own(officer).filter(pk__in=areas).values_list("pk", flat=True))
    ground = Ground(level, tuple(sorted(areas)), own)
    if level.name == "cells":
        return _cells(ground, areas, window)
    return ground, sorted(_PLACES[level.name](officer, ground, areas), key=lambda place: (place.area.code, place.code))


def place_ground(officer: Officer, level: Level, code: str, window: Window) -> tuple[Ground, Place]:
    """Return the ground of one place whose records the officer may open, or raise `not_found`."""
    ground, places = ground_for(officer, level, window, code if level is TOWNSHIPS else None)
    found = next((place for place in places if place.code == code and place.own), None)
    if found is None:
        raise problem("not_found")
    areas = tuple(sorted(ground.own)) if level.name == "cells" else ground.areas
    return replace(ground, areas=areas, cut=(), only=found.key), found


def _townships(officer: Officer, ground: Ground, areas: dict[int, Area]) -> list[Place]:
    return [Place(pk, area.code, area.name, pk, area, pk in ground.own) for pk, area in areas.items()]


def _villages(officer: Officer, ground: Ground, areas: dict[int, Area]) -> list[Place]:
    rows = areas_current(AreaLevel.VILLAGE).filter(parent__in=ground.areas).defer("boundary")
    return [
        Place(one.pk, one.code, one.name, one.pk, areas[one.parent_id], one.parent_id in ground.own)
        for one in rows
        if one.parent_id is not None
    ]


def _beats(officer: Officer, ground: Ground, areas: dict[int, Area]) -> list[Place]:
    unit = working_unit(officer)
    path = unit.path if unit else "-"
    rows = Beat.objects.filter(area__in=ground.areas).values_list("pk", "name", "area_id", "unit__path")
    return [
        Place(beat_number(pk), str(pk), name, pk, areas[area_id], unit_path.startswith(path))
        for pk, name, area_id, unit_path in rows
    ]


def _streets(officer: Officer, ground: Ground, areas: dict[int, Area]) -> list[Place]:
    found = pieces_in_force().filter(area__in=ground.areas).values("street_id").annotate(in_area=Min("area_id"))
    in_area = dict(found.values_list("street_id", "in_area"))
    names = Street.objects.filter(pk__in=in_area).values_list("pk", "name")
    return [Place(pk, str(pk), name, pk, areas[in_area[pk]], True) for pk, name in names]


_PLACES = {"townships": _townships, "villages": _villages, "beats": _beats, "streets": _streets}
assert set(_PLACES) | {"cells"} == set(LEVELS)  # noqa: S101 (a level without places would fail at the first question)


def _cells(ground: Ground, areas: dict[int, Area], window: Window) -> tuple[Ground, list[Place]]:
    """Return the cells in which there is a door, a street or, in one's own townships, time of an outing."""
    parts: dict[int, set[int]] = defaultdict(set)
    for rows in (Premises.objects.all(), pieces_in_force()):
        pairs = rows.filter(area__in=ground.areas, cell__isnull=False).values_list("cell", "area_id").distinct()
        for cell, area_id in pairs.order_by():
            parts[cast(int, cell)].add(area_id)
    cut = tuple(sorted(cell for cell, found in parts.items() if found & ground.own and found - ground.own))
    if ground.own:
        empty = cells_patrolled(window) - set(parts)
        parts |= {cell: {area_id} for cell, area_id in own_cells_among(empty, ground.own).items()}
    places = [_cell_place(cell, parts[cell], ground, areas) for cell in sorted(parts)]
    return replace(ground, cut=cut), places


def _cell_place(cell: int, parts: set[int], ground: Ground, areas: dict[int, Area]) -> Place:
    own = parts & ground.own
    area = areas[min(own or parts)]
    row, column = divmod(cell, 2**24)
    # The last figures are enough to tell a cell from those around it; the code is the whole number.
    name = f"{area.name} {row % 10_000}-{(column - 2**23) % 10_000}"
    return Place(cell, str(cell), name, cell, area, bool(own))
