"""The state machine of a dispute, by hand and by invariant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits.dispute_states import CaseEvent, CaseState, fold, step
from visits.models import DisputeEventKind, DisputeState

EVENTS = st.builds(CaseEvent, st.sampled_from(DisputeEventKind.values), st.booleans())


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([], "found"),
        (["registered"], "registered"),
        (["assigned"], "assigned"),
        (["registered", "session_held"], "mediating"),
        (["registered", "session_held", "assigned"], "mediating"),  # handed over in the middle
        (["registered", "failed"], "failed"),
        (["transferred", "closed"], "closed"),
        (["transferred", "closed", "reopened"], "mediating"),
        (["closed"], "found"),  # not allowed
        (["registered", "resolved"], "registered"),  # no agreement
        (["registered", "corrected"], "registered"),
    ],
)
def test_events_lead_to_the_state(events: list[str], state: str) -> None:
    assert fold(CaseEvent(event) for event in events)[0].state == state


@given(st.lists(EVENTS))
def test_any_history_ends_in_a_known_state_and_judges_every_event(events: list[CaseEvent]) -> None:
    case, allowed = fold(events)
    assert case.state in DisputeState.values
    assert len(allowed) == len(events)


@given(st.lists(EVENTS))
def test_events_that_were_not_allowed_changed_nothing(events: list[CaseEvent]) -> None:
    case, allowed = fold(events)
    assert fold(event for event, fits in zip(events, allowed, strict=True) if fits)[0] == case


@given(st.lists(EVENTS), EVENTS)
def test_folding_one_more_event_is_one_step(events: list[CaseEvent], last: CaseEvent) -> None:
    assert fold([*events, last])[0] == step(fold(events)[0], last)[0]


@given(st.lists(EVENTS))
def test_nothing_is_resolved_without_an_agreement(events: list[CaseEvent]) -> None:
    case = CaseState()
    agreed = False
    for event in events:
        case, fits = step(case, event)
        if fits:
            agreed = event.event != "reopened" and (agreed or event.has_agreement)
        if fits and event.event == "resolved":
            assert agreed
