"""SHELL: takes a GPX file into an outing that has ended: sealed as it came, then judged, then only what lies inside."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.accounts.models import Officer
from backend.common.own_seal import seal
from backend.common.problems import Problem, problem
from backend.common.sealing import Unsealable, unseal
from backend.recorders.models import TrackFile
from backend.sync.announce import figures_announce
from backend.sync.feed import feed_append
from patrol.gpx import GpxRefused, GpxTrack, read_gpx
from patrol.models import FixSource, Patrol
from patrol.recorded import in_stretches, recorded_fixes_add, stretches_of_outing

_INFO = b"xunfang/track-file/1"
_PROBLEM_OF = {
    "unreadable": "track_file_unreadable",
    "too_many_points": "track_file_too_large",
    "no_track": "track_file_without_track",
    "no_times": "track_file_without_times",
}


def track_file_add(*, outing: Patrol, officer: Officer, content: bytes, now: datetime) -> TrackFile:
    """Return what came of a file; the same content a second time changes nothing. Raises why it was refused."""
    if outing.ended_at is None:
        raise problem("outing_running")
    sha256 = hashlib.sha256(content).hexdigest()
    known = TrackFile.objects.filter(outing=outing, sha256=sha256)
    if not known.exists():
        sealed = seal(content, info=_INFO, aad=outing.id.bytes)
        row = TrackFile(outing=outing, officer=officer, sha256=sha256, received_at=now, sealed=sealed)
        TrackFile.objects.bulk_create([row], ignore_conflicts=True)
    judged = track_file_judge(file_id=known.values_list("id", flat=True).get(), now=now)
    if judged.problem:
        raise _refusal(judged)
    return judged


def track_files_judge_waiting(*, now: datetime) -> int:
    """Judge the files whose judgement broke off; return how many there were."""
    waiting = list(TrackFile.objects.filter(judged_at=None).order_by("received_at").values_list("id", flat=True))
    for file_id in waiting:
        track_file_judge(file_id=file_id, now=now)
    return len(waiting)


@transaction.atomic
def track_file_judge(*, file_id: UUID, now: datetime) -> TrackFile:
    """Let the readings of a file that lie inside its outing join it, forget the file, and say what came of it."""
    row = TrackFile.objects.select_for_update().get(id=file_id)
    if row.judged_at is not None:
        return row
    try:
        _join(row, read_gpx(unseal(row.sealed.encode(), info=_INFO, aad=row.outing_id.bytes)), now)
    except GpxRefused as refused:
        row.problem, row.why = _PROBLEM_OF[refused.reason], refused.why
    except Unsealable as lost:
        row.problem, row.why = "track_file_unreadable", str(lost)
    row.judged_at, row.sealed = now, ""
    row.save()
    return row


def _join(row: TrackFile, track: GpxTrack, now: datetime) -> None:
    places = in_stretches((fix.t_ms for fix in track.fixes), stretches_of_outing(row.outing_id))
    inside = [(fix, places[fix.t_ms]) for fix in track.fixes if fix.t_ms in places]
    joined = recorded_fixes_add(fixes=inside, source=FixSource.GPX, received_at=now)
    row.points, row.untimed, row.misplaced = track.points, track.untimed, track.misplaced
    row.stored, row.outside = joined.new, len(track.fixes) - len(inside)
    row.known = len(inside) - joined.new + track.repeated
    feed_append(joined.changes)
    figures_announce(joined.touched)


def _refusal(row: TrackFile) -> Problem:
    return problem(row.problem, why=row.why)
