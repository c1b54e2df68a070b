"""SHELL: puts another edition of the areas in force. Who is an area stays who it was: only what moved is touched.

The rows of an area in both editions change places: the row that doors, visits and figures point at takes the code, name
and boundary of the new edition, and its twin takes the old ones. So an area that did not change keeps its figures
without a statement about them, and switching back is the same once more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import geopandas
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.db import connection, transaction
from django.db.models import Count, Min
from shapely.geometry.base import BaseGeometry

from backend.common.outcomes import Change
from backend.common.problems import problem
from geo import selectors
from geo.crs import WGS84_EPSG
from geo.edition_pairs import Twins, areas_paired, ground_changed, largest_share, parents_after
from geo.imports.redrawn import Redrawn, ground_redrawn
from geo.models import Area, AreaLevel, Beat, Deployment, Premises, UnitArea
from geo.villages import villages_place

# One statement a pair whose boundary moved: what notes changed ground notes one box a statement.
_REMEMBER = """
    CREATE TEMP TABLE area_before ON COMMIT DROP AS
    SELECT area.*, twin.twin_id FROM geo_area AS area
    JOIN unnest(%s::bigint[], %s::bigint[]) AS twin (id, twin_id) USING (id)
"""
_FREE_THE_KEYS = "UPDATE geo_area SET edition = '~' || id WHERE id IN (SELECT id FROM area_before)"
_TAKE = """
    UPDATE geo_area AS area
    SET (list, edition, code, level, name, parent_id, boundary, valid_from, valid_until, population, household_count) =
        (was.list, was.edition, was.code, was.level, was.name, was.parent_id, was.boundary, was.valid_from,
         was.valid_until, was.population, was.household_count)
    FROM area_before AS was WHERE was.twin_id = area.id AND area.id = ANY(%s)
"""
_PARENTS = """
    UPDATE geo_area AS area SET parent_id = twin.twin_id
    FROM unnest(%s::bigint[], %s::bigint[]) AS twin (id, twin_id) WHERE area.parent_id = twin.id
"""
_TELL_DOORS = """
    UPDATE geo_premises SET version = version + 1 WHERE area_id = ANY(%s) AND NOT id = ANY(%s::uuid[])
    RETURNING unit_id, id, version
