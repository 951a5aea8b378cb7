"""Reads of surveys."""

from __future__ import annotations

from lms.surveys.queries.counting import count_waiting, list_small, list_uneven
from lms.surveys.queries.invitations import (
    Invitation,
    dates_asked,
    find_invitation,
    list_between,
    list_open,
    select_open,
)
from lms.surveys.queries.promises import Weakened, list_weakened
from lms.surveys.queries.receipts import ReceiptKey, answered_since, has_answered, receipts_of
from lms.surveys.queries.subjects import after_certificate, after_track, revision_of, subject_of, survey_key_of
from lms.surveys.queries.whole import Asked, WholeSurvey, whole_survey

__all__ = [
    "Asked",
    "Invitation",
    "ReceiptKey",
    "Weakened",
    "WholeSurvey",
    "after_certificate",
    "after_track",
    "answered_since",
    "count_waiting",
    "dates_asked",
    "find_invitation",
    "has_answered",
    "list_between",
    "list_open",
    "list_small",
    "list_uneven",
    "list_weakened",
    "receipts_of",
    "revision_of",
    "select_open",
    "subject_of",
    "survey_key_of",
    "whole_survey",
]
