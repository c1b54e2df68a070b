"""SHELL: derives from a leg's fixes what it did: kilometres and hours by township, street pieces passed or unknown."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import geopandas
import pandas as pd
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.contrib.gis.geos import Polygon
from django.db import transaction
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from backend.common.outcomes import Touched
from geo.coverage import BUFFER_M, areas_of_points, street_coverage
from geo.crs import WGS84_EPSG, metric
from geo.models import StreetPiece
from geo.selectors import areas_current, deployment
from patrol.effort import effort, gap_reach, with_local_time
from patrol.models import FixBlock, Leg, LegTownship, Patrol, PieceLeg
from patrol.tracks import clean_fixes, track_gaps, track_segments

# The shortest degree: of longitude at 66° north (one of latitude is about 111 km). A margin in metres divided by it
# is wide enough on both axes up to there.
_SHORTEST_DEG_M = 45_000


def legs_stale(*, first: date, last: date) -> list[UUID]:
    """Return the legs of the outings begun on `first`..`last` whose fixes or bounds changed since they were derived."""
    blocks = FixBlock.objects.filter(leg=OuterRef("pk")).order_by().values("leg").annotate(n=Count("pk")).values("n")
    legs = (
        Leg.objects.filter(patrol__legs=OuterRef("pk")).order_by().values("patrol").annotate(n=Count("pk")).values("n")
    )
    rows = (
        Leg.objects.filter(patrol__started_on__range=(first, last))
        .annotate(blocks_n=Coalesce(Subquery(blocks), 0), legs_n=Subquery(legs))
        .order_by("started_at", "pk")
        .values_list("pk", "derived_from", "blocks_n", "patrol__version", "legs_n")
    )
    return [pk for pk, derived_from, *now in rows if derived_from != _fingerprint(*now)]


def _fingerprint(blocks_n: int, patrol_version: int, legs_n: int) -> str:
    """Name what a derivation depends on. Blocks are append-only and an outing's bounds move only with its version."""
    return f"{blocks_n} blocks, {legs_n} legs, version {patrol_version}"


@transaction.atomic
def leg_derive(*, leg_id: UUID) -> frozenset[Touched]:
    """Rewrite what is derived from a leg; return the townships and days whose figures that may change.

    The outing's row lock makes two derivations of one outing, and a push into it, take turns: otherwise both would
    delete the old rows and both insert, or the township of the outing would be chosen from half of its legs.
    """
    outing = Patrol.objects.select_for_update(no_key=True).filter(legs=leg_id).first()
    if outing is None:
        return frozenset()
    leg = Leg.objects.get(pk=leg_id)
    before = _touched_by(leg, outing)
    efforts, pieces = _derive(leg, outing)
    _replace(leg.townships.all(), [LegTownship(leg=leg, **row) for row in _rows(efforts)])
    named = pieces.rename(columns={"piece": "piece_id"})
    _replace(leg.pieces.all(), [PieceLeg(leg=leg, **row) for row in _rows(named)])
    siblings = Leg.objects.filter(patrol=outing).count()
    Leg.objects.filter(pk=leg_id).update(derived_from=_fingerprint(leg.blocks.count(), outing.version, siblings))
    _set_area(outing)
    return frozenset(before | _touched_by(leg, outing))


def _touched_by(leg: Leg, outing: Patrol) -> set[Touched]:
    rows = [*leg.townships.values_list("area_id", "on"), *leg.pieces.values_list("piece__area_id", "on").distinct()]
    pairs: set[tuple[int | None, date]] = {*rows, (outing.area_id, outing.started_on)}
    return {Touched(area_id, on) for area_id, on in pairs if area_id is not None}


def _replace(old: QuerySet[Any], new: Sequence[Model]) -> None:
    old.delete()
    old.model.objects.bulk_create(new, batch_size=1000)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _set_area(outing: Patrol) -> None:
    """Count the outing for the township where most of its time was spent; without a track it stays where it was."""
    hours = LegTownship.objects.filter(leg__patrol=outing).values("area_id").annotate(total=Sum("hours"))
    most = hours.order_by("-total", "area_id").first()
    if most is not None and most["area_id"] != outing.area_id:
        outing.area_id = most["area_id"]
        Patrol.objects.filter(pk=outing.pk).update(area_id=most["area_id"])


