"""The fold of a dispute's steps, held to the results that the phone's own fold is held to (tests/contract/folds)."""

import json
from pathlib import Path
from typing import Any

import pytest

from visits.dispute_states import CaseEvent, CaseState, fold, step
from visits.models import DisputeEventKind, DisputeState

CONTRACT: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "contract" / "folds" / "dispute.json").read_text(encoding="utf-8")
)


def _written(case: CaseState) -> str:
    return f"{case.state}{'+' if case.has_agreement else ''}"


def _event(word: str) -> CaseEvent:
    return CaseEvent(word.rstrip("+"), word.endswith("+"))


@pytest.mark.parametrize("history", CONTRACT["histories"], ids=lambda history: history["name"])
def test_a_history_folds_as_the_contract_says(history: dict[str, Any]) -> None:
    case, allowed = fold(_event(word) for word in history["events"])
    assert (_written(case), allowed) == (history["state"], history["allowed"])


@pytest.mark.parametrize("before", CONTRACT["steps"])
def test_each_step_from_a_state_leads_where_the_contract_says(before: str) -> None:
    found = {}
    for word in CONTRACT["steps"][before]:
        case = CaseState(before.rstrip("+"), before.endswith("+"))
        after, fits = step(case, CaseEvent(word, has_agreement=word == "agreement_signed"))
        found[word] = _written(after) if fits else None
    assert found == CONTRACT["steps"][before]


def test_the_contract_names_every_state_and_every_event() -> None:
    assert {before.rstrip("+") for before in CONTRACT["steps"]} == set(DisputeState.values)
    assert all(set(row) == set(DisputeEventKind.values) for row in CONTRACT["steps"].values())
