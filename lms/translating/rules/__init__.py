"""Rules of translations: what may be reported, how far one is, and what may be done with a wording."""

from __future__ import annotations

from lms.translating.rules.counting import COUNTED, Count, count_states
from lms.translating.rules.desk import (
    ASPECTS,
    LETTERS,
    OPEN,
    SHOWS,
    Marks,
    Sentence,
    differences,
    is_shown,
    marks_of,
    part_of,
    urgency,
)
from lms.translating.rules.proposals import (
    LONGEST_TEXT,
    PROPOSAL_STATES,
    Filed,
    Standing,
    Version,
    check_step,
    standing_of,
    state_of,
    steps_for,
)
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
from lms.translating.rules.shares import Share, add_shares

__all__ = [
    "ASPECTS",
    "COUNTED",
    "FAULTS",
    "LETTERS",
    "LONGEST_TEXT",
    "LONGEST_WORDS",
    "MOST_A_DAY",
    "MOST_BY_LINK",
    "OPEN",
    "PROPOSAL_STATES",
    "SHOWS",
    "STATES",
    "Count",
    "Filed",
    "Marks",
    "Sentence",
    "Share",
    "Standing",
    "Version",
    "add_shares",
    "check_answer",
    "check_report",
    "check_step",
    "count_states",
    "differences",
    "is_shown",
    "is_under",
    "marks_of",
    "part_of",
    "questions_of",
    "standing_of",
    "state_of",
    "steps_for",
    "urgency",
]
