"""PURE: the state machine of a dispute. Events fold in one order to one state; a misfit is marked, not lost.

found → registered → assigned → mediating → resolved | transferred | failed → followed_up → closed; reopened goes
back to mediating (2-records.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

# event → the states in which it is allowed → the state after it. Steps may be skipped forward where practice does so
# (a lead assigns a case that nobody registered), never backward except by `reopened`.
_NEXT: Mapping[str, tuple[frozenset[str], str]] = {
    "registered": (frozenset({"found"}), "registered"),
    "assigned": (frozenset({"found", "registered", "assigned", "mediating"}), "assigned"),
    "session_held": (frozenset({"registered", "assigned", "mediating"}), "mediating"),
    "agreement_signed": (frozenset({"registered", "assigned", "mediating"}), "mediating"),
    "resolved": (frozenset({"registered", "assigned", "mediating"}), "resolved"),
    "transferred": (frozenset({"found", "registered", "assigned", "mediating"}), "transferred"),
    "failed": (frozenset({"registered", "assigned", "mediating"}), "failed"),
    "follow_up": (frozenset({"resolved", "transferred", "failed", "followed_up"}), "followed_up"),
    "reopened": (frozenset({"resolved", "transferred", "failed", "followed_up", "closed"}), "mediating"),
    "closed": (frozenset({"resolved", "transferred", "failed", "followed_up"}), "closed"),
}


# Nothing is under way any more; whoever asks again reopens it.
ENDED = frozenset({"resolved", "transferred", "failed", "followed_up", "closed"})


@dataclass(frozen=True)
class CaseState:
    """Where a dispute stands: its state, and whether an agreement of this round exists."""

    state: str = "found"
    has_agreement: bool = False


@dataclass(frozen=True)
class CaseEvent:
    """One step, as far as the state machine cares."""

    event: str
    has_agreement: bool = False


def step(case: CaseState, event: CaseEvent) -> tuple[CaseState, bool]:
    """Return the state after an event and whether the event was allowed; a refused event changes nothing.

    `resolved` needs an agreement, its own or an earlier one of this round. `assigned` during mediation hands the case
    to somebody else without throwing it back. A correction of a step is allowed in any state and moves nothing.
    """
    if event.event == "corrected":
        return case, True
    allowed_in, after = _NEXT[event.event]
    if case.state not in allowed_in:
        return case, False
    agreed = case.has_agreement or event.has_agreement
    if event.event == "resolved" and not agreed:
        return case, False
    if event.event == "reopened":
        return CaseState(after, has_agreement=False), True
    if event.event == "assigned" and case.state == "mediating":
        return case, True
    return replace(case, state=after, has_agreement=agreed), True


def fold(events: Iterable[CaseEvent]) -> tuple[CaseState, list[bool]]:
    """Return the state after all events in order, and for each whether it was allowed."""
    case, allowed = CaseState(), []
    for event in events:
        case, fits = step(case, event)
        allowed.append(fits)
    return case, allowed
