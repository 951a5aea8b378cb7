"""What an answer may hold, and which of two windows knows more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lms.assessments.items import Answer, rules_of
from lms.assessments.rules.drawing import FormItem
from lms.errors import RuleBroken

if TYPE_CHECKING:
    from lms.assessments.specs import QuizSpec

#: What was answered: {item id: answer}. A question that is open does not appear.
Chosen = Mapping[str, Answer]


def check_chosen(quiz: QuizSpec, form: Sequence[FormItem], sent: Mapping[str, Sequence[str]]) -> Chosen:
    """Return what was `sent` in its one stored shape.

    Raise `RuleBroken("foreign_answer")` for a question that this attempt does not ask, and for what the
    question, as it was shown, could not have sent.
    """
    asked = {entry.item_id: entry.option_ids for entry in form}
    chosen: dict[str, Answer] = {}
    for item_id, values in sent.items():
        item = quiz.item(item_id)
        if item is None or item_id not in asked:
            raise RuleBroken("foreign_answer")
        if answer := rules_of(item).check(item, asked[item_id], values):
            chosen[item_id] = answer
    return chosen


def unanswered(quiz: QuizSpec, form: Sequence[FormItem], chosen: Chosen) -> dict[str, str]:
    """Return {question id: code of what is missing} of the questions that are open, in the order shown."""
    lacking = {}
    for entry in form:
        item = quiz.item(entry.item_id)
        code = rules_of(item).lacks(item, chosen.get(entry.item_id, ())) if item else None
        if code is not None:
            lacking[entry.item_id] = code
    return lacking


def digest(attempt_public_id: str, chosen: Chosen) -> str:
    """Return the SHA-256 that stands for these answers in this attempt, whatever the order of questions."""
    listed = {item_id: list(answer) for item_id, answer in chosen.items()}
    body = json.dumps([attempt_public_id, listed], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def is_overtaken(attempt_public_id: str, saved: Chosen, chosen: Chosen, seen: str) -> bool:
    """Return whether the page that sends `chosen` has not seen the answers `saved` by another window.

    `seen` is the digest of the answers that were saved when the page was made.
    """
    return dict(saved) != dict(chosen) and digest(attempt_public_id, saved) != seen


def differing(saved: Chosen, chosen: Chosen) -> tuple[str, ...]:
    """Return the ids of the questions that two windows answer differently."""
    return tuple(item_id for item_id in {**saved, **chosen} if saved.get(item_id, ()) != chosen.get(item_id, ()))
