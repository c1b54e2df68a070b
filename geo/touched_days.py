"""SHELL: which townships' days wait to be counted anew; written with the facts, so that no lost task hides a record."""

from collections.abc import Iterable, Sequence
from datetime import date

from backend.common.outcomes import Touched
from geo.models import TouchedDay


def touched_days_note(touched: Iterable[Touched]) -> None:
    """Note days to count anew, inside the transaction that changes their facts."""
    TouchedDay.objects.bulk_create([TouchedDay(area_id=one.area_id, day=one.day) for one in touched])


def touched_days_waiting(limit: int | None) -> tuple[list[int], set[Touched]]:
    """Return the oldest notes, at most `limit` (None: all), and the days they name. They wait until dropped."""
    rows = list(TouchedDay.objects.order_by("id").values_list("id", "area_id", "day")[:limit])
    return [note for note, _, _ in rows], {Touched(area_id, day) for _, area_id, day in rows}


def touched_days_drop(notes: Sequence[int]) -> None:
    """Forget notes whose days have been counted since they were read."""
    TouchedDay.objects.filter(id__in=notes).delete()


def touched_days_take(first: date, last: date, areas: Sequence[int]) -> None:
    """Forget the notes of these days, inside the transaction that counts them and before it reads a fact."""
    TouchedDay.objects.filter(day__range=(first, last), area__in=areas).delete()
