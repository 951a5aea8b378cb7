"""What several assessors' looks at one answer come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lms.assessments.items import Grade
from lms.assessments.items.rubrics import RubricSpec, rubric_of, score
from lms.errors import RuleBroken

if TYPE_CHECKING:
    from lms.assessments.specs import QuizSpec

#: {question: {criterion: level}}
Levels = Mapping[str, Mapping[str, str]]
#: Who is asked to look next; None when the scores count.
Next = Literal["first", "second", "certifier"] | None


@dataclass(frozen=True)
class Look:
    """One assessor's scores."""

    scored_by: int
    levels: Levels
    wants_second: bool = False


def grades_of(quiz: QuizSpec, waiting: Sequence[str], levels: Levels) -> dict[str, Grade]:
    """Return {question: what its levels earn} of every question that waits.

    Raise `RuleBroken` with the codes of `items.rubrics.score`; "rubric_unknown" also for a question that waits not.
    """
    if not set(levels) <= set(waiting):
        raise RuleBroken("rubric_unknown")
    return {item_id: score(_rubric(quiz, item_id), levels.get(item_id, {})) for item_id in waiting}


def next_look(quiz: QuizSpec, looks: Sequence[Look]) -> Next:
    """Return who looks next at an attempt after these `looks`, in the order in which they were made.

    One counts by itself unless its assessor asks for a second. Two count when they differ by one level at most; else
    a certifier decides, and what she gives counts.
    """
    if not looks:
        return "first"
    if len(looks) == 1:
        return "second" if looks[0].wants_second else None
    if len(looks) > 2:
        return None
    return None if _agree(quiz, looks[0].levels, looks[1].levels) else "certifier"


def _agree(quiz: QuizSpec, one: Levels, other: Levels) -> bool:
    """Return whether two assessors differ by one level at most on every criterion."""
    return all(
        abs(_step(rubric, criterion, level) - _step(rubric, criterion, other[item_id][criterion])) <= 1
        for item_id, given in one.items()
        for rubric in [_rubric(quiz, item_id)]
        for criterion, level in given.items()
    )


def _step(rubric: RubricSpec, criterion_id: str, level_id: str) -> int:
    """Return the place of a level among those of its criterion, from 0."""
    criterion = next(each for each in rubric.criteria if each.id == criterion_id)
    return criterion.levels.index(criterion.level(level_id))


def _rubric(quiz: QuizSpec, item_id: str) -> RubricSpec:
    """Return the rubric of a question; raise `RuleBroken("rubric_unknown")` when it has none."""
    item = quiz.item(item_id)
    rubric = rubric_of(item) if item else None
    if rubric is None:
        raise RuleBroken("rubric_unknown")
    return rubric
