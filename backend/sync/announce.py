"""SHELL: tells the figures that facts have changed: the note in the same commit, the nudge after it."""

from collections.abc import Iterable
from functools import partial
from threading import Lock
from time import monotonic

from celery import current_app
from django.conf import settings
from django.db import transaction

from backend.common.outcomes import Touched
from geo.touched_days import touched_days_note

# A quiet day is counted at once; in a rush whoever counts takes all that was noted until then, and the map asks
# every 15 s.
NUDGE_EVERY_S = 10.0


def figures_announce(touched: Iterable[Touched]) -> None:
    """Note the days to count anew, and wake the tasks of `settings.TASKS_AFTER_PUSH` once this transaction commits."""
    listed = sorted(set(touched), key=lambda one: (one.area_id, one.day))
    if not listed:
        return
    touched_days_note(listed)
    # Robust: a broker that is down must not turn a stored batch into an error. The notes wait for the next nudge.
    transaction.on_commit(_nudge, robust=True)


class Spacing:
    """Spaces calls at least `every_s` apart and lets the last one of a crowd come late, never not at all."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._next_s = float("-inf")
        self._lock = Lock()

    def delay_s(self, now_s: float) -> float | None:
        """Return in how many seconds to call: 0 now, more for the one who comes late, None if one is coming already."""
        with self._lock:
            if self._next_s > now_s + self._every_s:
                return None
            delay_s = max(0.0, self._next_s - now_s)
            self._next_s = now_s + delay_s + self._every_s
            return delay_s


_spacing = Spacing(NUDGE_EVERY_S)


def _nudge() -> None:
    delay_s = _spacing.delay_s(monotonic())
    if delay_s is None:
        return
    send = partial(current_app.send_task, countdown=delay_s or None, retry=False)
    for name in settings.TASKS_AFTER_PUSH:
        send(name)
