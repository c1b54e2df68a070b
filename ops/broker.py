"""SHELL: the private Redis of one home: started, asked, stopped. Reached by Unix socket only."""

import shutil
import signal
import socket
import subprocess

from ops.failures import OpsFailure
from ops.places import Places
from ops.processes import first_number, send, tail, wait_until, works_in

START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 30

SETTINGS = """\
# Written by ops/broker.py at every start.
port 0
unixsocket "{socket}"
unixsocketperm 700
dir "{folder}"
pidfile "{folder}/redis.pid"
daemonize no
appendonly {durable}
appendfsync everysec
save ""
# A broker that throws tasks away when memory is short would lose work without a word.
maxmemory-policy noeviction
databases 16
"""


def is_running(places: Places) -> bool:
    """Return whether the home's own Redis lives (a stale pid file does not count)."""
    pid = first_number(places.broker / "redis.pid")
    return pid is not None and works_in(pid, places.broker)


def start(places: Places) -> bool:
    """Bring Redis up and wait until it answers; return whether this call started it."""
    if is_running(places):
        return False
    program = shutil.which("redis-server")
    if program is None:
        raise OpsFailure("Redis is not installed: apt-get install redis-server (or set CELERY_BROKER_URL).")
    for folder in (places.broker, places.broker_socket.parent, places.log):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    places.broker_socket.unlink(missing_ok=True)
    settings = places.broker / "redis.conf"
    settings.write_text(
        SETTINGS.format(
            socket=places.broker_socket, folder=places.broker.resolve(), durable="yes" if places.durable else "no"
        )
    )
    _launch(places, [program, str(settings)])
    return True


def _launch(places: Places, command: list[str]) -> None:
    log = places.log / "redis.log"
    with log.open("ab") as output:
        # A session of its own: Ctrl-C in the terminal is for the supervisor, which stops Redis last.
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd=places.broker
        )
    wait_until(lambda: answers(places) or process.poll() is not None, START_TIMEOUT_S)
    if not answers(places):
        process.kill()
        raise OpsFailure(f"Redis did not start; the end of {log}:\n{tail(log)}")


def answers(places: Places) -> bool:
    """Return whether Redis says PONG (while it still loads its file it answers an error instead)."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(places.broker_socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def stop(places: Places) -> None:
    """Stop Redis; what it holds is written first. Nothing happens when it is down."""
    pid = first_number(places.broker / "redis.pid")
    if pid is None or not works_in(pid, places.broker):
        return
    send(pid, signal.SIGTERM)
    if not wait_until(lambda: not works_in(pid, places.broker), STOP_TIMEOUT_S):
        raise OpsFailure(f"Redis (process {pid}) did not stop within {STOP_TIMEOUT_S} s.")
