"""Reads of quizzes."""

from __future__ import annotations

from lms.assessments.queries import analysis, fairness
from lms.assessments.queries.accommodations import Version, fair_for, list_asking, list_versions, list_wishes
from lms.assessments.queries.amendments import amendments_of, resolved
from lms.assessments.queries.attempts import (
    Answer,
    AttemptRow,
    Saved,
    answers_of,
    find_attempt,
    get_attempt,
    get_own_outcome,
    list_named,
    list_open,
    list_overdue,
    list_submitted,
    saved_answers,
)
from lms.assessments.queries.corrections import Correction, list_corrections
from lms.assessments.queries.entries import (
    ENTRIES_A_PAGE,
    EntryRow,
    count_entries,
    entries_of,
    find_sent,
    find_waiting_entry,
    get_entry,
    list_beside,
    list_entries,
    named_files,
)
from lms.assessments.queries.gains import list_gains, list_learners
from lms.assessments.queries.limits import Failed, GrantRow, leave_after, list_failed, list_given, was_given
from lms.assessments.queries.objections import Objection, find_objection
from lms.assessments.queries.papers import PaperRow, find_paper, get_paper, get_paper_of, list_papers
from lms.assessments.queries.pretests import PretestRow, find_gain, find_pretest, pretest_form
from lms.assessments.queries.regrades import (
    Plan,
    RegradeRow,
    concerned_ids,
    get_regrade,
    list_decided,
    list_regrades,
    read_plan,
)
from lms.assessments.queries.restoring import Harmed, Wording, list_harmed, restored_numbers
from lms.assessments.queries.reviewing import Earlier, list_earlier
from lms.assessments.queries.scores import ScoringRow, scores_of, scorings_of
from lms.assessments.queries.sitting import Sitting, held_versions, is_in_scope, list_sittings
from lms.assessments.queries.standing import Pass, QuizState, passes_of, states_of, worked_since
from lms.assessments.queries.versions import Answered, list_answered
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
    "Answered",
    "AttemptRow",
    "Correction",
    "Earlier",
    "EntryRow",
    "Failed",
    "GrantRow",
    "Harmed",
    "Narrowed",
    "Objection",
    "PaperRow",
    "Pass",
    "PersonFound",
    "Plan",
    "PretestRow",
    "QuizState",
    "RegradeRow",
    "Saved",
    "ScoringRow",
    "Sitting",
    "Version",
    "WaitingRow",
    "Wording",
    "amendments_of",
    "analysis",
    "answers_of",
    "concerned_ids",
    "count_entries",
    "count_waiting",
    "entries_of",
    "fair_for",
    "fairness",
    "find_attempt",
    "find_gain",
    "find_objection",
    "find_paper",
    "find_people",
    "find_pretest",
    "find_sent",
    "find_waiting_entry",
    "get_attempt",
    "get_entry",
    "get_own_outcome",
    "get_paper",
    "get_paper_of",
    "get_person",
    "get_regrade",
    "held_versions",
    "is_in_scope",
    "is_one_of",
    "languages_shown",
    "leave_after",
    "list_answered",
    "list_asking",
    "list_beside",
    "list_corrections",
    "list_decided",
    "list_earlier",
    "list_entries",
    "list_failed",
    "list_gains",
    "list_given",
    "list_harmed",
    "list_learners",
    "list_named",
    "list_open",
    "list_overdue",
    "list_papers",
    "list_regrades",
    "list_sittings",
    "list_submitted",
    "list_versions",
    "list_waiting",
    "list_wishes",
    "named_files",
    "passes_of",
    "pretest_form",
    "read_plan",
    "resolved",
    "restored_numbers",
    "saved_answers",
    "scores_of",
    "scorings_of",
    "states_of",
    "texts_of",
    "was_given",
    "words_for",
    "worked_since",
]
