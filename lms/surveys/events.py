"""Facts that surveys announces: a survey was answered. What was answered is never announced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from blinker import Signal

survey_answered = Signal("Workers answered surveys.")


@dataclass(frozen=True)
class SurveyDone:
    """One person's receipt. `subject_key` says what the survey was about, such as "module:communication"."""

    person_id: int
    survey_key: str
    subject_key: str
    round: int


@dataclass(frozen=True)
class SurveyAnswered:
    """These surveys were answered, in this transaction."""

    subjects: tuple[SurveyDone, ...]
    at: datetime
