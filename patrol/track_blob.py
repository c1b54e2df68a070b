"""PURE: the readings of one leg as one compact blob: 7 bytes a fix, an escape of 19 for a long jump or silence.

A row a fix would cost 50–300 times the CPU to read and 17 times the disk (4-coverage.md). Layout, little-endian:

    version u8 = 1, count u32, then a record a fix, in the order given:
    dx i16 cm, dy i16 cm, dt u16 ms, accuracy u8 half-metres                                    (from the fix before)
    or, where that does not fit: -32768 i16, x i32 cm, y i32 cm, t i64 ms, accuracy u8          (absolute)

The first fix is an escape. Positions are metres of the deployment's CRS, kept to the centimetre. The accuracy is
rounded up, so that a fix just beyond a limit stays beyond it; 255 is one that is unknown, negative or above 127 m.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled, compiled_part

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

VERSION = 1
HEADER_BYTES = 5
RECORD_BYTES = 7
ESCAPE_BYTES = 19
_ESCAPE = -32768
_LONGEST = 32767
_LONGEST_MS = 65535
# 32 bits of centimetres; every projected CRS of the earth fits.
_FURTHEST_CM = 2**31 - 1
_UNKNOWN = 255


@dataclass(frozen=True)
class Tracks:
    """Fixes of some legs one after another: leg `i` has the fixes `starts[i]:starts[i + 1]`.

    `accuracy_m` is infinite where the phone did not say it.
    """

    starts: Integers
    t_ms: Integers
    x_m: Floats
    y_m: Floats
    accuracy_m: Floats


def encode_track(t_ms: Integers, x_m: Floats, y_m: Floats, accuracy_m: Floats) -> bytes:
    """Return the blob of the fixes, in their order. Raises ValueError for a position that is no place on earth."""
    cm = np.stack([np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)]) * 100
    if not np.all(np.abs(cm) <= _FURTHEST_CM):
        raise ValueError("a position is not finite or lies beyond 21,474 km of the origin")
    whole = np.rint(cm).astype(np.int64)
    room = np.empty(HEADER_BYTES + ESCAPE_BYTES * whole.shape[1], dtype=np.uint8)
    room[0] = VERSION
    room[1:HEADER_BYTES] = np.frombuffer(whole.shape[1].to_bytes(4, "little"), dtype=np.uint8)
    used = _encode(np.asarray(t_ms, dtype=np.int64), whole[0], whole[1], _accuracy_codes(accuracy_m), room)
    return room[:used].tobytes()


def decode_tracks(blobs: Sequence[bytes]) -> Tracks:
    """Return the fixes of all blobs. Raises ValueError for a blob of another version, cut off or too long."""
    counts = [_count_of(blob) for blob in blobs]
    starts = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64)
    places = np.concatenate([[0], np.cumsum([len(blob) for blob in blobs], dtype=np.int64)]).astype(np.int64)
    total = int(starts[-1])
    t_ms, x_m, y_m, accuracy_m = np.empty(total, np.int64), np.empty(total), np.empty(total), np.empty(total)
    joined = np.frombuffer(b"".join(blobs), dtype=np.uint8)
    wrong = _decode_all(joined, places, starts, t_ms, x_m, y_m, accuracy_m)
    if wrong >= 0:
        raise ValueError(f"the track blob {wrong} does not hold the fixes its header announces")
    return Tracks(starts, t_ms, x_m, y_m, accuracy_m)


def _accuracy_codes(accuracy_m: Floats) -> Bytes:
    known = np.asarray(accuracy_m, dtype=np.float64)
    fits = (known >= 0) & (known <= (_UNKNOWN - 1) / 2)
    codes: Bytes = np.where(fits, np.ceil(2 * np.where(fits, known, 0.0)), _UNKNOWN).astype(np.uint8)
    return codes


def _count_of(blob: bytes) -> int:
    if len(blob) < HEADER_BYTES or blob[0] != VERSION:
        raise ValueError("not a track blob of version 1")
    count = int.from_bytes(blob[1:HEADER_BYTES], "little")
    # Before memory is taken for it: a damaged header must not ask for gigabytes.
    if count * RECORD_BYTES > len(blob):
        raise ValueError("the track blob is shorter than its header says")
    return count


@compiled_part
def _put(room: Bytes, at: int, size: int, value: int) -> int:
    for byte in range(size):
        room[at + byte] = (value >> (8 * byte)) & 255
    return at + size


@compiled_part
def _take(blob: Bytes, at: int, size: int) -> int:
    """Return the signed little-endian number of `size` bytes."""
    value = 0
    for byte in range(size):
        value |= int(blob[at + byte]) << (8 * byte)
    left = 64 - 8 * size
    return (value << left) >> left


@compiled
def _encode(t_ms: Integers, x_cm: Integers, y_cm: Integers, accuracy: Bytes, room: Bytes) -> int:
    at, escape = int(np.int64(HEADER_BYTES)), int(np.int64(_ESCAPE))
    for i in range(len(t_ms)):
        dx, dy, dt = int(np.int64(0)), int(np.int64(0)), int(np.int64(-1))
        if i > 0:
            dx, dy, dt = x_cm[i] - x_cm[i - 1], y_cm[i] - y_cm[i - 1], t_ms[i] - t_ms[i - 1]
        if abs(dx) <= _LONGEST and abs(dy) <= _LONGEST and 0 <= dt <= _LONGEST_MS:
            at = _put(room, at, 2, dx)
            at = _put(room, at, 2, dy)
            at = _put(room, at, 2, dt)
        else:
            at = _put(room, at, 2, escape)
            at = _put(room, at, 4, x_cm[i])
            at = _put(room, at, 4, y_cm[i])
            at = _put(room, at, 8, t_ms[i])
        at = _put(room, at, 1, int(np.int64(accuracy[i])))
    return at


@compiled
def _decode_all(
    joined: Bytes, places: Integers, starts: Integers, t_ms: Integers, x_m: Floats, y_m: Floats, accuracy_m: Floats
) -> int:
    """Fill the columns; return the first blob that is too short or too long for its count, -1 if none is."""
    for leg in range(len(starts) - 1):
        first, last = starts[leg], starts[leg + 1]
        blob = joined[places[leg] : places[leg + 1]]
        if not _decode(blob, t_ms[first:last], x_m[first:last], y_m[first:last], accuracy_m[first:last]):
            return leg
    return -1


@compiled_part
def _decode(blob: Bytes, t_ms: Integers, x_m: Floats, y_m: Floats, accuracy_m: Floats) -> bool:
    at, x_cm, y_cm, now_ms = int(np.int64(HEADER_BYTES)), 0, 0, 0
    for i in range(len(t_ms)):
        if at + RECORD_BYTES > len(blob):
            return False
        dx = _take(blob, at, 2)
        if dx != _ESCAPE:
            x_cm += dx
            y_cm += _take(blob, at + 2, 2)
            now_ms += _take(blob, at + 4, 2) & _LONGEST_MS
            at += RECORD_BYTES
        elif at + ESCAPE_BYTES > len(blob):
            return False
        else:
            x_cm, y_cm, now_ms = _take(blob, at + 2, 4), _take(blob, at + 6, 4), _take(blob, at + 10, 8)
            at += ESCAPE_BYTES
        code = blob[at - 1]
        t_ms[i], x_m[i], y_m[i] = now_ms, x_cm / 100, y_cm / 100
        accuracy_m[i] = np.inf if code == _UNKNOWN else code / 2
    return at == len(blob)
