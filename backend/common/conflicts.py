"""PURE: when two people change the same thing. Same field changed by both is a conflict; different fields merge."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FieldConflict:
    """A field that is no longer what the author of a change saw."""

    field: str
    base: Any
    current: Any


def conflicting_fields(
    *, base: Mapping[str, Any], current: Mapping[str, Any], wanted: Mapping[str, Any]
) -> list[FieldConflict]:
    """Return the fields of `wanted` whose current value is neither the base the author saw nor the wanted value.

    Somebody who already made the same change is not in conflict with us. Empty list: the change may be applied.
    """
    return [
        FieldConflict(name, base.get(name), current.get(name))
        for name in sorted(wanted)
        if name in base and current.get(name) not in (base[name], wanted[name])
    ]
