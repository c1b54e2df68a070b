"""Campaign forms: answers are checked against the version that was answered, which is kept for ever."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pydantic import ValidationError
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from backend.common.problems import Problem
from geo.models import Premises
from tests.builders import visit
from tests.conftest import City, codes_of, outcomes_of
from tests.factories import CampaignFactory
from visits.checklists import FormDefinition, answers_wrong
from visits.form_models import ChecklistForm
from visits.form_services import form_add
from visits.models import Visit

Push = Callable[..., list[dict[str, Any]]]
ClientOf = Callable[[Officer | None], APIClient]


def question(name: str, kind: str, **fields: Any) -> dict[str, Any]:
    """Return one question of a form."""
    return {"id": name, "kind": kind, "title": {"zh": f"问题{name}", "en": f"Question {name}"}, **fields}


def form(version: int = 1, **fields: Any) -> FormDefinition:
    """Return a form with one question of each kind; `alarm` must be answered where somebody was met."""
    choices = [{"value": value, "title": {"zh": value, "en": value}} for value in ("shed", "indoors")]
    questions = [
        question("alarm", "yes_no", required=True, outcomes=["met"]),
        question("charging", "choice", choices=choices),
        question("floors", "count"),
        question("wish", "text"),
    ]
    title = {"zh": "冬季防火", "en": "Winter fire safety"}
    content = {"form": "winter-fire", "version": version, "title": title, "questions": questions}
    return FormDefinition.model_validate(content | fields)


def answered(version: int = 1, **answers: Any) -> dict[str, Any]:
    """Return a checklist as a visit carries it."""
    return {"form": "winter-fire", "version": version, "answers": answers}


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({"alarm": True, "charging": "shed", "floors": 6, "wish": "无"}, []),
        ({"charging": "shed"}, ["alarm"]),
        ({"alarm": "yes"}, ["alarm"]),
        ({"alarm": True, "charging": "roof"}, ["charging"]),
        ({"alarm": True, "floors": -1}, ["floors"]),
        ({"alarm": True, "floors": True}, ["floors"]),
        ({"alarm": True, "floors": 2.5}, ["floors"]),
        ({"alarm": True, "wish": ["a"]}, ["wish"]),
        ({"alarm": True, "wish": "x" * 1001}, ["wish"]),
        ({"alarm": True, "party_member": True}, ["party_member"]),
    ],
)
def test_each_answer_is_measured_by_its_question(answers: dict[str, Any], wrong: list[str]) -> None:
    assert [error.field for error in answers_wrong(form(), answers, "met")] == [f"checklist.answers.{w}" for w in wrong]


def test_a_question_that_an_outcome_does_not_ask_is_not_missed_and_its_answer_is_let_be() -> None:
    assert answers_wrong(form(), {}, "nobody_home") == []
    assert answers_wrong(form(), {"alarm": False}, "nobody_home") == []


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [question("a", "yes_no"), question("a", "count")],
        [question("a", "choice")],
        [question("a", "count", choices=[{"value": "b", "title": {"zh": "乙", "en": "b"}}])],
        [question("a", "slider")],
        [question("a", "yes_no", outcomes=["dancing"])],
        [question("a", "text") | {"title": {"zh": "只有中文"}}],
    ],
)
def test_a_form_that_nobody_could_answer_is_not_one(wrong: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError):
        form(questions=wrong)


def test_a_visit_keeps_the_answers_that_fit_its_form(push: Push, officer: Officer, door: Premises) -> None:
    form_add(definition=form())
    assert outcomes_of(push(officer, visit(door.id, checklist=answered(alarm=True, floors=3)))) == ["applied"]
    assert Visit.objects.get().checklist == answered(alarm=True, floors=3)


def test_an_old_version_is_answered_by_its_own_questions(push: Push, officer: Officer, door: Premises) -> None:
    form_add(definition=form())
    form_add(definition=form(2, questions=[question("gas", "yes_no", required=True)]))
    outcomes = push(
        officer,
        visit(door.id, checklist=answered(1, alarm=True)),
        visit(door.id, checklist=answered(2, gas=False)),
        visit(door.id, checklist=answered(2, alarm=True)),
    )
    assert codes_of(outcomes) == [None, None, "answers_invalid"]
    assert {error["field"] for error in outcomes[2]["problem"]["errors"]} == {
        "checklist.answers.alarm",
        "checklist.answers.gas",
    }


def test_answers_to_an_unknown_version_are_kept_for_the_lead(push: Push, officer: Officer, door: Premises) -> None:
    form_add(definition=form())
    outcomes = push(officer, visit(door.id, checklist=answered(9, alarm=True)), visit(door.id))
    assert codes_of(outcomes) == ["form_unknown", None]
    assert outcomes_of(outcomes) == ["quarantined", "applied"]


def test_a_version_once_there_never_changes(city: City) -> None:
    first = form_add(definition=form())
    assert form_add(definition=form()).pk == first.pk
    with pytest.raises(Problem, match="is there with other questions"):
        form_add(definition=form(questions=[question("gas", "yes_no")]))
    with pytest.raises(IntegrityError), transaction.atomic():
        ChecklistForm.objects.update(questions=[])


def test_a_phone_learns_the_form_of_the_running_campaign(client_of: ClientOf, officer: Officer, city: City) -> None:
    today = datetime.now(UTC).date()
    running = CampaignFactory(unit=city.bureau, starts_on=today - timedelta(days=5), ends_on=today + timedelta(days=5))
    assert client_of(officer).get("/api/v1/me").json()["campaign"]["form"] is None
    form_add(definition=form(3), campaign_id=running.id)
    shown = client_of(officer).get("/api/v1/me").json()["campaign"]["form"]
    assert shown == form(3).model_dump(mode="json")
    assert (shown["form"], shown["version"], shown["questions"][0]["outcomes"]) == ("winter-fire", 3, ["met"])
