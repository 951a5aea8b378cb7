"""Rules of surveys: what an answer may hold, and how many answers it takes before any figure is shown."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from lms.errors import RuleBroken

if TYPE_CHECKING:
    from lms.surveys.specs import QuestionSpec, SurveySpec

#: Below this many answers nothing is shown: no figure, no percentage, no words.
MINIMUM_GROUP = 11
TEXT_LIMIT = 1000
SCALE = ("1", "2", "3", "4", "5")


@dataclass(frozen=True)
class Checked:
    """What may be stored, and what is wrong: {question id: code}, the codes being sentences in `messages.py`."""

    answers: Mapping[str, int | str]
    errors: Mapping[str, str]


@dataclass(frozen=True)
class QuestionSummary:
    """The answers to one question. `counts` is {value: how many}; None where fewer than the minimum answered."""

    question_id: str
    answered: int | None
    counts: Mapping[str, int] | None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Summary:
    """The answers of a group that is large enough to be shown."""

    sheets: int
    questions: tuple[QuestionSummary, ...]


def check_answers(survey: SurveySpec, typed: Mapping[str, str]) -> Checked:
    """Return the answers in their stored shape: 1 to 5 as numbers, an option's id, or words in NFC.

    Raise `RuleBroken("foreign_answer")` for a question or an option that the survey does not have.
    """
    if not typed.keys() <= {question.id for question in survey.questions}:
        raise RuleBroken("foreign_answer")
    answers: dict[str, int | str] = {}
    errors: dict[str, str] = {}
    for question in survey.questions:
        value = tidy(typed.get(question.id, ""))
        if question.type == "text" and len(value) > TEXT_LIMIT:
            errors[question.id] = "too_long"
        elif value:
            answers[question.id] = _stored(question, value)
        elif question.required:
            errors[question.id] = "missing"
    return Checked(answers, errors)


def tidy(text: str) -> str:
    """Return `text` in NFC, trimmed, lines ended by LF, without control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(each for each in lines if each in "\n\t" or unicodedata.category(each) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", kept).strip()


def _stored(question: QuestionSpec, value: str) -> int | str:
    """Return one answer as it is stored; raise when it is none of the choices."""
    if question.type == "text":
        return value
    if value not in (SCALE if question.type == "likert" else {option.id for option in question.options}):
        raise RuleBroken("foreign_answer")
    return int(value) if question.type == "likert" else value


def first_of_month(day: date) -> date:
    """Return the first day of the month of `day`: all that is kept of when an answer was given."""
    return day.replace(day=1)


def summarize(survey: SurveySpec, sheets: Sequence[Mapping[str, int | str]]) -> Summary | None:
    """Return the answers by question, or None when there are fewer sheets than may be shown.

    A question that fewer than `MINIMUM_GROUP` people answered shows nothing either. Words come in
    alphabetical order, so that their order tells nothing.
    """
    if len(sheets) < MINIMUM_GROUP:
        return None
    return Summary(len(sheets), tuple(_question_summary(question, sheets) for question in survey.questions))


def _question_summary(question: QuestionSpec, sheets: Sequence[Mapping[str, int | str]]) -> QuestionSummary:
    values = [str(sheet[question.id]) for sheet in sheets if question.id in sheet]
    if len(values) < MINIMUM_GROUP:
        return QuestionSummary(question.id, None, None)
    if question.type == "text":
        return QuestionSummary(question.id, len(values), None, tuple(sorted(values)))
    choices = SCALE if question.type == "likert" else tuple(option.id for option in question.options)
    found = Counter(values)
    return QuestionSummary(question.id, len(values), {choice: found[choice] for choice in choices})
