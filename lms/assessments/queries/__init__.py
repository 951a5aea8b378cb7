"""Reads of quizzes."""

from __future__ import annotations

from lms.assessments.queries.attempts import (
    Answer,
    AttemptRow,
    Saved,
    answers_of,
    find_attempt,
    get_attempt,
    get_own_outcome,
    list_named,
    list_submitted,
    saved_answers,
)
from lms.assessments.queries.entries import (
    ENTRIES_A_PAGE,
    EntryRow,
    count_entries,
    entries_of,
    find_sent,
    find_waiting_entry,
    get_entry,
    list_entries,
    named_files,
)
from lms.assessments.queries.papers import PaperRow, find_paper, get_paper, get_paper_of, list_papers
from lms.assessments.queries.scores import ScoringRow, scores_of, scorings_of
from lms.assessments.queries.standing import Pass, QuizState, passes_of, states_of, worked_since
from lms.assessments.queries.waiting import (
    Narrowed,
    PersonFound,
    WaitingRow,
    count_waiting,
    find_people,
    get_person,
    is_one_of,
    list_waiting,
)
from lms.assessments.queries.wording import languages_shown, texts_of, words_for

__all__ = [
    "ENTRIES_A_PAGE",
    "Answer",
    "AttemptRow",
    "EntryRow",
    "Narrowed",
    "PaperRow",
    "Pass",
    "PersonFound",
    "QuizState",
    "Saved",
    "ScoringRow",
    "WaitingRow",
    "answers_of",
    "count_entries",
    "count_waiting",
    "entries_of",
    "find_attempt",
    "find_paper",
    "find_people",
    "find_sent",
    "find_waiting_entry",
    "get_attempt",
    "get_entry",
    "get_own_outcome",
    "get_paper",
    "get_paper_of",
    "get_person",
    "is_one_of",
    "languages_shown",
    "list_entries",
    "list_named",
    "list_papers",
    "list_submitted",
    "list_waiting",
    "named_files",
    "passes_of",
    "saved_answers",
    "scores_of",
    "scorings_of",
    "states_of",
    "texts_of",
    "words_for",
    "worked_since",
]
