"""Changes to surveys."""

from __future__ import annotations

from lms.surveys.service.answering import answer_module_survey, begin_module_survey
from lms.surveys.service.following_up import Asking, answer_follow_up, get_invitation, has_answered, invite, open_link
from lms.surveys.service.mending import recompute
from lms.surveys.service.releasing import release_answers

__all__ = [
    "Asking",
    "answer_follow_up",
    "answer_module_survey",
    "begin_module_survey",
    "get_invitation",
    "has_answered",
    "invite",
    "open_link",
    "recompute",
    "release_answers",
]
