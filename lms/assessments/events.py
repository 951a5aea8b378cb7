"""Facts that assessments announces: an attempt was started, a quiz was passed, a result came or changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from blinker import Signal

attempt_started = Signal("A worker started an attempt; a handler that refuses undoes the start.")
pretest_begun = Signal("A worker begins the test before a module; a handler that refuses keeps it closed.")
quiz_passed = Signal("Workers passed quizzes.")
results_ready = Signal("Attempts that waited for an assessor were graded.")
results_corrected = Signal("A correction changed results that were there.")
tries_given = Signal("Workers may try quizzes again: an attempt does not count any more, or one more was granted.")


@dataclass(frozen=True)
class AttemptStarted:
    """A worker began a new attempt at the quiz of a module."""

    person_id: int
    module_key: str
    round: int
    at: datetime


@dataclass(frozen=True)
class PretestBegun:
    """Somebody begins the test before a module's first lesson; nothing is written yet."""

    person_id: int
    module_key: str
    round: int


@dataclass(frozen=True)
class QuizPass:
    """One person's pass. `language` is the tag she read the quiz in, without the English beneath it."""

    person_id: int
    module_key: str
    round: int
    language: str
    passed_at: datetime


@dataclass(frozen=True)
class QuizPassed:
    """These quizzes were passed, in this transaction.

    `is_late`: they were handed in earlier, and pass now that a question was corrected.
    """

    subjects: tuple[QuizPass, ...]
    is_late: bool = False


@dataclass(frozen=True)
class NamedAttempt:
    """One person's attempt."""

    person_id: int
    public_id: str
    module_key: str


@dataclass(frozen=True)
class ResultsReady:
    """An assessor has scored these attempts, which waited."""

    subjects: tuple[NamedAttempt, ...]
    at: datetime


@dataclass(frozen=True)
class ResultsCorrected:
    """One correction (its public id) changed the results of these attempts."""

    subjects: tuple[NamedAttempt, ...]
    regrade: str
    at: datetime


@dataclass(frozen=True)
class TriesGiven:
    """These failed attempts do not stand in the way any more.

    `how` is "restored" for those whose wording was wrong, "granted" where somebody gave one more after them.
    """

    subjects: tuple[NamedAttempt, ...]
    how: str
    at: datetime
