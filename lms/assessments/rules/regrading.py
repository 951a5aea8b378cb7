"""What a correction of questions does to each attempt, before it is done. A pass stays unless somebody decides."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from lms.assessments.items import Grade
from lms.assessments.rules.amending import Amendment
from lms.assessments.rules.answers import Chosen
from lms.assessments.rules.drawing import FormItem
from lms.assessments.rules.grading import Result, grade

if TYPE_CHECKING:
    from lms.assessments.specs import QuizSpec

Effect = Literal["gains", "loses", "kept", "better", "worse", "same"]
#: What of a line is worth saying first.
EFFECTS: tuple[Effect, ...] = ("loses", "kept", "gains", "worse", "better", "same")


@dataclass(frozen=True)
class Standing:
    """The outcome of an attempt as it is stored: points, the most there could be, percent, whether passed."""

    points: int
    max_points: int
    percent: int
    passed: bool


@dataclass(frozen=True)
class Sat:
    """A submitted attempt: its questions, its answers with what they earned, and its outcome."""

    id: int
    public_id: str
    person_id: int
    round: int
    number: int
    language: str
    submitted_at: datetime
    form: tuple[FormItem, ...]
    chosen: Chosen
    grades: Mapping[str, Grade]
    stands: Standing
    #: The corrections that count for it already.
    amendments: Mapping[str, Amendment] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """What becomes of one attempt. `after` is what will stand, `earned` what it would be if no pass were kept.

    `changed` holds what single answers earn, where that differs.
    """

    sat: Sat
    after: Standing
    earned: Standing
    effect: Effect
    changed: Mapping[str, Grade] = field(default_factory=dict)

    @property
    def before(self) -> Standing:
        """Return what stands now."""
        return self.sat.stands


def judge(quiz: QuizSpec, sat: Sat, amendments: Mapping[str, Amendment], taken: Mapping[str, str]) -> Line:
    """Return what `amendments` make of an attempt, beside those that count for it already.

    `taken` holds, by public id, the attempts whose pass is taken away, with the reason. Everywhere else a pass stays,
    with its points. Raises as `grade` does.
    """
    every = {**sat.amendments, **{key: each for key, each in amendments.items() if _is_asked(sat, key)}}
    result = grade(quiz, sat.form, sat.chosen, sat.grades, every)
    earned = standing_of(result)
    if sat.stands.passed and not earned.passed and sat.public_id not in taken:
        return Line(sat, sat.stands, earned, "kept")
    changed = {key: each for key, each in result.grades.items() if key in sat.chosen and sat.grades.get(key) != each}
    return Line(sat, earned, earned, _effect(sat.stands, earned), changed)


def _is_asked(sat: Sat, item_id: str) -> bool:
    return any(entry.item_id == item_id for entry in sat.form)


def standing_of(result: Result) -> Standing:
    """Return what is stored of a result that nobody waits for."""
    return Standing(result.points, result.max_points, result.percent, bool(result.passed))


def _effect(before: Standing, after: Standing) -> Effect:
    if before.passed != after.passed:
        return "gains" if after.passed else "loses"
    if before == after:
        return "same"
    return "better" if after.points * before.max_points >= before.points * after.max_points else "worse"


def is_touched(line: Line) -> bool:
    """Return whether anything of the attempt changes; a pass that is kept changes nothing."""
    return line.effect != "kept" and (line.before != line.after or bool(line.changed))


def mark_of(amendments: Iterable[Amendment], lines: Iterable[Line], taken: Mapping[str, str]) -> str:
    """Return what tells this plan from another: the same while the same happens to the same attempts."""
    decided = sorted([each.item_id, each.how, each.value] for each in amendments)
    happens = sorted([line.sat.public_id, *_plain(line.before), *_plain(line.after), line.effect] for line in lines)
    said = json.dumps([decided, happens, sorted(taken.items())], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _plain(standing: Standing) -> tuple[int, int, int, int]:
    return standing.points, standing.max_points, standing.percent, int(standing.passed)


def newly_passed(lines: Iterable[Line], passed_before: Iterable[tuple[int, int]]) -> tuple[Line, ...]:
    """Return, for each person and round without a pass so far, the first attempt that passes now.

    `passed_before` holds (person id, round) of those who had passed.
    """
    had = set(passed_before)
    found: dict[tuple[int, int], Line] = {}
    for line in sorted(lines, key=lambda line: (line.sat.submitted_at, line.sat.number)):
        who = (line.sat.person_id, line.sat.round)
        if line.effect == "gains" and who not in had:
            found.setdefault(who, line)
    return tuple(found.values())


def by_effect(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with those first that somebody should look at."""
    return sorted(lines, key=lambda line: (EFFECTS.index(line.effect), line.sat.public_id))


def counted(lines: Iterable[Line]) -> dict[str, int]:
    """Return how many attempts each effect has, in the order of `EFFECTS`."""
    found: dict[str, int] = dict.fromkeys(EFFECTS, 0)
    for line in lines:
        found[line.effect] += 1
    return found
