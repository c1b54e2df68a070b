"""PURE: how the inner loops of coverage are compiled: numba, without the interpreter's lock, kept on disk.

The compiled code is kept beside the source, else where NUMBA_CACHE_DIR points, else in the user's own cache folder.
Where none of them can be written (a read-only installation without a home) numba refuses to compile at all; then it is
compiled in memory, which costs each process some seconds.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled at its first call.

    `error_model="numpy"`: no branch for a division by zero. No `fastmath`: the same fixes give the same bytes.
    """
    try:
        made: Callable[P, R] = numba.njit(nogil=True, error_model="numpy", cache=True)(function)
    except RuntimeError:
        made = numba.njit(nogil=True, error_model="numpy")(function)
    return made
