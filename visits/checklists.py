"""PURE: small versioned forms of a campaign: how one is written down, and whether answers fit it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from backend.common.payloads import Line, Payload
from backend.common.problems import FieldError
from visits.payloads import Outcome

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
MAX_TEXT = 1000
MAX_COUNT = 1_000_000


class Wording(Payload):
    """A text in the languages of the web app."""

    zh: Annotated[Line, Field(min_length=1)]
    en: Annotated[Line, Field(min_length=1)]


class Choice(Payload):
    """One of the answers that a question offers."""

    value: Code
    title: Wording


class Question(Payload):
    """One question. It is asked after the outcomes it names; after any when it names none."""

    id: Code
    kind: Literal["yes_no", "choice", "count", "text"]
    title: Wording
    choices: list[Choice] = Field(default_factory=list, max_length=20)
    required: bool = False
    outcomes: list[Outcome] = Field(default_factory=list)

    @model_validator(mode="after")
    def _offers_what_it_must(self) -> Self:
        values = [choice.value for choice in self.choices]
        if (self.kind == "choice") != bool(values) or len(set(values)) != len(values):
            raise ValueError("a question of kind choice, and only it, offers choices, each once")
        return self


class FormDefinition(Payload):
    """One version of a form. It never changes: answers name the version that was answered."""

    form: Code
    version: int = Field(ge=1, le=10_000)
    title: Wording
    questions: list[Question] = Field(min_length=1, max_length=40)

    @model_validator(mode="after")
    def _each_question_once(self) -> Self:
        if len({question.id for question in self.questions}) != len(self.questions):
            raise ValueError("every question needs an id of its own")
        return self


def answers_wrong(form: FormDefinition, answers: Mapping[str, Any], outcome: str) -> list[FieldError]:
    """Return what is wrong with the answers given after `outcome`; nothing wrong: an empty list.

    An answer to a question that is not asked after this outcome is let be: the outcome was chosen anew after it.
    """
    questions = {question.id: question for question in form.questions}
    wrong = [_wrong(one, "unknown", "is no question of this form") for one in answers if one not in questions]
    for question in form.questions:
        if question.id not in answers:
            if question.required and (not question.outcomes or outcome in question.outcomes):
                wrong.append(_wrong(question.id, "missing", "must be answered"))
        elif not _fits(question, answers[question.id]):
            wrong.append(_wrong(question.id, "answer", f"is no answer to a question of kind {question.kind}"))
    return wrong


def _wrong(question_id: str, code: str, message: str) -> FieldError:
    return FieldError(f"checklist.answers.{question_id}", code, message)


def _fits(question: Question, answer: Any) -> bool:
    match question.kind:
        case "yes_no":
            return isinstance(answer, bool)
        case "choice":
            return answer in [choice.value for choice in question.choices]
        case "count":
            return type(answer) is int and 0 <= answer <= MAX_COUNT
        case "text":
            return isinstance(answer, str) and len(answer) <= MAX_TEXT
