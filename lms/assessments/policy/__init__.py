"""Who reads figures of quizzes, keeps what is fair for a person, assesses, enters results and corrects questions.

Beside each check stands the same as a row filter.
"""

from __future__ import annotations

from lms.assessments.policy.assessing import assessable, can_assess
from lms.assessments.policy.correcting import REGRADERS, can_apply, can_propose, can_see
from lms.assessments.policy.entering import ENTERING, can_enter_for, enterable, visible_papers
from lms.assessments.policy.figures import KEY_READERS, READERS, sees_keys, sees_language
from lms.assessments.policy.keeping import KEEPERS, can_keep
from lms.assessments.policy.objecting import answerable, can_answer, own_results, unanswered, visible_entries
from lms.assessments.policy.settling import can_settle, is_entry, own_entries, settleable, settled_by
from lms.assessments.policy.standing import ASSESSORS

__all__ = [
    "ASSESSORS",
    "ENTERING",
    "KEEPERS",
    "KEY_READERS",
    "READERS",
    "REGRADERS",
    "answerable",
    "assessable",
    "can_answer",
    "can_apply",
    "can_assess",
    "can_enter_for",
    "can_keep",
    "can_propose",
    "can_see",
    "can_settle",
    "enterable",
    "is_entry",
    "own_entries",
    "own_results",
    "sees_keys",
    "sees_language",
    "settleable",
    "settled_by",
    "unanswered",
    "visible_entries",
    "visible_papers",
]
