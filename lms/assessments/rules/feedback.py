"""What a worker is told of a quiz that she has handed in: the quiz's own policy decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from lms.assessments.items import Grade
from lms.assessments.rules.drawing import FormItem

if TYPE_CHECKING:
    from lms.assessments.specs import QuizSpec

#: "all": each question with what was answered and why the right answer is right. "topics": the score and what to
#: read again. "score": the score alone.
Told = Literal["all", "topics", "score"]


def told_after(policy: str, *, has_passed: bool) -> Told:
    """Return how much is told by a quiz's `feedback`; `has_passed` says whether she passed in this round.

    Before a pass the questions of a quiz that explains "after-passing" are asked again, so none is told apart.
    """
    if policy == "now" or (policy == "after-passing" and has_passed):
        return "all"
    return "topics" if policy == "after-passing" else "score"


def to_read_again(quiz: QuizSpec, form: Sequence[FormItem], grades: Mapping[str, Grade]) -> tuple[str, ...]:
    """Return the competencies, in the order of the file, of which a question asked is not wholly right."""
    asked = {entry.item_id for entry in form}
    open_items = [item for item in quiz.questions if item.id in asked and not _is_right(grades.get(item.id))]
    return tuple(dict.fromkeys(item.competency for item in open_items))


def _is_right(grade: Grade | None) -> bool:
    return grade is not None and grade.correct
