"""Rules of training from elsewhere: what may be told, how it is judged, which files prove it, how many come at once."""

from __future__ import annotations

from lms.training.rules.facts import HOURS_KINDS, Recognized
from lms.training.rules.files import MOST_FILES
from lms.training.rules.reviewing import (
    ASK_REASONS,
    DECLINE_REASONS,
    LONGEST_ANSWER,
    OUTCOMES,
    REFUSE_REASONS,
    REVIEWED,
    REVOKE_REASONS,
    SHARE_OUTCOMES,
    STATES,
    TAKES_FILES,
    Opinion,
    Verdict,
    Worth,
)
from lms.training.rules.telling import KINDS, Known, Told, alike_key, minutes_from_hours
from lms.training.rules.yearly import Year, YearlyHours, YearlyRule, year_of

__all__ = [
    "ASK_REASONS",
    "DECLINE_REASONS",
    "HOURS_KINDS",
    "KINDS",
    "LONGEST_ANSWER",
    "MOST_FILES",
    "OUTCOMES",
    "REFUSE_REASONS",
    "REVIEWED",
    "REVOKE_REASONS",
    "SHARE_OUTCOMES",
    "STATES",
    "TAKES_FILES",
    "Known",
    "Opinion",
    "Recognized",
    "Told",
    "Verdict",
    "Worth",
    "Year",
    "YearlyHours",
    "YearlyRule",
    "alike_key",
    "minutes_from_hours",
    "year_of",
]
