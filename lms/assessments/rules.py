"""Rules of quizzes: which questions an attempt asks, what an answer may hold, what it earns, and who passes."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lms.errors import RuleBroken

if TYPE_CHECKING:
    from lms.assessments.specs import ItemSpec, QuizSpec

ENGLISH = "en"

#: What was chosen: {item id: option ids, sorted}. An item without a choice does not appear.
Chosen = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class FormItem:
    """One question of an attempt: the item and its options, in the order shown."""

    item_id: str
    option_ids: tuple[str, ...]


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


def draw_form(quiz: QuizSpec, chance: random.Random) -> tuple[FormItem, ...]:
    """Return the questions of a new attempt, in a random order.

    Every critical item is asked; the rest is drawn until `quiz.draw` is reached. Options are shuffled,
    except true and false, which stay in that order.
    """
    critical = [item for item in quiz.items if item.critical]
    others = [item for item in quiz.items if not item.critical]
    drawn = critical + chance.sample(others, quiz.drawn - len(critical))
    chance.shuffle(drawn)
    return tuple(FormItem(item.id, _shuffled_options(item, chance)) for item in drawn)


def _shuffled_options(item: ItemSpec, chance: random.Random) -> tuple[str, ...]:
    option_ids = list(item.choices)
    if item.type != "true-false":
        chance.shuffle(option_ids)
    return tuple(option_ids)


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


def shown_language(locale: str, states: Iterable[str], *, both: bool) -> str:
    """Return how a text was shown: "to", "to+en" with English beneath it, or "en" where nothing is translated.

    English stands beneath every wording that is not approved, and everywhere when `both` is asked for.
    """
    known = set(states)
    if locale == ENGLISH or known <= {"missing", "source"}:
        return ENGLISH
    return locale if known == {"approved"} and not both else f"{locale}+{ENGLISH}"


def joined_language(locale: str, shown: Iterable[str]) -> str:
    """Return how a whole quiz was shown, from how its questions were."""
    known = set(shown)
    if known <= {ENGLISH}:
        return ENGLISH
    return locale if known == {locale} else f"{locale}+{ENGLISH}"


def own_language(shown: str) -> str:
    """Return the reader's own tag out of `shown`, such as "to" of "to+en"."""
    return shown.partition("+")[0]
