"""SHELL: how much CPU each part of a running server has used so far, from /proc."""

import os
from pathlib import Path

from ops.processes import first_number, works_in
from tests.rings.faults.real_server import RealServer, children_pids

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_s_by_part(server: RealServer) -> dict[str, float]:
    """Return CPU seconds by part: web, tasks (Celery), postgres, redis, generator (this process)."""
    places = server.ours.places
    postgres = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdecimal()]
    redis = first_number(places.broker / "redis.pid")
    return {
        "web": _family_s([child.process.pid for child in server.children[:1] if child.process]),
        "tasks": _family_s([child.process.pid for child in server.children[1:] if child.process]),
        "postgres": sum(_own_s(pid) for pid in postgres if works_in(pid, places.cluster)) + _ended_s(server),
        "redis": _own_s(redis) if redis else 0.0,
        "generator": _own_s(os.getpid()),
    }


def _family_s(pids: list[int]) -> float:
    """Return the CPU seconds of processes and of everything they started, living or ended."""
    return sum(_own_s(pid) + _waited_s(pid) + _family_s(children_pids(pid)) for pid in pids)


def _ended_s(server: RealServer) -> float:
    postmaster = first_number(server.ours.places.cluster / "postmaster.pid")
    return _waited_s(postmaster) if postmaster else 0.0


def _own_s(pid: int) -> float:
    return sum(_fields(pid)[0:2]) / _TICKS_A_SECOND


def _waited_s(pid: int) -> float:
    return sum(_fields(pid)[2:4]) / _TICKS_A_SECOND


def _fields(pid: int) -> list[int]:
    """Return utime, stime, cutime, cstime of /proc/<pid>/stat (proc_pid_stat(5)), zeros for one that is gone."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return [0, 0, 0, 0]
    return [int(one) for one in after_name[11:15]]
