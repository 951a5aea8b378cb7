"""What is known of people, as their pages take it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from lms.assessments.queries import QuizState
from lms.assessments.rules import Choice, Given
from lms.content.library import Library
from lms.courses.queries import attempts_allowed
from lms.courses.rules import ModuleProgress, in_order, quiz_stand
from lms.courses.specs import ModuleSpec
from lms.home.rules import Case, Holding
from lms.surveys.queries import subject_of
from lms.tracks.queries import Standing


@dataclass(frozen=True)
class ModuleDone:
    """A completed module: the round, the local date, the minutes credited and the language of instruction."""

    key: str
    round: int
    completed_on: date
    minutes: int
    language: str


@dataclass(frozen=True)
class Asked:
    """A track that an organization asked for and has not taken back."""

    track_key: str
    cycle: int
    organization_id: int
    organization: str
    assigned_at: datetime
    assigned_on: date
    due_on: date | None


@dataclass
class Facts:
    """What is known of one person. `shares` holds by certificate the organizations that she shares it with."""

    modules: list[ModuleDone] = field(default_factory=list)
    finished: dict[str, set[str]] = field(default_factory=dict)
    quizzes: dict[str, QuizState] = field(default_factory=dict)
    surveyed: set[tuple[str, str, int]] = field(default_factory=set)
    #: Modules of which a further round was opened, with its number.
    rounds: dict[str, int] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)
    shares: dict[str, set[int]] = field(default_factory=dict)
    #: What makes quizzes fair for her: her own choice, and what staff gave.
    fair: tuple[Choice, Given] = (Choice(), Given())

    @property
    def completed(self) -> frozenset[str]:
        """Return the keys of the modules that she has completed."""
        return frozenset(module.key for module in self.modules)

    def module_progress(self, library: Library, key: str) -> ModuleProgress:
        """Return how far she is with a module that is taught, in the round in which she is."""
        module, number = library.spec(ModuleSpec, "module", key), self.rounds.get(key, 1)
        lessons = tuple(lesson.key for lesson in module.lessons)
        completed = [each.completed_on for each in self.modules if each.key == key and each.round >= number]
        return ModuleProgress(
            module_key=key,
            lessons=lessons,
            finished=in_order(lessons, self.finished.get(key, ())),
            quiz=quiz_stand(attempts_allowed(library, key), self.quizzes.get(key)) if module.has_quiz else "none",
            has_survey=module.survey is not None,
            surveyed=(module.survey or "", subject_of(key), number) in self.surveyed,
            completed_on=max(completed, default=None),
        )


@dataclass
class Gathered:
    """What is known of some people. `standing` answers how far each is on each track."""

    standing: Standing
    people: dict[int, Facts] = field(default_factory=dict)

    def of(self, person_id: int) -> Facts:
        """Return what is known of one person, empty when nothing is."""
        return self.people.setdefault(person_id, Facts())
