"""Rules of surveys: what an answer may hold, and how many answers it takes before any of them is shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
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
