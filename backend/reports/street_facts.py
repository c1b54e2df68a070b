"""SHELL: reads what outings did on streets and in cells, for days or for one window."""

import pandas as pd
from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Count, F, Func, Max, Q, QuerySet, Sum
from django.db.models import TextField as Text

from backend.reports.cuts import Cut
from geo.models import StreetPiece
from patrol.models import DayPart, LegCell, PieceLeg, PieceState


def cell_hours(cut: Cut) -> pd.DataFrame:
    """Return the hours of outings by cell, also off the streets; of one's own townships only."""
    keys = cut.group("on", "cell", "part")
    rows = LegCell.objects.filter(cut.on("on"))
    rows = rows.filter(*_part(cut))
    rows = rows.filter(cell=cut.ground.only) if cut.ground.only is not None else rows
    summed = rows.values(*keys).annotate(spent_s=Sum("seconds")).values_list(*keys, "spent_s")
    frame = cut.frame(summed, "on", [*keys, "spent_s"]).rename(columns={"cell": "area_id"})
    return frame.assign(km=0.0, hours=frame["spent_s"].astype(float) / 3600)


def _part(cut: Cut) -> list[Q]:
    return [] if cut.part == "all" else [Q(part=cut.part)]


def _leg_pieces(cut: Cut) -> QuerySet[PieceLeg]:
    rows = PieceLeg.objects.filter(cut.ground.pieces("piece__"))
    return rows.annotate(place=F(f"piece__{cut.ground.level.piece}"), length_m=F("piece__length_m"))


def pieces(cut: Cut) -> pd.DataFrame:
    """Return the street pieces passed or within reach of a gap, by place."""
    keys = cut.group("on", "place", "part", "piece_id", "length_m")
    rows = _leg_pieces(cut).filter(cut.on("on"), *_part(cut))
    grouped = rows.values(*keys).annotate(is_passed=BoolOr(Q(state=PieceState.PASSED)))
    frame = cut.frame(grouped.values_list(*keys, "is_passed"), "on", [*keys, "is_passed"])
    return frame.rename(columns={"piece_id": "piece"})


def passages(cut: Cut) -> pd.DataFrame:
    """Count the legs that passed any piece, each once a day and part; and when that last was, however long ago."""
    keys = cut.group("on", "place")
    walk = Func(F("leg_id"), F("on"), F("part"), function="ROW", output_field=Text())
    rows = _leg_pieces(cut).filter(state=PieceState.PASSED, on__lte=cut.last)
    rows = rows if cut.period else rows.filter(cut.on("on"))
    grouped = rows.values(*keys).annotate(
        n=Count(walk, distinct=True, filter=Q(cut.on("on"), *_part(cut))),
        last_on=Max("on", filter=Q(*_part(cut))),
        last_night_on=Max("on", filter=Q(part=DayPart.NIGHT)),
    )
    names = ("n", "last_on", "last_night_on")
    return cut.frame(grouped.values_list(*keys, *names), "on", [*keys, *names])


def streets(cut: Cut) -> pd.DataFrame:
    """Return the metres of street by place."""
    rows = StreetPiece.objects.filter(cut.ground.pieces()).annotate(place=F(cut.ground.level.piece))
    summed = rows.values("place").annotate(length=Sum("length_m")).values_list("place", "length")
    return cut.frame(summed, "", ["place", "length"]).rename(columns={"length": "length_m"})
