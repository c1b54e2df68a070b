"""SHELL: switching the edition of the areas as an import: what would change, then the switch itself."""

from collections.abc import Iterator

import shapely
from django.db import connection
from django.db.models import Exists, OuterRef

from geo.editions import Switched, doors_left, edition_switch
from geo.imports.report import ImportReport, RowCode, RowProblem
from geo.models import AreaLevel
from geo.selectors import deployment
from patrol.models import GroundChange, Leg

# One box for each place that changed: tracks elsewhere stay as they are.
_NOTE_GROUND = "SELECT patrol_ground_note(ST_GeomFromWKB(%s, 4326))"
# A track names the edition it was derived with. Where no ground changed it is derived the same.
_RENAME = "UPDATE patrol_leg SET derived_from = replace(derived_from, %s, %s) WHERE derived_from LIKE %s"


def edition_in(*, area_list: str, edition: str) -> ImportReport:
    """Put an edition in force; the report's rows are the townships of both. Runs in the caller's transaction."""
    place, seen = deployment(), GroundChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    was = f", {place.area_list} {place.area_edition}, "
    switched = edition_switch(area_list=area_list, edition=edition)
    with connection.cursor() as cursor:
        for shape in switched.ground.values():
            cursor.execute(_NOTE_GROUND, [shapely.to_wkb(shape.envelope)])
        cursor.execute(_RENAME, [was, f", {area_list} {edition}, ", f"%{was}%"])
    return _report(switched, tracks=_tracks_touched(seen))


def _tracks_touched(seen: int) -> int:
    changed = GroundChange.objects.filter(pk__gt=seen, box__bboverlaps=OuterRef("box"))
    return Leg.objects.filter(Exists(changed)).count()


def _report(switched: Switched, tracks: int) -> ImportReport:
    remarks = list(_remarks(switched))
    twins = switched.twins
    altered = {remark.row for remark in remarks} & {row for row, _ in _rows(switched, "both")}
    moved = {
        "doors": switched.redrawn.doors,
        "street_pieces": switched.redrawn.pieces,
        "beats": switched.beats,
        "tracks": tracks,
        "days": switched.redrawn.days,
        "doors_left": doors_left(twins),
    }
    return ImportReport(
        read=len(twins.pairs) + len(twins.gone) + len(twins.new),
        created=len(twins.new),
        changed=len(altered),
        unchanged=len(twins.pairs) - len(altered),
        problems=tuple(remarks),
        changes=tuple(switched.redrawn.changes),
        moved=moved,
    )


def _rows(switched: Switched, *which: str) -> Iterator[tuple[int, int]]:
    """Yield (row, id) of the townships: those of both editions first, then those that are gone, then the new ones."""
    twins = switched.twins
    ids = {"both": [old for old, _ in twins.pairs], "gone": list(twins.gone), "new": list(twins.new)}
    row = 0
    for name, members in ids.items():
        for area_id in members:
            row += 1
            if name in which:
                yield row, area_id


def _remarks(switched: Switched) -> Iterator[RowProblem]:
    for level in switched.levels_missing:
        yield RowProblem(0, level, "level_missing", str(AreaLevel(level).label), refused=False)
    before, after, new_of = switched.before, switched.after, dict(switched.twins.pairs)
    for row, old in _rows(switched, "both"):
        yield from _altered(switched, row, old, new_of[old])
    for row, old in _rows(switched, "gone"):
        yield RowProblem(row, before["code"][old], "area_gone", str(before["name"][old]))
    for row, new in _rows(switched, "new"):
        code, name = str(after["code"][new]), str(after["name"][new])
        yield RowProblem(row, code, "area_new", name, refused=False)
        if new in switched.taken_over:
            taken = switched.taken_over[new]
            said: RowCode = "station_missing" if taken is None else "station_taken_over"
            former = "" if taken is None else f"{before['code'][taken]} {before['name'][taken]}"
            yield RowProblem(row, code, said, former or name, refused=False)


def _altered(switched: Switched, row: int, old: int, new: int) -> Iterator[RowProblem]:
    before, after = switched.before, switched.after
    code = str(after["code"][new])
    if before["code"][old] != code:
        yield RowProblem(row, code, "area_renumbered", f"{before['code'][old]} → {code}", refused=False)
    if before["name"][old] != after["name"][new]:
        yield RowProblem(row, code, "area_renamed", f"{before['name'][old]} → {after['name'][new]}", refused=False)
    if new in switched.ground:
        yield RowProblem(row, code, "area_redrawn", str(after["name"][new]), refused=False)
