"""Rules of translations: what may be reported, and how far a translation is."""

from __future__ import annotations

from lms.translating.rules.counting import COUNTED, Count, count_states
from lms.translating.rules.reports import (
    FAULTS,
    LONGEST_WORDS,
    MOST_A_DAY,
    MOST_BY_LINK,
    STATES,
    check_answer,
    check_report,
    is_under,
    questions_of,
)

__all__ = [
    "COUNTED",
    "FAULTS",
    "LONGEST_WORDS",
    "MOST_A_DAY",
    "MOST_BY_LINK",
    "STATES",
    "Count",
    "check_answer",
    "check_report",
    "count_states",
    "is_under",
    "questions_of",
]
