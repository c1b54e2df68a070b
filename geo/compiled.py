"""PURE: how the inner loops of coverage are compiled: numba, without the interpreter's lock, kept on disk.

numba keeps compiled code by file, and does not see that a function of *another* file which is compiled into it has
changed. The cache therefore lives in a folder named after the content of all our compiled sources: under
NUMBA_CACHE_DIR, else under XUNFANG_HOME, else in the system's folder for temporary files. Where that cannot be written
(a read-only installation) numba refuses to compile at all; then it compiles in memory, in every process anew.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")

_ROOT = Path(__file__).parent.parent
_SOURCES = (
    "geo/compiled.py",
    "geo/matching/*.py",
    "patrol/track_blob.py",
    "patrol/cleaning.py",
    "patrol/leg_matching.py",
)


def _cache_folder() -> Path:
    home = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XUNFANG_HOME")
    base = Path(home) / "numba" if home else Path(tempfile.gettempdir()) / f"xunfang-numba-{os.getuid()}"
    sources = sorted(path for pattern in _SOURCES for path in _ROOT.glob(pattern))
    content = b"".join(path.read_bytes() for path in sources)
    return base / hashlib.sha256(content).hexdigest()[:16]


setattr(numba.config, "CACHE_DIR", str(_cache_folder()))  # noqa: B010 - numba publishes its settings untyped


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled at its first call.

    `error_model="numpy"`: no branch for a division by zero. No `fastmath`: the same fixes give the same bytes.
    """
    try:
        made: Callable[P, R] = numba.njit(nogil=True, error_model="numpy", cache=True)(function)
    except (RuntimeError, OSError):
        made = numba.njit(nogil=True, error_model="numpy")(function)
    return made


def compiled_part(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled into those that call it; Python itself cannot call it.

    It has neither the wrapper that turns Python's objects into arrays nor a file in the cache: both belong to the
    function that Python calls, and making them for every small one was most of the time of the first compilation.
    A number written out is a type of its own to numba and would have a function compiled for it once more: counts that
    are handed on begin with int(np.int64(0)).
    """
    # numba's published types leave these two options out.
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    made: Callable[P, R] = numba.njit(nogil=True, error_model="numpy", **options)(function)
    return made


def compiled_leaf(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled like `compiled_part`, without counting references to arrays.

    Counting them was a third of the time of matching: every function does it for every array that it is handed, and
    each time the processor's cores must agree. A leaf makes no array and keeps none; who called it holds them all. One
    that makes an array does not compile.
    """
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}
    made: Callable[P, R] = numba.njit(nogil=True, error_model="numpy", **options)(function)
    return made


def compiled_inline(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled like `compiled_leaf`, and put into the place from which it is called.

    An array is handed on as its seven or ten numbers: for the functions that run millions of times a second that was
    another third. Only for what has one or two callers: each gets a copy.
    """
    options: dict[str, Any] = {
        "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False, "forceinline": True,
    }  # fmt: skip
    made: Callable[P, R] = numba.njit(nogil=True, error_model="numpy", **options)(function)
    return made
