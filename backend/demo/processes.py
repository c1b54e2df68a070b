"""SHELL: shares work that does not depend on its order out to several processes, each with its own connection."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from django.db import connections

T = TypeVar("T")
R = TypeVar("R")


def shared_out(work: Callable[[T], R], items: Sequence[T], *, processes: int) -> Iterator[R]:
    """Yield `work(item)` in the order of the items. With one process it runs right here, in the caller's transaction.

    `work` and its answers must be picklable; the first exception of a process comes out here.
    """
    if processes <= 1 or len(items) < 2:
        yield from map(work, items)
        return
    connections.close_all()  # a connection must not be shared with a forked process
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("fork")) as pool:
        yield from pool.map(work, items)
