"""What an answer may hold, and which of two windows knows more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lms.assessments.rules.drawing import FormItem
from lms.errors import RuleBroken

if TYPE_CHECKING:
    from lms.assessments.specs import QuizSpec

#: What was chosen: {item id: option ids, sorted}. An item without a choice does not appear.
Chosen = Mapping[str, tuple[str, ...]]


def check_chosen(quiz: QuizSpec, form: Sequence[FormItem], chosen: Mapping[str, Sequence[str]]) -> Chosen:
    """Return `chosen` in its one stored shape.

    Raise `RuleBroken("foreign_answer")` for a question that this attempt does not ask, an option that the
    question does not have, a choice given twice, or two choices where one is asked for.
    """
    asked = {entry.item_id: entry.option_ids for entry in form}
    several = {item.id for item in quiz.items if item.type == "multiple"}
    for item_id, option_ids in chosen.items():
        if item_id not in asked or not set(option_ids) <= set(asked[item_id]):
            raise RuleBroken("foreign_answer")
        limit = len(asked[item_id]) if item_id in several else 1
        if len(set(option_ids)) != len(option_ids) or len(option_ids) > limit:
            raise RuleBroken("foreign_answer")
    return {item_id: tuple(sorted(option_ids)) for item_id, option_ids in chosen.items() if option_ids}


def unanswered(form: Sequence[FormItem], chosen: Chosen) -> tuple[str, ...]:
    """Return the ids of the questions without an answer, in the order shown."""
    return tuple(entry.item_id for entry in form if not chosen.get(entry.item_id))


def digest(attempt_public_id: str, chosen: Chosen) -> str:
    """Return the SHA-256 that stands for these answers in this attempt, whatever their order."""
    listed = {item_id: sorted(option_ids) for item_id, option_ids in chosen.items()}
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
