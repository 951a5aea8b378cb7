"""Rules of learning: what comes next in a module, when it is complete, and when a completion was earned."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Literal

from lms.clock import local_date, zone

if TYPE_CHECKING:
    from lms.assessments.queries import QuizState
    from lms.courses.specs import ModuleSpec

StepKind = Literal["lesson", "quiz", "survey", "done"]
#: "used": no attempt is left in this round, and none passed. "waiting": somebody must look at it first.
QuizStand = Literal["none", "todo", "open", "waiting", "failed", "used", "passed"]


@dataclass(frozen=True)
class ModuleProgress:
    """How far a person is with one module. `finished` holds keys of lessons that the module still has, in order."""

    module_key: str
    lessons: tuple[str, ...]
    finished: tuple[str, ...]
    quiz: QuizStand
    has_survey: bool
    surveyed: bool
    completed_on: date | None

    @property
    def total(self) -> int:
        """Return how many steps the module has: lessons, quiz and survey."""
        return len(self.lessons) + (self.quiz != "none") + self.has_survey

    @property
    def done(self) -> int:
        """Return how many of the steps are done."""
        return len(self.finished) + (self.quiz == "passed") + (self.has_survey and self.surveyed)

    @property
    def is_begun(self) -> bool:
        """Return whether anything was done in this module."""
        return self.done > 0 or self.quiz in {"open", "waiting", "failed", "used"} or self.completed_on is not None


@dataclass(frozen=True)
class NextStep:
    """What to do next in a module. `position` of `total` counts lessons from 1; `minutes` is 0 where unknown.

    `again_from` is set while she has to wait before she may try the quiz again: the instant at which the wait ends.
    """

    kind: StepKind
    lesson_key: str | None = None
    position: int = 0
    total: int = 0
    minutes: int = 0
    quiz: QuizStand = "none"
    again_from: datetime | None = None


def next_step(module: ModuleSpec, progress: ModuleProgress) -> NextStep:
    """Return the first lesson that is not finished, then the quiz, then the survey, then "done".

    A module that was completed stays done, also when it has grown a lesson since.
    """
    if progress.completed_on is not None:
        return NextStep("done")
    for position, lesson in enumerate(module.lessons, 1):
        if lesson.key not in progress.finished:
            return NextStep("lesson", lesson.key, position, len(module.lessons), lesson.minutes)
    if progress.quiz not in {"passed", "none"}:
        minutes = module.minutes - sum(lesson.minutes for lesson in module.lessons)
        return NextStep("quiz", minutes=max(0, minutes), quiz=progress.quiz)
    if progress.has_survey and not progress.surveyed:
        return NextStep("survey")
    return NextStep("done")


def quiz_stand(limit: int | None, state: QuizState | None) -> QuizStand:
    """Return how a person stands with a quiz that allows `limit` attempts a round (None: any number)."""
    if state is None:
        return "todo"
    if state.is_passed:
        return "passed"
    if state.is_waiting:
        return "waiting"
    if state.is_open:
        return "open"
    return "failed" if limit is None or state.attempts < limit + state.granted else "used"


def missing_prerequisites(module: ModuleSpec, completed: Collection[str]) -> tuple[str, ...]:
    """Return the keys of the modules that must be completed first and are not, in the order of the file."""
    return tuple(key for key in module.prerequisites if key not in completed)


def all_finished(module: ModuleSpec, finished: Collection[str]) -> bool:
    """Return whether every lesson that the module has now is among `finished`."""
    return all(lesson.key in finished for lesson in module.lessons)


@dataclass(frozen=True)
class Done:
    """What one person has done in one round of a module: lessons finished, quiz passed, keys of surveys answered."""

    lessons: Collection[str]
    is_passed: bool
    surveys: Collection[str]


def completion_faults(module: ModuleSpec, minutes: int, done: Done) -> tuple[str, ...]:
    """Return why a recorded completion, with its credited `minutes`, does not follow from what was `done`.

    `module` is the revision in which it was completed. The words are for who runs the site.
    """
    faults = [f"was completed without lesson {each.key}" for each in module.lessons if each.key not in done.lessons]
    if module.has_quiz and not done.is_passed:
        faults.append("was completed without its quiz")
    if module.survey is not None and module.survey not in done.surveys:
        faults.append("was completed without its survey")
    if minutes != module.minutes:
        faults.append(f"is credited with {minutes} minutes, its revision says {module.minutes}")
    return tuple(faults)


def earned_at(instants: Iterable[datetime], answered_on: date | None) -> datetime:
    """Return when the last of a module's steps was done, for a completion that is recorded later.

    `instants` are the finished lessons and the passed quiz. Of the survey only its local date is known; when
    that is later than all of them, noon of it stands for the moment.
    """
    latest = max(instants)
    if answered_on is None or answered_on <= local_date(latest):
        return latest
    return datetime.combine(answered_on, time(12), zone()).astimezone(UTC)


def shows_both(kind: str, state: str) -> bool:
    """Return whether English stands beneath a block of a lesson: what is safety-critical, until it is approved."""
    return kind == "safety" and state not in {"approved", "source", "missing"}


def needs_english(kind: str, state: str) -> bool:
    """Return whether English has to be seen beneath a block: what is safety-critical, and words of older English."""
    return state == "stale" or shows_both(kind, state)


def lesson_language(locale: str, states: Iterable[str], *, both: bool) -> str:
    """Return how a lesson was shown: "to", "to+en" with English beneath it, or "en" where nothing is translated.

    English always stands beneath words of older English.
    """
    known = set(states)
    if locale == "en" or known <= {"missing", "source"}:
        return "en"
    return f"{locale}+en" if both or "stale" in known else locale


def in_order(lessons: Sequence[str], finished: Collection[str]) -> tuple[str, ...]:
    """Return the `finished` ones of `lessons`, in the order of the module."""
    return tuple(key for key in lessons if key in finished)
