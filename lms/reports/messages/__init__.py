"""Reports in the reader's words."""

from __future__ import annotations

from lms.reports.messages.answers import FORMATS, Answer, as_file, file_name, find_answer, marked_sentence
from lms.reports.messages.words import (
    count_words,
    group_name,
    hidden_words,
    period_name,
    report_question,
    report_title,
    scope_name,
)

__all__ = [
    "FORMATS",
    "Answer",
    "as_file",
    "count_words",
    "file_name",
    "find_answer",
    "group_name",
    "hidden_words",
    "marked_sentence",
    "period_name",
    "report_question",
    "report_title",
    "scope_name",
]
