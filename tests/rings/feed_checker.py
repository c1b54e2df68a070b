"""PURE: what a reader of a feed missed, saw twice, or saw in the wrong order."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Verdict:
    """Counts of rows; a feed that can be trusted has three zeros."""

    missed: int
    duplicated: int
    out_of_order: int

    @property
    def is_clean(self) -> bool:
        return self == Verdict(0, 0, 0)


def verdict(committed: Iterable[int], seen: Sequence[tuple[int, int]]) -> Verdict:
    """Compare what was committed with what one reader saw: (position in the feed, row), in the order of reading."""
    times = Counter(row for _, row in seen)
    positions = [position for position, _ in seen]
    return Verdict(
        missed=len(set(committed) - set(times)),
        duplicated=sum(count - 1 for count in times.values()),
        out_of_order=sum(later < earlier for earlier, later in pairwise(positions)),
    )
