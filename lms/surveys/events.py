"""Facts that surveys announces: a survey was begun, or answered. What was answered is never announced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from blinker import Signal

survey_started = Signal("A worker began a survey; a handler that refuses keeps it closed.")
survey_answered = Signal("Workers answered surveys.")


@dataclass(frozen=True)
class SurveyDone:
    """One person and one survey. `subject_key` says what the survey was about, such as "module:communication"."""

    person_id: int
    survey_key: str
    subject_key: str
    round: int


@dataclass(frozen=True)
class SurveyStarted:
    """A worker who has not answered this survey begins it; nothing is written."""

    subject: SurveyDone


@dataclass(frozen=True)
class SurveyAnswered:
    """These surveys were answered, in this transaction."""

    subjects: tuple[SurveyDone, ...]
    at: datetime