"""


@dataclass(frozen=True)
class Edition:
    """An edition of a list: how many areas it has by level, since when, and whether it is in force."""

    list: str
    edition: str
    in_force: bool
    valid_from: str
    areas: dict[str, int]


def editions() -> list[Edition]:
    """Return the editions that are here, the one in force first, then by list and edition."""
    place = selectors.deployment_or_none()
    force = (place.area_list, place.area_edition) if place else None
    found: dict[tuple[str, str], Edition] = {}
    rows = Area.objects.order_by("list", "edition").values("list", "edition", "level")
    for row in rows.annotate(n=Count("id"), since=Min("valid_from")):
        key = (row["list"], row["edition"])
        one = found.setdefault(key, Edition(*key, key == force, row["since"].isoformat(), {}))
        one.areas[row["level"]] = row["n"]
        found[key] = replace(one, valid_from=min(one.valid_from, row["since"].isoformat()))
    return sorted(found.values(), key=lambda one: (not one.in_force, one.list, one.edition))


@dataclass(frozen=True)
class Switched:
    """What a switch did. Townships are (code, name before, code, name after); None on the side where it is not."""

    before: geopandas.GeoDataFrame
    after: geopandas.GeoDataFrame
    twins: Twins
    ground: Mapping[int, BaseGeometry]
    taken_over: Mapping[int, int | None]
    beats: int
    levels_missing: tuple[str, ...]
    redrawn: Redrawn


@transaction.atomic
def edition_switch(*, area_list: str, edition: str) -> Switched:
    """Put an edition in force; the changes in the answer belong into the feed, as the transaction's last work.

    Raises `import_refused` for the one in force and for one without townships.
    """
    place = Deployment.objects.select_for_update().get()
    _check(place, area_list, edition)
    frames = {
        level: (_frame(place.area_list, place.area_edition, level), _frame(area_list, edition, level))
        for level in AreaLevel.values
    }
    same_list = place.area_list == area_list
    twins = {level: areas_paired(*pair, same_list=same_list) for level, pair in frames.items()}
    _change_places(twins, frames)
    Deployment.objects.update(area_list=area_list, area_edition=edition)
    before, after = frames[AreaLevel.TOWNSHIP]
    pairs = twins[AreaLevel.TOWNSHIP]
    taken_over = _stations_taken_over(before, after, pairs)
    beats = _beats_moved(after, pairs)
    ground = ground_changed(before, after, pairs)
    redrawn = ground_redrawn(shapely.union_all([shapely.make_valid(one) for one in ground.values()]))
    redrawn = replace(redrawn, changes=[*redrawn.changes, *_renumbered_told(before, after, pairs, redrawn.changes)])
    villages_place()
    missing = tuple(level for level, (was, now) in frames.items() if len(was) and now.empty)
    return Switched(before, after, pairs, ground, taken_over, beats, missing, redrawn)


def _check(place: Deployment, area_list: str, edition: str) -> None:
    if (place.area_list, place.area_edition) == (area_list, edition):
        raise problem("import_refused", why=f"{area_list} {edition} is in force already")
    if not Area.objects.filter(list=area_list, edition=edition, level=AreaLevel.TOWNSHIP).exists():
        raise problem("import_refused", why=f"{area_list} {edition} has no townships")


def _frame(area_list: str, edition: str, level: str) -> geopandas.GeoDataFrame:
    areas = Area.objects.filter(list=area_list, edition=edition, level=level).order_by("code")
    rows = list(areas.annotate(wkb=AsWKB("boundary")).values_list("id", "code", "name", "wkb"))
    shapes = shapely.make_valid(shapely.from_wkb([bytes(row[3]) for row in rows]))
    columns = {"code": [row[1] for row in rows], "name": [row[2] for row in rows]}
    return geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=WGS84_EPSG, index=[row[0] for row in rows])


def _change_places(twins: Mapping[str, Twins], frames: Mapping[str, tuple[geopandas.GeoDataFrame, ...]]) -> None:
    """Let the rows of each pair take the columns of the other; parents follow."""
    places = parents_after(twins)
    moved = [
        pair
        for level, (before, after) in frames.items()
        for pair in twins[level].pairs
        if not shapely.equals_exact(before.geometry[pair[0]], after.geometry[pair[1]], normalize=True)
    ]
    still = sorted(set(places) - {one for pair in moved for one in pair})
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS area_before")
        cursor.execute(_REMEMBER, [list(places), list(places.values())])
        cursor.execute(_FREE_THE_KEYS)
        for ids in [still, *map(list, moved)]:
            cursor.execute(_TAKE, [ids])
        cursor.execute(_PARENTS, [list(places), list(places.values())])


def _stations_taken_over(
    before: geopandas.GeoDataFrame, after: geopandas.GeoDataFrame, twins: Twins
) -> dict[int, int | None]:
    """Let the stations of the township that held most of a new one answer for it, unless somebody does already.

    Returns new township → that former one, None where nobody answers.
    """
    answered = set(UnitArea.objects.filter(area__in=twins.new).values_list("area_id", flat=True))
    taken: dict[int, int | None] = {}
    for new in twins.new:
        if new in answered:
            continue
        old = largest_share(after.geometry[new], before)
        stations = list(UnitArea.objects.filter(area=old)) if old is not None else []
        UnitArea.objects.bulk_create(
            UnitArea(unit_id=one.unit_id, area_id=new, is_primary=one.is_primary) for one in stations
        )
        taken[new] = old if stations else None
    return taken


def _beats_moved(after: geopandas.GeoDataFrame, twins: Twins) -> int:
    """Give beats of townships that are gone to the one that holds most of their ground; return how many."""
    # The row of a pair that is in force is the one that was before: its index here is the other's.
    in_force = {new: old for old, new in twins.pairs}
    moved = 0
    for beat in Beat.objects.filter(area__in=twins.gone):
        holder = largest_share(shapely.from_wkb(bytes(beat.boundary.wkb)), after)
        if holder is not None:
            Beat.objects.filter(pk=beat.pk).update(area_id=in_force.get(holder, holder))
            moved += 1
    return moved


def _renumbered_told(
    before: geopandas.GeoDataFrame, after: geopandas.GeoDataFrame, twins: Twins, told: Iterable[Change]
) -> list[Change]:
    """Tell phones of the doors whose township has another code now: they keep them by it."""
    renumbered = [old for old, new in twins.pairs if before["code"][old] != after["code"][new]]
    if not renumbered:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_TELL_DOORS, [renumbered, [change.id for change in told if change.op == "put"]])
        return [Change(unit_id, "premises", door_id, version) for unit_id, door_id, version in cursor.fetchall()]


def doors_left(twins: Twins) -> int:
    """Return how many doors stay with townships that are gone: no township or station of the new edition takes them."""
    return Premises.objects.filter(area__in=twins.gone).count()
