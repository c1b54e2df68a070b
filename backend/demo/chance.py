"""PURE: the only source of chance in the story: named streams of one seed, so that same arguments give same rows."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import numpy

T = TypeVar("T")


def stream(seed: int, *names: object) -> numpy.random.Generator:
    """Return the generator of this seed and name. Streams do not disturb each other: one more door in one township
    changes nothing in the next.
    """
    digest = hashlib.sha256("/".join([str(seed), *map(str, names)]).encode()).digest()
    return numpy.random.Generator(numpy.random.PCG64(int.from_bytes(digest[:16], "big")))


def uuid7_at(instant: datetime, rng: numpy.random.Generator) -> UUID:
    """Return a UUIDv7 (RFC 9562) whose time is the story's and whose 74 random bits come from `rng`."""
    milliseconds = int(instant.timestamp() * 1000)
    random_bits = int.from_bytes(rng.bytes(10), "big")
    rand_a, rand_b = random_bits >> 68, random_bits & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b)


def pick(rng: numpy.random.Generator, options: Sequence[T], weights: Sequence[float] | None = None) -> T:
    """Return one of `options`, by relative weights where given."""
    if weights is None:
        return options[int(rng.integers(len(options)))]
    left = float(rng.random()) * sum(weights)
    for option, weight in zip(options, weights, strict=True):
        left -= weight
        if left < 0:
            return option
    return options[-1]
