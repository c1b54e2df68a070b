"""SHELL: a night's work in steps that any number of workers may take, lose, take twice, or be killed in.

A step is one row and one transaction: the work and "done" are committed together. The barrier between the tracks and
the days that they touch is a question to the database ("is any step left?") asked after each commit, by whoever
committed. So nothing that must survive lies in the broker: a lost or doubled message costs time and never a figure.
(Why not Celery's chord: docs/decisions.md.)
"""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Now
from django.utils import timezone

from backend.reports.day_chunks import Chunk, Wanted, day_chunks
from backend.reports.day_counting import chunk_count, townships
from backend.reports.leg_counting import LEGS_AT_ONCE, derivation_basis, leg_fails, legs_bring_up_to_date
from backend.reports.models import Run, RunKind, RunState, RunStep
from geo.models import TouchedDay

# Hands steps to the workers; the in-process form does them itself.
Send = Callable[[Sequence[int]], None]
Progress = Callable[[str, int, int], None]

# A worker that was killed this often over the same step was perhaps killed by it.
TRIES = 3
# A step is seconds of work: a run without a step for so long has lost a message.
STANDS_STILL = timedelta(minutes=1)
# How far from the days asked for a track of theirs may reach: begun the evening before, ended the day after.
_REACH = timedelta(days=2)
_OTHERS_S = 0.2


def nobody(_steps: Sequence[int]) -> None:
    """Hand the steps to no one: whoever asked does them."""


@transaction.atomic
def run_begin(*, kind: RunKind, first: date, last: date, legs: Sequence[UUID], as_of: datetime) -> Run:
    """Write down what is to be done: the legs in bundles first; the days follow when these are done."""
    run = Run.objects.create(kind=kind, first=first, last=last, as_of=as_of, basis=derivation_basis())
    bundles = [legs[at : at + LEGS_AT_ONCE] for at in range(0, len(legs), LEGS_AT_ONCE)]
    _add_steps(run, RunState.LEGS, ([str(leg_id) for leg_id in bundle] for bundle in bundles))
    return run


def last_night() -> Run | None:
    """Return the latest night that was done, None before the first."""
    return Run.objects.filter(kind=RunKind.NIGHT, state=RunState.DONE).order_by("-pk").first()


def ground_is_new(before: Run | None) -> bool:
    """Return whether streets, borders or the method are others than this night began with: tracks may be stale."""
    return before is not None and before.basis != derivation_basis()


def run_send(run_id: int, send: Send) -> None:
    """Hand out what is left of a run, or go on to its next part when nothing is."""
    if left := steps_left(run_id):
        send(left)
    else:
        run_advance(run_id, send)


def run_here(run: Run, progress: Progress | None = None) -> Run:
    """Do a whole run in this process. Stopping it (Ctrl-C, any failure) cancels the rest; what was done stays."""
    try:
        while not _has_ended(run):
            steps, moved = steps_left(run.pk), False
            for step_id in steps:
                _tell(run, progress)
                moved |= step_do(step_id, nobody)
            if not steps:
                run_advance(run.pk, nobody)
            elif not moved:
                time.sleep(_OTHERS_S)  # workers have all that is left
    except BaseException:
        run_cancel(run.pk)
        raise
    return run


def step_do(step_id: int, send: Send) -> bool:
    """Do one step and return True, unless it is done or somebody does it; go on with the run if it was the last."""
    run_id = RunStep.objects.filter(pk=step_id).values_list("run_id", flat=True).first()
    if run_id is None:
        return False
    # Committed before the work: a step that kills its worker is known by it.
    with transaction.atomic():
        begun = _free_step(step_id) is not None
        if begun:
            RunStep.objects.filter(pk=step_id).update(tries=F("tries") + 1)
    more = _step_do_once(step_id) if begun else []
    if more:
        send(more)
    else:
        run_advance(run_id, send)
    return begun


def _free_step(step_id: int) -> RunStep | None:
    """Lock a step that is to be done and that nobody does."""
    free = RunStep.objects.select_for_update(skip_locked=True, of=("self",)).select_related("run")
    return free.filter(pk=step_id, done_at=None, run__ended_at=None).first()


@transaction.atomic
def _step_do_once(step_id: int) -> list[int]:
    """Return the steps that took this one's place, if it was cut up."""
    step = _free_step(step_id)
    if step is None:
        return []
    if step.phase == RunState.DAYS:
        first, last, areas = step.work
        done, marked = chunk_count(Chunk(date.fromisoformat(first), date.fromisoformat(last), areas), step.run.as_of)
    elif step.tries > TRIES and len(step.work) > 1:
        step.delete()
        return _add_steps(step.run, RunState.LEGS, ([leg_id] for leg_id in step.work))
    elif step.tries > TRIES:
        leg_fails(UUID(step.work[0]), "track_interrupted", f"{step.tries - 1} workers were lost over it")
        done, marked = 0, 1
    else:
        derived = legs_bring_up_to_date([UUID(leg_id) for leg_id in step.work])
        done, marked = derived.derived, derived.failed
    RunStep.objects.filter(pk=step_id).update(done_at=Now(), done=done, marked=marked)
    return []


