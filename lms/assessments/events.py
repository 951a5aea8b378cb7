"""Facts that assessments announces: an attempt was started, a quiz was passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from blinker import Signal

attempt_started = Signal("A worker started an attempt; a handler that refuses undoes the start.")
pretest_begun = Signal("A worker begins the test before a module; a handler that refuses keeps it closed.")
quiz_passed = Signal("Workers passed quizzes.")


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
