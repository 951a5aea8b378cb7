"""What the answers of an attempt earn, and who passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lms.assessments.items import Grade, ItemSpec, rules_of
from lms.assessments.rules.amending import NONE, Amendment, amended
from lms.assessments.rules.answers import Chosen
from lms.assessments.rules.drawing import FormItem
from lms.errors import RuleBroken

if TYPE_CHECKING:
    from lms.assessments.specs import QuizSpec


@dataclass(frozen=True)
class SectionResult:
    """What one section earned; `percent` is rounded down."""

    section_id: str
    percent: int
    passed: bool


@dataclass(frozen=True)
class Result:
    """The outcome of an attempt. `percent` is rounded down; `passed` is None while an assessor must score something."""

    points: int
    max_points: int
    percent: int
    passed: bool | None
    grades: Mapping[str, Grade]
    sections: tuple[SectionResult, ...] = ()
    #: The questions that wait for an assessor.
    waiting: tuple[str, ...] = ()


def grade_item(item: ItemSpec, chosen: Iterable[str], scored: Grade | None = None) -> Grade | None:
    """Return what an answer earns, by its type's rules; `scored` is what an assessor gave, None where none did."""
    return rules_of(item).grade(item, tuple(chosen)) or scored


def grade(
    quiz: QuizSpec,
    form: Sequence[FormItem],
    chosen: Chosen,
    scored: Mapping[str, Grade] | None = None,
    amendments: Mapping[str, Amendment] = NONE,
) -> Result:
    """Return the outcome of the answers `chosen`; a question without an answer earns nothing.

    `scored` holds what an assessor gave, by question; `amendments` what was corrected since. Passed: at least
    `quiz.pass_mark` percent of the points of the questions asked, as many percent in each section as it asks for,
    and every critical question right. Raise `RuleBroken("nothing_left")` when all that is worth a point was dropped.
    """
    asked = {entry.item_id for entry in form} - {each.item_id for each in amendments.values() if each.how == "drop"}
    items = [item for item in quiz.questions if item.id in asked]
    given = {
        item.id: amended(
            item,
            answer := chosen.get(item.id, ()),
            grade_item(item, answer, (scored or {}).get(item.id)),
            amendments.get(item.id),
        )
        for item in items
    }
    grades = {item_id: earned for item_id, earned in given.items() if earned is not None}
    waiting = tuple(item_id for item_id, earned in given.items() if earned is None)
    points, max_points = _sum(items, grades)
    if not max_points:
        raise RuleBroken("nothing_left")
    sections = tuple(_section_results(quiz, items, grades))
    safe = all(item.id in grades and grades[item.id].correct for item in items if item.critical)
    passed = safe and points * 100 >= quiz.pass_mark * max_points and all(each.passed for each in sections)
    return Result(
        points,
        max_points,
        points * 100 // max_points,
        None if waiting else passed,
        grades,
        sections,
        waiting,
    )


def _sum(items: Iterable[ItemSpec], grades: Mapping[str, Grade]) -> tuple[int, int]:
    """Return the points earned and the most that could be."""
    items = tuple(items)
    return sum(grades[item.id].points for item in items if item.id in grades), sum(item.points for item in items)


def _section_results(quiz: QuizSpec, items: Sequence[ItemSpec], grades: Mapping[str, Grade]) -> Iterable[SectionResult]:
    """Yield the result of each section of which something worth a point was asked."""
    for section in quiz.sections:
        points, most = _sum((item for item in items if item.competency in section.competencies), grades)
        if most:
            passed = points * 100 >= section.pass_mark * most
            yield SectionResult(section.id, points * 100 // most, passed)


def faults_of(
    quiz: QuizSpec,
    form: Sequence[FormItem],
    chosen: Chosen,
    stored: Result,
    scored: Mapping[str, Grade] | None = None,
    amendments: Mapping[str, Amendment] = NONE,
) -> tuple[str, ...]:
    """Return what of a `stored` result does not follow from the answers `chosen`, in words for who runs the site.

    `scored` is what an assessor gave, as `grade` takes it; `amendments` are the corrections that were applied to it;
    the answers to dropped questions are not looked at.
    """
    if not form or any(quiz.item(entry.item_id) is None for entry in form):
        return ("its questions are not those of its revision",)
    earned = grade(quiz, form, chosen, scored, amendments)
    faults = []
    if _outcome(stored) != _outcome(earned):
        faults.append(f"{_outcome(stored)} stored, its answers earn {_outcome(earned)}")
    looked_at = [each for each in chosen if each not in amendments or amendments[each].how != "drop"]
    wrong = [item_id for item_id in looked_at if stored.grades.get(item_id) != earned.grades.get(item_id)]
    return (*faults, *(f"what the answer to {item_id} earned is stored wrongly" for item_id in sorted(wrong)))


def _outcome(result: Result) -> str:
    if result.passed is None:
        return "waiting for an assessor"
    verdict = "passed" if result.passed else "not passed"
    return f"{result.points} of {result.max_points} points ({result.percent} percent, {verdict})"
