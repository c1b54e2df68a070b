"""SHELL: reads what outings did on streets and in cells, for days or for one window.

Streets are those of the edition in force, whatever the day: every track lies on it.
"""

from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from django.db.models import Q, QuerySet, Sum

from backend.reports.cuts import Cut
from geo.models import StreetPiece
from geo.networks import pieces_in_force
from patrol.leg_pieces import WalkedPieces, first_walked, walked_pieces
from patrol.models import DayPart, LegCell

PARTS = (DayPart.DAY.value, DayPart.NIGHT.value)

Integers = npt.NDArray[np.int64]


class Pieces(NamedTuple):
    """The street pieces of a ground, in order of their ids; `place` is the number of a piece's place."""

    id: Integers
    place: Integers
    length_m: npt.NDArray[np.float64]

    def at(self, ids: Integers) -> tuple[Integers, npt.NDArray[np.bool_]]:
        """Return where each id stands, and whether it does."""
        if not len(self.id):
            return np.zeros(len(ids), dtype=np.int64), np.zeros(len(ids), dtype=np.bool_)
        at = np.minimum(np.searchsorted(self.id, ids), len(self.id) - 1).astype(np.int64)
        return at, self.id[at] == ids


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


def _in_force(cut: Cut) -> QuerySet[StreetPiece]:
    return pieces_in_force().filter(cut.ground.pieces())


def _pieces_of(cut: Cut) -> Pieces:
    number = cut.ground.level.number
    rows = _in_force(cut).order_by("pk").values_list("pk", cut.ground.level.piece, "length_m")
    kinds = [("id", "i8"), ("place", "i8"), ("length_m", "f8")]
    found = np.fromiter(((pk, number(place), length_m) for pk, place, length_m in rows.iterator()), dtype=kinds)
    return Pieces(*(np.ascontiguousarray(found[name]) for name, _ in kinds))


def _parts(cut: Cut) -> list[str]:
    return [part for part in PARTS if cut.part in ("all", part)]


def pieces(cut: Cut) -> pd.DataFrame:
    """Return the street pieces passed or within reach of a gap, by place."""
    known = _pieces_of(cut)
    days = 1 if cut.period else (cut.last - cut.first).days + 1
    passed, seen = (np.zeros((days, len(PARTS), len(known.id)), dtype=np.bool_) for _ in range(2))
    for walked in walked_pieces(cut.areas, cut.first, cut.last, _parts(cut)):
        day = np.array([0 if cut.period else (on - cut.first).days for on in walked.days], dtype=np.int64)
        part = np.array([PARTS.index(part) if cut.by_part else 0 for part in walked.parts], dtype=np.int64)
        for row, piece, marks in (
            (walked.passed_row, walked.passed, (passed, seen)), (walked.unknown_row, walked.unknown, (seen,)),
        ):  # fmt: skip
            at, here = known.at(piece)
            for mark in marks:
                mark[day[row[here]], part[row[here]], at[here]] = True
    return _piece_frame(cut, known, passed, seen)


def _piece_frame(cut: Cut, known: Pieces, passed: npt.NDArray[np.bool_], seen: npt.NDArray[np.bool_]) -> pd.DataFrame:
    day, part, at = np.nonzero(seen)
    columns: dict[str, Any] = {"part": np.array(PARTS, dtype=object)[part]} if cut.by_part else {}
    days = [cut.period] if cut.period else [cut.first + timedelta(days=n) for n in range(len(seen))]
    columns |= {"area_id": known.place[at], "period": np.array(days, dtype=object)[day], "piece": known.id[at]}
    return pd.DataFrame(columns | {"length_m": known.length_m[at], "is_passed": passed[day, part, at]})


def passages(cut: Cut) -> pd.DataFrame:
    """Count the legs that passed any piece, each once a day and part; and when that last was, however long ago."""
    known = _pieces_of(cut)
    first = min(first_walked(cut.areas) or cut.first, cut.first) if cut.period else cut.first
    walks = pd.concat([_walks(known, walked) for walked in walked_pieces(cut.areas, first, cut.last, PARTS)])
    of_part = pd.Series(True, index=walks.index) if cut.part == "all" else walks["part"] == PARTS.index(cut.part)
    columns = {
        "area_id": walks["place"],
        "period": cut.period.toordinal() if cut.period else walks["on"],
        "n": walks["n"].where(of_part & (walks["on"] >= cut.first.toordinal()), 0),
        "last_on": walks["on"].where(of_part),
        "last_night_on": walks["on"].where(walks["part"] == PARTS.index(DayPart.NIGHT)),
    }
    rows = pd.DataFrame(columns).groupby(["area_id", "period"], as_index=False)
    summed = rows.agg({"n": "sum", "last_on": "max", "last_night_on": "max"})
    days = {name: [_date(day) for day in summed[name]] for name in ("period", "last_on", "last_night_on")}
    return summed.assign(**{name: pd.Series(values, dtype=object) for name, values in days.items()})


def _walks(known: Pieces, walked: WalkedPieces) -> pd.DataFrame:
    """Count the legs by day, part and place: several pieces of one street, or both its townships, are one passage."""
    rows = pd.DataFrame({"leg": walked.legs, "on": walked.days, "part": walked.parts}, dtype=object)
    walk = rows.groupby(list(rows), sort=False).ngroup().to_numpy()
    at, here = known.at(walked.passed)
    # Each walk along each place once, by one number for both: hashing a number is cheaper than hashing a row.
    places, place = np.unique(known.place, return_inverse=True)
    both = pd.unique(walk[walked.passed_row[here]] * max(1, len(places)) + place[at[here]])
    of_walk, of_place = np.divmod(both, max(1, len(places)))
    first_row = np.unique(walk, return_index=True)[1]
    on = np.array([on.toordinal() for on in walked.days], dtype=np.int64)
    part = np.array([PARTS.index(part) for part in walked.parts], dtype=np.int64)
    row = first_row[of_walk]
    frame = pd.DataFrame({"place": places[of_place], "on": on[row], "part": part[row]})
    return frame.groupby(list(frame), as_index=False, sort=False).size().rename(columns={"size": "n"})


def _date(ordinal: float) -> date | None:
    return None if np.isnan(ordinal) else date.fromordinal(int(ordinal))


def streets(cut: Cut) -> pd.DataFrame:
    """Return the metres of street by place."""
    place = cut.ground.level.piece
    summed = _in_force(cut).values(place).annotate(length=Sum("length_m")).values_list(place, "length")
    return cut.frame(summed, "", ["place", "length"]).rename(columns={"length": "length_m"})