def _derive(leg: Leg, outing: Patrol) -> tuple[pd.DataFrame, pd.DataFrame]:
    place = deployment()
    fixes = _fixes(leg, place.metric_epsg)
    started_ms, ended_ms = _bounds_ms(leg, outing)
    cleaned = clean_fixes(fixes, mode=leg.mode, started_ms=started_ms, ended_ms=ended_ms)
    segments = with_local_time(track_segments(cleaned, mode=leg.mode), zone=place.zone)
    gaps = gap_reach(track_gaps(cleaned, started_ms=started_ms, ended_ms=ended_ms), mode=leg.mode)
    gaps = with_local_time(gaps, zone=place.zone)
    usable = cleaned[cleaned["dropped"] == ""]
    if usable.empty:
        return pd.DataFrame(), pd.DataFrame()
    # Streets are loaded as far as the buffer reaches; only a gap makes it worth looking further.
    around = _around(usable, margin_m=max([2 * BUFFER_M, *gaps["reach_m"]]))
    middle_x_m, middle_y_m = (segments[f"{axis}0_m"] + segments[f"{axis}1_m"] for axis in "xy")
    townships = _townships(around, place.metric_epsg)
    area_ids = areas_of_points(middle_x_m.to_numpy() / 2, middle_y_m.to_numpy() / 2, townships)
    return effort(segments.assign(area_id=area_ids)), street_coverage(
        segments, gaps, _pieces(around, place.metric_epsg)
    )


def _bounds_ms(leg: Leg, outing: Patrol) -> tuple[int, int | None]:
    """Return when the leg began and ended; None while it goes on. The next leg of the outing ends it."""
    later = Leg.objects.filter(patrol=outing, started_at__gt=leg.started_at).order_by("started_at").first()
    ended_at = later.started_at if later is not None else outing.ended_at
    return _ms(leg.started_at), None if ended_at is None else _ms(ended_at)


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


def _fixes(leg: Leg, metric_epsg: int) -> pd.DataFrame:
    names = ("t_ms", "lon", "lat", "accuracy_m")
    columns: dict[str, list[Any]] = {name: [] for name in ("block", "ordinal", *names)}
    for block_id, *values in leg.blocks.order_by("pk").values_list("pk", *names):
        columns["block"] += [str(block_id)] * len(values[0])
        columns["ordinal"] += range(len(values[0]))
        for name, column in zip(names, values, strict=True):
            columns[name] += column
    points = geopandas.points_from_xy(columns["lon"], columns["lat"], crs=WGS84_EPSG)
    projected = metric(geopandas.GeoDataFrame(geometry=points), metric_epsg).geometry
    return pd.DataFrame(columns).assign(x_m=projected.x.to_numpy(), y_m=projected.y.to_numpy())


def _around(usable: pd.DataFrame, margin_m: float) -> Polygon:
    margin_deg = margin_m / _SHORTEST_DEG_M
    west, east = usable["lon"].min() - margin_deg, usable["lon"].max() + margin_deg
    south, north = usable["lat"].min() - margin_deg, usable["lat"].max() + margin_deg
    around = Polygon.from_bbox((west, south, east, north))
    around.srid = WGS84_EPSG
    return around


def _townships(around: Polygon, metric_epsg: int) -> geopandas.GeoDataFrame:
    rows = areas_current().filter(boundary__bboverlaps=around).annotate(wkb=AsWKB("boundary"))
    return _layer(rows.values_list("pk", "code", "wkb"), ["area_id", "code"], metric_epsg)


def _pieces(around: Polygon, metric_epsg: int) -> geopandas.GeoDataFrame:
    rows = StreetPiece.objects.filter(line__bboverlaps=around, area__isnull=False).annotate(wkb=AsWKB("line"))
    return _layer(rows.order_by("pk").values_list("pk", "wkb"), ["piece"], metric_epsg).set_index("piece")


def _layer(rows: Iterable[tuple[Any, ...]], columns: list[str], metric_epsg: int) -> geopandas.GeoDataFrame:
    frame = pd.DataFrame.from_records(list(rows), columns=[*columns, "wkb"])
    lines = shapely.from_wkb([bytes(wkb) for wkb in frame.pop("wkb")])
    return metric(geopandas.GeoDataFrame(frame, geometry=list(lines), crs=WGS84_EPSG), metric_epsg)
