"""SHELL: derives from legs' fixes what they did: kilometres and hours by township, street pieces, squares of 500 m.

Many legs at once: reading, matching and writing cost little each, and much when they are done one by one.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from backend.common.outcomes import Touched
from geo.models import Deployment
from geo.networks import grounds
from geo.projected import to_degrees
from geo.selectors import deployment
from geo.township_finder import TownshipFinder, township_finder
from patrol.derived_rows import (
    LegToDerive,
    cells_write,
    legs_read,
    legs_write,
    outings_place,
    pieces_write,
    touched_by,
    townships_write,
)
from patrol.leg_readings import leg_blob
from patrol.leg_rows import cell_rows, piece_rows, steps_taken, township_rows
from patrol.leg_times import boxes_of, fixes_of, gaps_of, steps_of
from patrol.leg_ways import legs_ways
from patrol.method import METHOD
from patrol.models import FixBlock, GroundChange, Leg, Patrol
from patrol.track_blob import decode_tracks

Floats = npt.NDArray[np.float64]
# The stations of a county side by side: the legs of a bundle lie in few squares of streets, and the next ones in the
# same. In the order of time each bundle of a province would load the streets of all of it.
LEGS_TOGETHER = ("patrol__unit__path", "started_at", "pk")


def legs_stale(*, first: date, last: date) -> list[UUID]:
    """Return the legs of the outings begun on `first`..`last` whose rows no longer fit, neighbours side by side.

    Fixes came in, the outing's bounds moved, the method is another, or streets or borders changed where the track lies.
    """
    place = deployment()
    blocks = FixBlock.objects.filter(leg=OuterRef("pk")).order_by().values("leg").annotate(n=Count("pk")).values("n")
    legs = (
        Leg.objects.filter(patrol__legs=OuterRef("pk")).order_by().values("patrol").annotate(n=Count("pk")).values("n")
    )
    changed = GroundChange.objects.filter(pk__gt=OuterRef("ground_change"), box__bboverlaps=OuterRef("box"))
    rows = (
        Leg.objects.filter(patrol__started_on__range=(first, last))
        .annotate(blocks_n=Coalesce(Subquery(blocks), 0), legs_n=Subquery(legs), moved=Exists(changed))
        .order_by(*LEGS_TOGETHER)
        .values_list("pk", "moved", "derived_from", "blocks_n", "legs_n", "patrol__version")
    )
    return [pk for pk, moved, known, *now in rows if moved or known != _fingerprint(place, *now)]


def _fingerprint(place: Deployment, blocks_n: int, legs_n: int, patrol_version: int) -> str:
    """Name what a derivation depends on. Blocks are append-only and an outing's bounds move only with its version."""
    townships = f"{place.area_list} {place.area_edition}"
    return f"method {METHOD}, {townships}, {blocks_n} blocks, {legs_n} legs, version {patrol_version}"


def fingerprints_renew(*, leg_ids: Sequence[UUID]) -> None:
    """Say of legs whose raw blocks were just dropped that their rows fit: the track they are made from is the same."""
    ids = sorted(leg_ids)
    for pk, fingerprint in zip(ids, _fingerprints(ids, deployment()), strict=True):
        Leg.objects.filter(pk=pk).update(derived_from=fingerprint)


def leg_derive(*, leg_id: UUID) -> frozenset[Touched]:
    """Rewrite what is derived from one leg; return the townships and days whose figures that may change."""
    return legs_derive(leg_ids=[leg_id])


@transaction.atomic
def legs_derive(*, leg_ids: Sequence[UUID]) -> frozenset[Touched]:
    """Rewrite what is derived from some hundred legs; return the townships and days whose figures that may change.

    The outings' row locks make two derivations of one outing, and a push into it, take turns: otherwise both would
    delete the old rows and both insert, or the township of the outing would be chosen from half of its legs. They are
    taken in one order for everybody. The change number is read before the ground: what changes between is seen again.
    """
    outings = Patrol.objects.filter(pk__in=Leg.objects.filter(pk__in=leg_ids).values("patrol"))
    before = set(outings.order_by("pk").select_for_update(no_key=True).values_list("area_id", "started_on", "pk"))
    if not before:
        return frozenset()
    place, change = deployment(), GroundChange.objects.aggregate(last=Max("pk"))["last"] or 0
    legs = legs_read(leg_ids, place.metric_epsg)
    ids, outing_ids = [leg.id for leg in legs], sorted(pk for *_, pk in before)
    touched: set[tuple[int | None, date]] = {*touched_by(ids)}
    fingerprints = _fingerprints(ids, place)
    _derive(legs, place, change, fingerprints)
    outings_place(outing_ids)
    after = Patrol.objects.filter(pk__in=outing_ids).values_list("area_id", "started_on")
    touched |= touched_by(ids) | {(area_id, on) for area_id, on, _ in before} | set(after)
    return frozenset(Touched(area_id, on) for area_id, on in touched if area_id is not None)


def _fingerprints(ids: Sequence[UUID], place: Deployment) -> list[str]:
    siblings = Leg.objects.filter(patrol=OuterRef("patrol")).order_by().values("patrol").annotate(n=Count("pk"))
    rows = Leg.objects.filter(pk__in=ids).annotate(blocks_n=Count("blocks"), legs_n=Subquery(siblings.values("n")))
    return [
        _fingerprint(place, *row) for row in rows.order_by("pk").values_list("blocks_n", "legs_n", "patrol__version")
    ]


def _derive(legs: Sequence[LegToDerive], place: Deployment, change: int, fingerprints: Sequence[str]) -> None:
    ids, modes = [leg.id for leg in legs], [leg.mode for leg in legs]
    blobs = [leg_blob(leg.readings, started_ms=leg.started_ms, ended_ms=leg.ended_ms) for leg in legs]
    fixes = fixes_of(decode_tracks(blobs), modes)
    boxes = boxes_of(fixes, len(legs))
    steps = steps_of(fixes, modes, place.zone)
    gaps = gaps_of(fixes, modes, [leg.started_ms for leg in legs], [leg.ended_ms for leg in legs])
    streets = grounds(stamp=change, metric_epsg=place.metric_epsg)
    ways, off, reached = legs_ways(streets, blobs, modes, boxes, gaps)
    areas_of = _townships(place, change).areas_of
    taken = steps_taken(steps, fixes, ways, off, areas_of)
    townships_write(ids, township_rows(steps, taken, ways, off, areas_of, place.zone))
    cells_write(ids, cell_rows(steps))
    pieces_write(ids, piece_rows(steps, taken, ways, gaps, reached, place.zone))
    legs_write(ids, blobs, fingerprints, _degrees(boxes, place.metric_epsg), change)


def _townships(place: Deployment, change: int) -> TownshipFinder:
    return township_finder(
        stamp=change,
        area_list=place.area_list,
        area_edition=place.area_edition,
        metric_epsg=place.metric_epsg,
    )


def _degrees(boxes: Floats, metric_epsg: int) -> Floats:
    """Return west, south, east, north in degrees of boxes in metres; NaN stays NaN."""
    degrees = np.full_like(boxes, np.nan)
    there = ~np.isnan(boxes[:, 0])
    west, south, east, north = boxes[there].T
    transform = to_degrees(metric_epsg).transform
    corners = [transform(x_m, y_m) for x_m in (west, east) for y_m in (south, north)]
    lon, lat = (np.stack(values) for values in zip(*corners, strict=True))
    degrees[there] = np.column_stack([lon.min(axis=0), lat.min(axis=0), lon.max(axis=0), lat.max(axis=0)])
    return degrees
