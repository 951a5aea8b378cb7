"""Rules of surveys: what an answer may hold, in the one shape in which it is stored."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from lms.errors import RuleBroken
from lms.surveys.rules.choosing import Said, Stored, choice, choices, likert, matrix
from lms.surveys.rules.numbers import number
from lms.surveys.rules.words import TEXT_LIMIT, words

if TYPE_CHECKING:
    from lms.surveys.specs import QuestionSpec

#: What a form sends: by a question's id, or "<question>.<row>" in a matrix, one value or several.
Typed = Mapping[str, str | Sequence[str]]
#: By type: returns the answer in its stored shape, None where it was left open; raises `RuleBroken`.
READ: Mapping[str, Callable[[QuestionSpec, Said], Stored | None]] = {
    "likert": likert,
    "choice": choice,
    "choices": choices,
    "matrix": matrix,
    "number": number,
    "text": words,
}
__all__ = ["READ", "TEXT_LIMIT", "Checked", "Typed", "check_answers", "first_of_month", "names_of", "tidy"]


@dataclass(frozen=True)
class Checked:
    """What may be stored, and what is wrong: {question id: code}, the codes being sentences in `messages.py`."""

    answers: Mapping[str, Stored]
    errors: Mapping[str, str]


def names_of(question: QuestionSpec) -> tuple[str, ...]:
    """Return under which names a question is answered: its id, or one for each row."""
    return tuple(f"{question.id}.{row.id}" for row in question.rows) or (question.id,)


def check_answers(questions: Iterable[QuestionSpec], typed: Typed) -> Checked:
    """Return the answers in their stored shape: 1 to 5 as numbers, ids of options, numbers, or words in NFC.

    Raise `RuleBroken("foreign_answer")` for a question, a row or an option that the survey does not have.
    """
    asked = tuple(questions)
    if not typed.keys() <= {name for question in asked for name in names_of(question)}:
        raise RuleBroken("foreign_answer")
    answers: dict[str, Stored] = {}
    errors: dict[str, str] = {}
    for question in asked:
        try:
            value = READ[question.type](question, _said(question, typed))
        except RuleBroken as error:
            if error.code == "foreign_answer":
                raise
            errors[question.id] = error.code
            continue
        if value is not None:
            answers[question.id] = value
        elif question.required:
            errors[question.id] = "missing"
    return Checked(answers, errors)


def _said(question: QuestionSpec, typed: Typed) -> Said:
    """Return what was sent for a question, by row ("" where it has none), tidied, without what is empty."""
    said = {}
    for name in names_of(question):
        sent = typed.get(name, ())
        values = tuple(filter(None, (tidy(each) for each in ([sent] if isinstance(sent, str) else sent))))
        if values:
            said[name.partition(".")[2]] = values
    return said


def tidy(text: str) -> str:
    """Return `text` in NFC, trimmed, lines ended by LF, without control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(each for each in lines if each in "\n\t" or unicodedata.category(each) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", kept).strip()


def first_of_month(day: date) -> date:
    """Return the first day of the month of `day`: all that is kept of when an answer was given."""
    return day.replace(day=1)