def run_advance(run_id: int, send: Send) -> None:
    """Plan the days when the last leg is done, end the run when the last day is; else only note that it moves."""
    with transaction.atomic():
        run = Run.objects.select_for_update().filter(pk=run_id, ended_at=None).first()
        if run is None:
            return
        Run.objects.filter(pk=run_id).update(moved_at=Now())
        if run.steps.filter(done_at=None).exists():
            return
        planned = _plan_days(run) if run.state == RunState.LEGS else []
        if not planned:
            _end(run, RunState.DONE)
    if planned:
        send(planned)


def run_cancel(run_id: int) -> None:
    """Leave the rest of a run undone. Tracks not derived stay stale and days not counted stay noted."""
    with transaction.atomic():
        run = Run.objects.select_for_update().filter(pk=run_id, ended_at=None).first()
        if run is not None:
            _end(run, RunState.CANCELLED)


def runs_resume(send: Send, *, now: datetime | None = None) -> int:
    """Hand out again what is left of the runs that stand still; return how many these are."""
    still = Run.objects.filter(ended_at=None, moved_at__lt=(now or timezone.now()) - STANDS_STILL)
    ids = list(still.order_by("pk").values_list("pk", flat=True))
    for run_id in ids:
        run_send(run_id, send)
    return len(ids)


def steps_left(run_id: int) -> list[int]:
    """Return the steps of a run that are not done, in order."""
    return list(RunStep.objects.filter(run=run_id, done_at=None).order_by("pk").values_list("pk", flat=True))


def _add_steps(run: Run, phase: RunState, works: Iterable[Any]) -> list[int]:
    made = RunStep.objects.bulk_create([RunStep(run=run, phase=phase, work=work) for work in works])
    return [step.pk for step in made]


def _plan_days(run: Run) -> list[int]:
    """Write the second part of a run: its own days in every township, and what is noted to be counted anew."""
    wanted: Wanted = {}
    notes = TouchedDay.objects.order_by("day", "area").values_list("day", "area").distinct()
    if run.kind == RunKind.DAYS:
        notes = notes.filter(day__range=(run.first - _REACH, run.last + _REACH))
    for day, area_id in notes:
        wanted[day] = [*(wanted.get(day) or ()), area_id]
    wanted |= dict.fromkeys(run.first + timedelta(days=step) for step in range((run.last - run.first).days + 1))
    chunks = day_chunks(wanted, townships())
    Run.objects.filter(pk=run.pk).update(state=RunState.DAYS, days=len(wanted))
    works = ([chunk.first.isoformat(), chunk.last.isoformat(), list(chunk.areas)] for chunk in chunks)
    return _add_steps(run, RunState.DAYS, works)


def _end(run: Run, state: RunState) -> None:
    """Write the run's numbers down and drop its steps."""
    legs, days = (_sums(run, phase) for phase in (RunState.LEGS, RunState.DAYS))
    Run.objects.filter(pk=run.pk).update(
        state=state, ended_at=Now(), moved_at=Now(),
        legs_derived=legs[0], legs_failed=legs[1], rows_seen=days[0], rows_changed=days[1],
    )  # fmt: skip
    run.steps.all().delete()


def _sums(run: Run, phase: RunState) -> tuple[int, int]:
    found = run.steps.filter(phase=phase).aggregate(done=Sum("done"), marked=Sum("marked"))
    return found["done"] or 0, found["marked"] or 0


def _has_ended(run: Run) -> bool:
    run.refresh_from_db()
    return run.ended_at is not None


def _tell(run: Run, progress: Progress | None) -> None:
    if progress is not None:
        state, done, of = run_standing(run)
        progress(state, done, of)


def run_standing(run: Run) -> tuple[str, int, int]:
    """Return the part a run is in, and how much of it is done: legs, or township-days."""
    run.refresh_from_db()
    done = of = 0
    for work, done_at in run.steps.filter(phase=run.state).values_list("work", "done_at"):
        size = _size(run.state, work)
        of, done = of + size, done + (size if done_at else 0)
    return run.state, done, of


def _size(state: str, work: Any) -> int:
    if state == RunState.LEGS:
        return len(work)
    days = (date.fromisoformat(work[1]) - date.fromisoformat(work[0])).days + 1
    return days * len(work[2])
