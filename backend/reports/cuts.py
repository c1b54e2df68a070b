"""SHELL: which facts one question reads: the days, the ground, and what is counted apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from django.db.models import Q

from backend.reports.grounds import Ground
from backend.reports.levels import TOWNSHIPS
from patrol.day_parts import day_parts


@dataclass(frozen=True)
class Cut:
    """Which days and ground, and what a period is: each day (None), or the window that begins on `period`.

    The hour is read only where a rule needs it: with it 70,000 visits are twice as many groups. `part` is the part of
    the day that a window asks for; days are always read with both.
    """

    first: date
    last: date
    ground: Ground
    period: date | None = None
    part: str = "all"

    @property
    def areas(self) -> Sequence[int]:
        """The townships whose facts count."""
        return self.ground.areas

    @property
    def is_townships(self) -> bool:
        """Whether the places are whole townships: only they have outings, disputes and nightly rows."""
        return self.ground.level is TOWNSHIPS

    @property
    def by_part(self) -> bool:
        """Whether day and night must be told apart."""
        return self.period is None or self.part != "all"

    def on(self, day_field: str) -> Q:
        """Return the condition "on these days"."""
        return Q(**{f"{day_field}__range": (self.first, self.last)})

    def here(self, day_field: str) -> Q:
        """Return the condition "on these days in these townships" for rows that have a township."""
        only = Q() if self.ground.only is None else Q(area=self.ground.only)
        return self.on(day_field) & Q(area__in=self.areas) & only

    def group(self, day_field: str, *others: str) -> list[str]:
        """Return the columns to group by: the day only where each day is a period, the hour only where it is needed."""
        days = [] if self.period else [day_field]
        return [*days, *(name for name in others if self.by_part or name not in {"hour", "part"})]

    def frame(self, rows: Iterable[tuple[Any, ...]], day_field: str, columns: Sequence[str]) -> pd.DataFrame:
        """Return rows as a frame with `period`, `part` in place of `hour`, `area_id` in place of `place`."""
        frame = pd.DataFrame.from_records(list(rows), columns=list(columns))
        frame = frame.assign(period=self.period) if self.period else frame.rename(columns={day_field: "period"})
        if "hour" in frame:
            frame = frame.assign(part=day_parts(frame["hour"].to_numpy(dtype="int64"))).drop(columns="hour")
        if "place" in frame:
            frame["place"] = [self.ground.level.number(key) for key in frame["place"]]
            frame = frame.rename(columns={"place": "area_id"})
        return frame
