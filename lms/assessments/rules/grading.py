"""What an answer earns, and who passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lms.assessments.rules.answers import Chosen
from lms.assessments.rules.drawing import FormItem

if TYPE_CHECKING:
    from lms.assessments.specs import ItemSpec, QuizSpec


@dataclass(frozen=True)
class Grade:
    """What one answer earned. `correct` is true only where everything is right."""

    points: int
    correct: bool


@dataclass(frozen=True)
class Result:
    """The outcome of an attempt. `percent` is rounded down."""

    points: int
    max_points: int
    percent: int
    passed: bool
    grades: Mapping[str, Grade]


def grade_item(item: ItemSpec, chosen: Iterable[str]) -> Grade:
    """Return what the options `chosen` earn.

    All right and nothing else: every point. Several choices partly right: the right ones minus the wrong
    ones (never below none) as a share of the right ones, rounded down to whole points.
    """
    picked = frozenset(chosen)
    if picked == item.key:
        return Grade(item.points, correct=True)
    if item.type != "multiple":
        return Grade(0, correct=False)
    net = max(0, len(picked & item.key) - len(picked - item.key))
    return Grade(item.points * net // len(item.key), correct=False)


def grade(quiz: QuizSpec, form: Sequence[FormItem], chosen: Chosen) -> Result:
    """Return the outcome of the answers `chosen`; a question without an answer earns nothing.

    Passed: at least `quiz.pass_mark` percent of the points of the questions asked, and every critical
    question right.
    """
    asked = {entry.item_id for entry in form}
    items = [item for item in quiz.items if item.id in asked]
    grades = {item.id: grade_item(item, chosen.get(item.id, ())) for item in items}
    points = sum(grade.points for grade in grades.values())
    max_points = sum(item.points for item in items)
    safe = all(grades[item.id].correct for item in items if item.critical)
    passed = safe and points * 100 >= quiz.pass_mark * max_points
    return Result(points, max_points, points * 100 // max_points, passed, grades)


def faults_of(quiz: QuizSpec, form: Sequence[FormItem], chosen: Chosen, stored: Result) -> tuple[str, ...]:
    """Return what of a `stored` result does not follow from the answers `chosen`, in words for who runs the site."""
    known = {item.id for item in quiz.items}
    if not form or any(entry.item_id not in known for entry in form):
        return ("its questions are not those of its revision",)
    earned = grade(quiz, form, chosen)
    faults = []
    if _outcome(stored) != _outcome(earned):
        faults.append(f"{_outcome(stored)} stored, its answers earn {_outcome(earned)}")
    wrong = [item_id for item_id in chosen if stored.grades.get(item_id) != earned.grades.get(item_id)]
    return (*faults, *(f"what the answer to {item_id} earned is stored wrongly" for item_id in sorted(wrong)))


def _outcome(result: Result) -> str:
    verdict = "passed" if result.passed else "not passed"
    return f"{result.points} of {result.max_points} points ({result.percent} percent, {verdict})"
