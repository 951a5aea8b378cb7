"""Reads of translations: passages as readers see them, reports, and how far each language is."""

from __future__ import annotations

from lms.translating.queries.passages import Passage, Piece, find_asked, find_passage, passage_of
from lms.translating.queries.progress import Progress, count_progress, sentences_of
from lms.translating.queries.reports import (
    ReportRow,
    count_open,
    count_recent,
    find_sent,
    get_report,
    is_kept,
    list_own,
    list_reports,
)

__all__ = [
    "Passage",
    "Piece",
    "Progress",
    "ReportRow",
    "count_open",
    "count_progress",
    "count_recent",
    "find_asked",
    "find_passage",
    "find_sent",
    "get_report",
    "is_kept",
    "list_own",
    "list_reports",
    "passage_of",
    "sentences_of",
]
